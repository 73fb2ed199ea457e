"""Planted defects: each is refused with its figure, and no file is left."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scans.delivery import levels
from scans.delivery.errors import InsideOut, OverBudget, OverErrorLimit, UntrueFile
from scans.delivery.glb import read_glb
from scans.delivery.levels import build_levels
from scans.delivery.pack import Order, pack
from scans.delivery.profiles import Profile
from scans.delivery.promises import check_true
from scans.delivery.provenance import Provenance
from scans.delivery.quantise import Level, quantise
from scans.delivery.simplify import Surface, weld
from scans.errors import ScanError
from scans.geometry.mesh import Mesh
from tests.scans.delivery.solids import UP_IS_Y, lumpy, sphere

SMALL = Profile("small", 6000, 10**6, 14, 8, 12, error_share=0.0006)


def silent(fraction: float) -> None:
    """Nobody watches."""


def wrong_unit(level: Level) -> Level:
    return replace(level, step_m=level.step_m * 1000)


def shifted(level: Level) -> Level:
    x, y, z = level.origin_m
    return replace(level, origin_m=(x, y + 5 * level.step_m, z))


def flipped_normals(level: Level) -> Level:
    return replace(level, normals=-level.normals)


def flipped_faces(level: Level) -> Level:
    return replace(level, triangles=level.triangles[:, ::-1])


def lost_faces(level: Level) -> Level:
    return replace(level, triangles=level.triangles[:-3])


@pytest.mark.parametrize(
    ("defect", "figure"),
    [
        (wrong_unit, "place of a vertex .* mm"),
        (shifted, "place of a vertex .* mm"),
        (flipped_normals, "direction of normals differs by 100.0%"),
        (flipped_faces, "side that faces show differs by 100.0%"),
        (lost_faces, "number of vertices and triangles"),
    ],
)
def test_a_file_that_is_not_what_was_to_be_packed_is_refused(
    defect: Callable[[Level], Level], figure: str, tmp_path: Path
) -> None:
    surface = weld(sphere(0.2, rings=20, segments=30))
    level = quantise(surface, SMALL)
    pack([Order(defect(level), {})], tmp_path, copyright_notice="")
    finished = read_glb((tmp_path / "small.glb").read_bytes())
    with pytest.raises(UntrueFile, match=figure):
        check_true(finished, level, surface, ())


def test_a_sound_file_is_true_to_half_a_step(tmp_path: Path) -> None:
    surface = weld(sphere(0.2, rings=20, segments=30))
    level = quantise(surface, SMALL)
    pack([Order(level, {})], tmp_path, copyright_notice="")
    finished = read_glb((tmp_path / "small.glb").read_bytes())
    off = check_true(finished, level, surface, ())
    assert 0 < off <= level.step_m * np.sqrt(3) / 2 * 1.02
    turned = np.einsum("nd,nd->n", finished.normals(), surface.normals)
    assert np.rad2deg(np.arccos(np.clip(turned, -1, 1))).max() < 1.0


def refused(master: Mesh, profile: Profile, out: Path) -> ScanError:
    with pytest.raises(ScanError) as refusal:
        build_levels(master, UP_IS_Y, out, silent, profiles=[profile])
    assert list(out.iterdir()) == []
    return refusal.value


def test_a_target_so_small_that_the_shape_is_lost_is_refused(tmp_path: Path) -> None:
    master = lumpy(sphere(0.2, rings=60, segments=80), 0.01)
    wrong = replace(SMALL, triangles=60)
    error = refused(master, wrong, tmp_path)
    assert isinstance(error, OverErrorLimit)
    assert float(error.facts["mean_mm"]) > float(error.facts["limit_mm"])
    assert error.facts["attempts"] == 2


def test_a_simplifier_with_the_wrong_target_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lazy(surface: Surface, target: int, *, harder: bool) -> Surface:
        return surface.kept(surface.triangles)

    monkeypatch.setattr(levels, "simplify", lazy)
    master = sphere(0.2, rings=60, segments=80)
    error = refused(master, SMALL, tmp_path)
    assert isinstance(error, OverBudget)
    assert error.facts["triangles"] == len(master.triangles) > 6000


def test_a_closed_master_that_is_inside_out_is_refused(tmp_path: Path) -> None:
    master = sphere(0.2, rings=20, segments=30)
    flipped = Mesh(master.vertices, master.triangles[:, ::-1])
    error = refused(flipped, SMALL, tmp_path)
    assert isinstance(error, InsideOut)
    assert error.facts["percent"] == 100.0


def test_normals_that_look_inwards_are_refused(tmp_path: Path) -> None:
    master = sphere(0.2, rings=20, segments=30)
    assert master.normals is not None
    flipped = Mesh(master.vertices, master.triangles, -master.normals)
    assert isinstance(refused(flipped, SMALL, tmp_path), InsideOut)


def test_a_room_seen_from_inside_is_delivered(tmp_path: Path) -> None:
    master = sphere(2.0, rings=20, segments=30)
    room = Mesh(master.vertices, master.triangles[40:, ::-1])
    (report,) = build_levels(room, UP_IS_Y, tmp_path, silent, profiles=[SMALL])
    assert report.triangles == len(room.triangles)


def test_rounding_takes_a_quarter_of_the_accuracy_at_most(tmp_path: Path) -> None:
    master = lumpy(sphere(0.2, rings=60, segments=80), 0.01)
    coarse = replace(SMALL, position_bits=8, triangles=0)
    for accuracy in (0.0002, 0.00001, 0.0000005):
        said = Provenance(accuracy_m=accuracy)
        (report,) = build_levels(
            master, UP_IS_Y, tmp_path, silent, profiles=[coarse], provenance=said
        )
        assert report.rounding_m <= accuracy / 4
