"""Smaller maps are mips: light averaged as light, normals as vectors."""

import numpy as np
import pytest

from scans.delivery.maps import (
    Maps,
    NotAMip,
    decoded_normals,
    encoded_normals,
    light_of,
)
from scans.delivery.paintings import looked_up


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


def test_light_is_mixed_of_four_texels_and_the_picture_repeats() -> None:
    dice = np.random.default_rng(5)
    picture = dice.integers(0, 256, (3, 5, 3), dtype=np.uint8)
    light = light_of(picture)
    uvs = dice.uniform(-1.5, 2.5, (40, 2)).astype(np.float32)
    for (u, v), found in zip(uvs, looked_up(picture, uvs), strict=True):
        x, y = u * 5 - 0.5, v * 3 - 0.5
        column, row = int(np.floor(x)), int(np.floor(y))
        mixed = sum(
            (1 - abs(x - column - right))
            * (1 - abs(y - row - down))
            * light[(row + down) % 3, (column + right) % 5]
            for right in (0, 1)
            for down in (0, 1)
        )
        assert found == pytest.approx(mixed, abs=1e-5)


def test_a_vector_of_no_length_points_outwards() -> None:
    vectors = np.zeros((2, 2, 3), np.float32)
    assert (decoded_normals(encoded_normals(vectors))[..., 2] > 0.99).all()
