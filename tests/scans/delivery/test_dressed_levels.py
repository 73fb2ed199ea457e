"""Levels that carry maps: what their files hold, budgets, and what is kept."""

import io
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scans.delivery import dressing, levels, wardrobe
from scans.delivery.bake import Master
from scans.delivery.basis import decode
from scans.delivery.effort import Effort, Measured, find_breach, harder
from scans.delivery.errors import OverGpuBudget, UntrueFile
from scans.delivery.glb import FinishedFile, read_glb
from scans.delivery.losses import Loss
from scans.delivery.profiles import Profile
from scans.delivery.provenance import Provenance
from scans.delivery.reporting import LevelReport
from scans.delivery.simplify import Surface
from scans.geometry.mesh import Mesh
from tests.scans.delivery.solids import UP_IS_Y, coloured, lumpy, sphere

WORN = Profile(
    "worn", 900, 200_000, 14, 8, 12, colour_px=128, normal_px=64, occlusion_px=64,
    gpu_bytes=2**20, error_share=0.01,
)  # fmt: skip
BARE = replace(WORN, name="bare", position_bits=0, normal_bits=0, colour_codec="jpeg", normal_codec="png")  # fmt: skip
SAYS = Provenance("ab" * 64, relic="https://m.example/id/relic/1", rights="https://creativecommons.org/publicdomain/zero/1.0/")  # fmt: skip


def silent(fraction: float) -> None:
    """Nobody watches."""


# Small pictures tell as well whether a level looks like its master.
build_levels = partial(levels.build_levels, looked_at_px=96)


@pytest.fixture(scope="module")
def master() -> Mesh:
    return coloured(lumpy(sphere(0.2, rings=40, segments=60), 0.01))


@pytest.fixture(scope="module")
def delivered(
    master: Mesh, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, LevelReport], dict[str, FinishedFile]]:
    out = tmp_path_factory.mktemp("dressed")
    reports = build_levels(
        master, UP_IS_Y, out, silent, profiles=[WORN, BARE], provenance=SAYS,
        shelf=out / "shelf",
    )  # fmt: skip
    files = {r.profile: read_glb((out / r.file).read_bytes()) for r in reports}
    return out, {report.profile: report for report in reports}, files


Delivered = tuple[Path, dict[str, LevelReport], dict[str, FinishedFile]]


def test_the_maps_are_in_the_file_as_the_profile_says(delivered: Delivered) -> None:
    _, reports, files = delivered
    assert {k: (m["px"], m["codec"]) for k, m in reports["worn"].maps.items()} == {
        "colour": (128, "etc1s"),
        "normal": (64, "uastc"),
        "occlusion": (64, "etc1s"),
    }
    colour = decode(files["worn"].images["colour"])
    assert colour.shape == (128, 128, 3)
    assert np.ptp(colour, axis=(0, 1)).min() > 50
    assert set(files["worn"].document["extensionsRequired"]) == {
        "KHR_mesh_quantization",
        "EXT_meshopt_compression",
        "KHR_texture_basisu",
        "KHR_texture_transform",
    }


def test_levels_look_like_their_master(delivered: Delivered) -> None:
    _, reports, _ = delivered
    for report in reports.values():
        assert report.likeness is not None
        assert report.likeness["ssim_mean"] > 0.7  # outlines fill small pictures
        assert report.likeness["de00_coarse"] < 3


def test_a_level_in_other_colours_than_its_master_is_refused(
    master: Mesh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dress = dressing.dress

    def swapped(*arguments: Any, **named: Any) -> Any:
        dressed = dress(*arguments, **named)
        assert dressed.maps.colour is not None
        colour = np.ascontiguousarray(dressed.maps.colour[:, :, ::-1])
        return replace(dressed, maps=replace(dressed.maps, colour=colour))

    monkeypatch.setattr(wardrobe, "dress", swapped)
    with pytest.raises(UntrueFile, match=r"colour differs by \d+\.\d dE00"):
        build_levels(master, UP_IS_Y, tmp_path, silent, profiles=[WORN])
    assert list(tmp_path.iterdir()) == []


def test_a_plain_level_is_looked_at_and_dressed_if_its_colours_are_other(
    master: Mesh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the estimate said: the finished file is what is held to the promise."""
    make_plain = wardrobe.make_plain

    def swapped(master: Master, triangles: int) -> Surface:
        level = make_plain(master, triangles)
        assert level.colours is not None
        return replace(level, colours=np.ascontiguousarray(level.colours[:, ::-1]))

    monkeypatch.setattr(wardrobe, "loss_of", lambda *both: Loss(0.0, 0.0, 0.0))
    (plain,) = build_levels(master, UP_IS_Y, tmp_path, silent, profiles=[WORN])
    assert plain.maps == {}
    assert plain.likeness is not None
    assert plain.likeness["de00_coarse"] < 3
    monkeypatch.setattr(wardrobe, "make_plain", swapped)
    (again,) = build_levels(master, UP_IS_Y, tmp_path, silent, profiles=[WORN])
    assert set(again.maps) == {"colour", "normal", "occlusion"}
    assert again.likeness is not None
    assert again.likeness["de00_coarse"] < 3


def test_a_plain_file_asks_for_nothing(delivered: Delivered) -> None:
    _, reports, files = delivered
    plain = files["bare"]
    assert "extensionsRequired" not in plain.document
    with Image.open(io.BytesIO(plain.images["colour"])) as picture:
        assert (picture.format, picture.size) == ("JPEG", (128, 128))
    assert plain.attributes["POSITION"].dtype == np.float32
    assert reports["bare"].validator.warnings == 0


def test_places_on_the_map_tangents_and_no_second_colour(delivered: Delivered) -> None:
    _, _, files = delivered
    attributes = files["worn"].attributes
    assert set(attributes) == {"POSITION", "NORMAL", "TANGENT", "TEXCOORD_0"}
    (material,) = files["worn"].document["materials"]
    base = material["pbrMetallicRoughness"]["baseColorTexture"]
    scale = base["extensions"]["KHR_texture_transform"]["scale"]
    uvs = attributes["TEXCOORD_0"] * np.array(scale)
    assert uvs.min() >= 0
    assert 0.8 < uvs.max() <= 1
    plain = files["bare"].attributes["TEXCOORD_0"] / 65535
    assert np.abs(np.sort(plain, axis=0) - np.sort(uvs, axis=0)).max() < 1 / 128 / 4


def test_graphics_memory_counts_every_map_with_its_mips(delivered: Delivered) -> None:
    _, reports, files = delivered
    maps = sum(int(px**2 * 4 / 3) for px in (128, 64, 64))
    assert reports["worn"].gpu_bytes == files["worn"].buffer_bytes + maps
    assert reports["bare"].texture_gpu_bytes == pytest.approx(4 * maps, abs=8)


def test_the_file_says_what_it_shows_and_whose_it_is(delivered: Delivered) -> None:
    _, _, files = delivered
    (packet,) = files["worn"].document["extensions"]["KHR_xmp_json_ld"]["packets"]
    assert packet["dc:identifier"] == SAYS.relic
    assert packet["dc:source"] == f"sha512:{SAYS.master_sha512}"
    assert packet["xmpRights:WebStatement"] == SAYS.rights
    assert set(packet["@context"]) >= {
        key.split(":")[0] for key in packet if ":" in key
    }


def test_what_is_unchanged_is_not_made_again(
    master: Mesh, delivered: Delivered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one profile changed, nothing is dressed, and the other is taken as it stands."""
    out, reports, _ = delivered

    def refuse(*arguments: object, **named: object) -> None:
        raise AssertionError("dressed again")

    monkeypatch.setattr(wardrobe, "dress", refuse)
    changed = replace(WORN, colour_px=64)
    again = build_levels(
        master, UP_IS_Y, tmp_path, silent, profiles=[changed, BARE], provenance=SAYS,
        shelf=out / "shelf",
    )  # fmt: skip
    assert again[0].maps["colour"]["px"] == 64
    assert again[1].sha512 == reports["bare"].sha512
    assert (tmp_path / "bare.glb").read_bytes() == (out / "bare.glb").read_bytes()


def test_a_damaged_file_on_the_shelf_is_made_again(
    master: Mesh, delivered: Delivered, tmp_path: Path
) -> None:
    out, reports, _ = delivered
    (kept,) = (out / "shelf").glob("bare-*")
    (kept / "model.glb").write_bytes(b"broken")
    (again,) = build_levels(
        master, UP_IS_Y, tmp_path, silent, profiles=[BARE], provenance=SAYS,
        shelf=out / "shelf",
    )  # fmt: skip
    assert again.sha512 == reports["bare"].sha512


def test_too_many_bytes_of_maps_are_cured_by_smaller_maps(
    master: Mesh, delivered: Delivered, tmp_path: Path
) -> None:
    out, reports, _ = delivered
    tight = replace(WORN, bytes=reports["worn"].bytes - 2000)
    (report,) = build_levels(
        master, UP_IS_Y, tmp_path, silent, profiles=[tight], provenance=SAYS,
        shelf=out / "shelf",
    )  # fmt: skip
    assert report.bytes <= tight.bytes
    assert report.attempts > 1


def test_more_graphics_memory_than_allowed_is_refused_with_figures(
    master: Mesh, delivered: Delivered, tmp_path: Path
) -> None:
    out, _, _ = delivered
    tiny = replace(WORN, gpu_bytes=9000)
    with pytest.raises(OverGpuBudget) as refusal:
        build_levels(
            master, UP_IS_Y, tmp_path, silent, profiles=[tiny], provenance=SAYS,
            shelf=out / "shelf",
        )  # fmt: skip
    assert int(refusal.value.facts["gpu_bytes"]) > 9000
    assert list(tmp_path.iterdir()) == []


FOUND = Measured(1000, 50_000, 30_000, 90_000, 60_000, 1, 0.001)


@pytest.mark.parametrize(
    ("changes", "breach", "following"),
    [
        ({"triangles": 900}, "triangles", {"shape_only": True}),
        ({"bytes": 40_000}, "bytes", {"thrift": 1}),
        ({"gpu_bytes": 80_000}, "gpu_bytes", {"thrift": 1}),
        ({}, "error", {"shape_only": True}),
    ],
)
def test_what_is_tried_next_fits_what_was_broken(
    changes: dict[str, int], breach: str, following: dict[str, int]
) -> None:
    profile = Profile("x", 1000, 60_000, 14, 8, 12, gpu_bytes=10**5, error_share=1)
    profile = replace(profile, **changes)  # type: ignore[arg-type]
    limit = 0.0005 if breach == "error" else 1.0
    assert find_breach(FOUND, profile, limit) == breach
    effort = harder(Effort(), breach, FOUND, profile)
    assert effort is not None
    assert {name: getattr(effort, name) for name in following} == following
    assert effort.attempt == 2


# Bytes of a level at its full budget, and the power of the triangles with which they
# shrink: measured on three real scans.
@pytest.mark.parametrize(
    ("full", "power"), [(320_000, 0.89), (258_000, 0.83), (216_000, 0.76)]
)
def test_a_level_of_too_many_bytes_fits_the_second_time(
    full: int, power: float
) -> None:
    limit = 200_000
    profile = Profile("x", 20_000, limit, 12, 8, 12)
    found = Measured(20_000, full, 0, 90_000, 0, 1, 0.001)
    effort = harder(Effort(), "bytes", found, profile)
    assert effort is not None
    assert not effort.shape_only
    assert 0.85 * limit < full * effort.share**power <= limit
