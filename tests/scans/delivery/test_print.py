"""The copy for 3D printing: closed, in millimetres, and with its weak places told."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

from scans.delivery.closing import close, volume_m3
from scans.delivery.errors import NotPrintable
from scans.delivery.print import make_print
from scans.delivery.provenance import Provenance
from scans.geometry.mesh import Mesh

from .solids import sphere

UP = np.eye(4)
ABOUT = Provenance(
    relic="https://museum.example/id/relic/k7",
    rights="https://creativecommons.org/licenses/by/4.0/",
    master_sha512="ab" * 64,
)
WALL_M, SIDE_M = 0.0004, 0.06


def hollow_box(wall_m: float) -> Mesh:
    """A box with a hollow; the wall towards +X is thin, the others are 5 mm."""
    outer = trimesh.creation.box((SIDE_M, SIDE_M, SIDE_M))
    width = SIDE_M - 0.005 - wall_m
    inner = trimesh.creation.box((width, SIDE_M - 0.01, SIDE_M - 0.01))
    inner.apply_translation([(0.005 - wall_m) / 2, 0, 0])
    inner.invert()
    both = [part.subdivide_to_size(0.004) for part in (outer, inner)]
    vertices = np.vstack([part.vertices for part in both])
    faces = np.vstack([both[0].faces, both[1].faces + len(both[0].vertices)])
    return Mesh(vertices, faces.astype(np.int32))


def pierced(mesh: Mesh, *places: tuple[float, float, float]) -> Mesh:
    """Take away what lies within 5 mm of each place."""
    middles = mesh.vertices[mesh.triangles].mean(axis=1)
    for place in places:
        middles[np.linalg.norm(middles - place, axis=1) < 0.005] = np.nan
    return mesh.only(np.isfinite(middles[:, 0]))


def test_a_thin_wall_and_two_holes_are_found_where_they_are(tmp_path: Path) -> None:
    holes = [(0.0, SIDE_M / 2, 0.0), (0.0, 0.0, -SIDE_M / 2)]
    told = make_print(
        pierced(hollow_box(WALL_M), *holes), UP, tmp_path, provenance=ABOUT
    ).as_json()
    lift = np.array([0, SIDE_M / 2, 0])  # it is set on the ground
    assert told["thin_count"] == 1
    place = told["thin_places"][0]
    assert place["thickness_mm"] == pytest.approx(0.4, abs=0.01)
    assert place["centre_mm"] == pytest.approx([29.8, 30.0, 0.0], abs=0.5)
    assert place["area_mm2"] == pytest.approx(50 * 50, rel=0.1)
    assert told["hole_count"] == 2
    found = sorted(hole["centre_mm"] for hole in told["holes"])
    wanted = sorted(((np.array(hole) + lift) * 1000).tolist() for hole in holes)
    assert np.abs(np.array(found) - wanted).max() < 1.5
    assert told["watertight"]
    assert told["pieces"] == 2


def test_pieces_that_stand_in_one_another_have_no_wall_between(tmp_path: Path) -> None:
    """A handle's end reaches 0.3 mm into the body: within, nothing can break."""
    parts = [trimesh.creation.box((0.04, 0.04, 0.04)) for _ in range(2)]
    parts[1].apply_translation([0.0397, 0, 0])
    faces = np.vstack([parts[0].faces, parts[1].faces + len(parts[0].vertices)])
    both = Mesh(np.vstack([p.vertices for p in parts]), faces.astype(np.int32))
    told = make_print(both, UP, tmp_path, provenance=ABOUT).as_json()
    assert (told["thin_count"], told["pieces"]) == (0, 2)


def test_both_files_hold_the_closed_body_in_millimetres(tmp_path: Path) -> None:
    ball = sphere(0.05, rings=40, segments=60)
    opened = ball.only(ball.vertices[ball.triangles][:, :, 1].max(axis=1) < 0.045)
    told = make_print(opened, UP, tmp_path, provenance=ABOUT).as_json()
    for name in ("print.stl", "print.3mf"):
        loaded = trimesh.load_mesh(tmp_path / name)
        loaded.merge_vertices()
        assert loaded.is_watertight
        assert loaded.is_winding_consistent
        assert loaded.volume == pytest.approx(told["volume_mm3"], rel=1e-4)
    assert told["hole_count"] == 1
    assert told["thin_count"] == 0
    cap_mm3 = np.pi * 5**2 * (3 * 50 - 5) / 3  # what lies above 45 mm
    assert told["volume_mm3"] == pytest.approx(
        4 / 3 * np.pi * 50**3 - cap_mm3, rel=0.01
    )


def test_files_say_what_they_are_and_never_change(tmp_path: Path) -> None:
    ball = sphere(0.05, rings=12, segments=16)
    first, second = tmp_path / "1", tmp_path / "2"
    for folder in (first, second):
        folder.mkdir()
        make_print(ball, UP, folder, provenance=ABOUT)
    for name in ("print.stl", "print.3mf"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    assert ABOUT.relic.encode() in (first / "print.stl").read_bytes()[:80]
    assert not (first / "print.stl").read_bytes().startswith(b"solid")


def test_a_sheet_that_winds_is_closed_all_the_same() -> None:
    """A border that is anything but flat: a strip bent to a C, open on all sides."""
    turn, height = np.meshgrid(np.linspace(0, 5, 60), np.linspace(0, 0.05, 12))
    radius = 0.03 + 0.004 * np.sin(9 * turn)
    grid = np.stack([radius * np.cos(turn), height, radius * np.sin(turn)], axis=-1)
    number = np.arange(grid[..., 0].size).reshape(turn.shape)
    a, b = number[:-1, :-1].ravel(), number[:-1, 1:].ravel()
    c, d = number[1:, :-1].ravel(), number[1:, 1:].ravel()
    sheet = np.vstack([np.stack([a, b, c], 1), np.stack([c, b, d], 1)])
    closed = close(Mesh(grid.reshape(-1, 3), sheet.astype(np.int32)))
    assert closed.mesh.is_closed()
    assert len(closed.holes) == 1
    assert volume_m3(closed.mesh) >= 0


def test_tangled_triangles_go_and_what_they_leave_is_closed() -> None:
    ball = sphere(0.05, rings=12, segments=16)
    fin = np.array([[0, 1, len(ball.vertices)]], np.int32)  # a third on an edge
    finned = Mesh(
        np.vstack([ball.vertices, [[0, 0.2, 0]]]), np.vstack([ball.triangles, fin])
    )
    closed = close(finned)
    assert closed.mesh.is_closed()
    assert closed.dropped >= 1
    assert volume_m3(closed.mesh) == pytest.approx(volume_m3(ball), rel=0.05)


def test_nothing_that_can_be_closed_is_refused_with_the_figures() -> None:
    nothing = Mesh(np.zeros((3, 3)), np.array([[0, 1, 1]], np.int32))
    with pytest.raises(NotPrintable) as refusal:
        close(nothing)
    assert refusal.value.facts["triangles"] == 1
