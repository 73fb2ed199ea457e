"""Smaller maps are mips: light averaged as light, normals as vectors."""

import numpy as np
import pytest

from scans.delivery.maps import Maps, NotAMip, decoded_normals, encoded_normals


def test_black_and_white_mix_to_half_the_light() -> None:
    colour = np.zeros((4, 4, 3), np.uint8)
    colour[::2] = 255
    mip = Maps(colour=colour).at(colour=2).colour
    assert mip is not None
    assert (mip == 188).all()  # half the light is 188 in sRGB, not 128


def test_every_level_survives_as_itself() -> None:
    levels = np.repeat(np.repeat(np.arange(256, dtype=np.uint8), 2), 2)
    colour = np.broadcast_to(levels[:, None, None], (1024, 1024, 3))
    mip = Maps(colour=np.ascontiguousarray(colour)).at(colour=256).colour
    assert mip is not None
    assert np.array_equal(mip[:, 0, 0], np.arange(256))


def test_normals_stay_of_unit_length() -> None:
    vectors = np.random.default_rng(3).normal(size=(8, 8, 3)).astype(np.float32)
    vectors[..., 2] = np.abs(vectors[..., 2])
    mip = Maps(normal=encoded_normals(vectors)).at(normal=2).normal
    assert mip is not None
    stored = mip.astype(np.float64) / 127.5 - 1
    assert np.allclose(np.linalg.norm(stored, axis=-1), 1, atol=0.01)


def test_flat_normals_stay_flat() -> None:
    flat = encoded_normals(np.tile(np.array([0, 0, 1], np.float32), (4, 4, 1)))
    mip = Maps(normal=flat).at(normal=1).normal
    assert mip is not None
    assert np.allclose(decoded_normals(mip), [0, 0, 1], atol=0.01)


def test_a_map_left_out_is_left_out_and_a_small_one_stays() -> None:
    maps = Maps(occlusion=np.full((2, 2), 7, np.uint8))
    assert maps.at() == Maps()
    kept = maps.at(colour=8, occlusion=8)
    assert kept.colour is None
    assert kept.occlusion is not None
    assert (kept.occlusion == 7).all()


def test_a_size_between_mips_is_refused() -> None:
    with pytest.raises(NotAMip):
        Maps(occlusion=np.zeros((8, 8), np.uint8)).at(occlusion=3)
