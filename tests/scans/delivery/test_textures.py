"""Maps in files: encoded, decoded, compared; what is not the map never leaves."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from scans.delivery import basis
from scans.delivery.errors import UntrueFile
from scans.delivery.maps import Maps
from scans.delivery.profiles import ETC1S, JPEG, PNG, UASTC, Profile
from scans.delivery.textures import (
    COLOUR,
    NORMAL,
    Texturer,
    Wish,
    check_alike,
    make_texture,
    psnr_db,
    wishes_of,
)
from scans.errors import ToolMissing

SIZE = 64


def painted() -> NDArray[np.uint8]:
    """Soft reddish clouds with some grain."""
    generator = np.random.default_rng(7)
    across, down = np.meshgrid(*[np.linspace(0, 4, SIZE)] * 2)
    soft = np.stack([200 + 30 * np.sin(across), 120 + 40 * np.cos(down + across), 70 + 20 * np.sin(down)], axis=2)  # fmt: skip
    return np.clip(soft + generator.normal(0, 4, soft.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("codec", [ETC1S, UASTC, JPEG, PNG])
def test_a_map_comes_back_as_it_was(codec: str) -> None:
    picture = painted()
    texture = make_texture(picture, Wish(COLOUR, SIZE, codec), "x.glb")
    assert texture.psnr_db > 28
    assert texture.mime == (
        "image/ktx2" if codec in (ETC1S, UASTC) else f"image/{codec}"
    )
    again = make_texture(picture, Wish(COLOUR, SIZE, codec), "x.glb")
    assert again.data == texture.data


def test_thrift_makes_maps_smaller() -> None:
    picture = painted()
    alone = Profile("alone", 3000, 10**6, 12, 8, 12, colour_px=SIZE)
    sizes = [
        len(make_texture(picture, wishes_of(alone, thrift=thrift)[0], "x").data)
        for thrift in range(3)
    ]
    assert sizes[2] < sizes[1] < sizes[0]


@pytest.mark.parametrize("order", [(2, 1, 0), (1, 0, 2), (0, 2, 1)])
def test_swapped_channels_are_told_from_the_map(order: tuple[int, ...]) -> None:
    picture = painted()
    with pytest.raises(UntrueFile, match=r"colour map differs by \d+\.\d levels"):
        check_alike(picture, picture[..., order], COLOUR, "x.glb")


def test_what_etc1s_cannot_hold_becomes_uastc() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (SIZE, SIZE, 3), np.uint8)
    texture = make_texture(noise, Wish(COLOUR, SIZE, ETC1S), "x.glb")
    assert texture.wish.codec == UASTC
    assert texture.psnr_db > 13  # nothing in it repeats, and size counts too


def test_likeness_of_the_same_and_of_another_size() -> None:
    picture = painted()
    assert psnr_db(picture, picture) == 100
    assert psnr_db(picture, picture[:32]) == 0
    off = np.full((8, 8), 100, np.uint8)
    assert psnr_db(off, np.full((8, 8, 3), 110, np.uint8)) == pytest.approx(
        28.13, abs=0.01
    )


def test_one_map_is_encoded_once_for_many_files() -> None:
    texturer = Texturer(Maps(colour=painted()))
    wish = [Wish(COLOUR, SIZE, PNG)]
    assert texturer.textures(wish, "a")[0] is texturer.textures(wish, "b")[0]
    larger = texturer.textures([Wish(COLOUR, 512, PNG)], "c")
    assert larger[0].wish.px == SIZE
    assert texturer.textures([Wish(NORMAL, SIZE, PNG)], "d") == []


def test_each_step_of_thrift_takes_something_away() -> None:
    profile = Profile("x", 1, 1, 12, 8, 12, colour_px=2048, normal_px=1024, occlusion_px=512)  # fmt: skip
    told = [
        [(w.px, w.codec, w.thrift) for w in wishes_of(profile, thrift=t)]
        for t in range(4)
    ]
    assert told == [
        [(2048, ETC1S, 0), (1024, UASTC, 0), (512, ETC1S, 0)],
        [(2048, ETC1S, 1), (1024, ETC1S, 1), (512, ETC1S, 1)],
        [(2048, ETC1S, 1), (512, ETC1S, 1), (256, ETC1S, 1)],
        [(1024, ETC1S, 1), (256, ETC1S, 1), (256, ETC1S, 1)],
    ]
    assert (
        wishes_of(replace(profile, colour_px=0, normal_px=0, occlusion_px=0), thrift=0)
        == []
    )


def test_colours_that_would_shift_get_a_better_codec() -> None:
    even = np.full((SIZE, SIZE, 3), (123, 148, 140), np.uint8)
    random = np.random.default_rng(4)
    motley = random.integers(60, 200, (SIZE, SIZE, 3)).astype(np.uint8)
    true = Wish(COLOUR, SIZE, ETC1S, is_true=True)
    assert make_texture(even, true, "x.glb").wish.codec == ETC1S
    better = make_texture(motley, true, "x.glb")
    assert better.wish.codec == UASTC
    worse = make_texture(motley, Wish(COLOUR, SIZE, ETC1S), "x.glb")
    assert worse.wish.codec == ETC1S
    assert better.psnr_db > worse.psnr_db + 3


def test_a_missing_encoder_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(basis, "FOLDER", tmp_path)
    with pytest.raises(ToolMissing, match="basisu"):
        basis.encode(painted(), basis.Coding())


def test_colour_that_is_the_only_map_begins_with_the_best_quality() -> None:
    alone = Profile("alone", 3000, 10**6, 12, 8, 12, colour_px=512)
    ladder = [wishes_of(alone, thrift=thrift) for thrift in range(5)]
    assert [wish.quality for (wish,) in ladder] == [255, 128, 64, 64, 64]
    assert [wish.px for (wish,) in ladder] == [512, 512, 512, 256, 256]
    shaded = Profile("shaded", 3000, 10**6, 12, 8, 12, colour_px=512, normal_px=512)
    assert [wishes_of(shaded, thrift=k)[0].quality for k in range(3)] == [128, 64, 64]
