"""Holes, health and size of meshes that are known exactly."""

from dataclasses import replace

import numpy as np
import pytest

from scans.geometry.mesh import Mesh
from scans.quality.crossing import _goes_through, crossing_triangles
from scans.quality.health import Health, _edges, check_health
from scans.quality.holes import find_holes
from scans.quality.size import measure_size, oriented_sides, volume_of
from tests.scans.delivery.solids import UP_IS_Y, box, sphere, turned

BALL = sphere(0.05, rings=24, segments=48)


def joined(*meshes: Mesh) -> Mesh:
    """Several meshes as one."""
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    triangles = [m.triangles + s for m, s in zip(meshes, starts[:-1], strict=True)]
    vertices = np.vstack([mesh.vertices for mesh in meshes])
    return Mesh(vertices, np.vstack(triangles).astype(np.int32))


def moved(mesh: Mesh, *shift: float) -> Mesh:
    return replace(mesh, vertices=mesh.vertices + np.array(shift))


def capped(mesh: Mesh, above: float) -> Mesh:
    """Cut away what lies above a height."""
    high = (mesh.vertices[mesh.triangles][:, :, 1] > above).all(axis=1)
    return mesh.only(np.asarray(~high))


def test_a_closed_ball_is_in_good_health() -> None:
    health = check_health(BALL)
    assert health == Health(
        vertices=len(BALL.vertices),
        triangles=len(BALL.triangles),
        non_manifold_edges=0,
        boundary_loops=0,
        degenerate=0,
        self_intersecting=0,
        components=1,
        euler=2,
        watertight=True,
    )
    assert find_holes(BALL) == []


def test_a_hole_has_the_area_of_its_flat_closure() -> None:
    level = 0.05 * np.cos(np.pi * 6 / 24)
    holes = find_holes(capped(BALL, level - 1e-9))
    assert len(holes) == 1
    radius = 0.05 * np.sin(np.pi * 6 / 24)
    assert holes[0].area_m2 == pytest.approx(np.pi * radius**2, rel=0.01)
    assert holes[0].length_m == pytest.approx(2 * np.pi * radius, rel=0.01)
    assert holes[0].width_m() == pytest.approx(2 * radius, rel=0.01)
    np.testing.assert_allclose(holes[0].centre, (0, level, 0), atol=1e-6)


def test_holes_that_touch_in_a_vertex_are_two() -> None:
    grid = np.array([(x, 0.0, z) for z in range(6) for x in range(6)])
    quads = [
        (z * 6 + x, z * 6 + x + 1, z * 6 + x + 7, z * 6 + x + 6)
        for z in range(5)
        for x in range(5)
        if (x, z) not in ((1, 1), (2, 2))
    ]
    triangles = [t for a, b, c, d in quads for t in ((a, c, b), (a, d, c))]
    mesh = Mesh(grid, np.array(triangles, dtype=np.int32))
    areas = [hole.area_m2 for hole in find_holes(mesh)]
    assert areas == pytest.approx([25, 1, 1])


def test_open_and_loose_parts_are_counted() -> None:
    health = check_health(joined(capped(BALL, 0.03), moved(BALL, 1, 0, 0)))
    assert (health.components, health.boundary_loops) == (2, 1)
    assert health.euler == 1 + 2
    assert not health.watertight


def test_an_edge_of_three_triangles_is_not_manifold() -> None:
    corners = np.array([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1)])
    mesh = Mesh(corners * 1.0, np.array([(0, 1, 2), (1, 0, 3), (0, 1, 4)], np.int32))
    assert check_health(mesh).non_manifold_edges == 1


def test_triangles_without_area_are_degenerate() -> None:
    corners = np.array([(0, 0, 0), (1, 0, 0), (2, 0, 0), (0, 1, 0)]) * 1.0
    mesh = Mesh(corners, np.array([(0, 1, 2), (0, 1, 1), (0, 1, 3)], np.int32))
    assert check_health(mesh).degenerate == 2


@pytest.mark.parametrize("seed", range(4))
def test_crossing_triangles_are_those_that_trying_all_pairs_finds(seed: int) -> None:
    random = np.random.default_rng(seed)
    small = sphere(0.05, rings=8, segments=12)
    shift = random.normal(size=3)
    shift *= random.uniform(0.02, 0.09) / np.linalg.norm(shift)
    mesh = joined(small, moved(small, *shift))
    mesh = replace(mesh, vertices=mesh.vertices.astype(np.float32).astype(np.float64))
    found = crossing_triangles(mesh, _edges(mesh)[0])
    assert set(found.tolist()) == all_pairs(mesh)
    assert len(found)


def all_pairs(mesh: Mesh) -> set[int]:
    """Every edge of every triangle against every other triangle."""
    count = len(mesh.triangles)
    crossing: set[int] = set()
    for corner in range(3):
        edges = mesh.triangles[:, [corner, (corner + 1) % 3]].astype(np.int64)
        for number in range(count):
            others = mesh.triangles
            apart = ~(others[:, :, None] == edges[number]).any(axis=(1, 2))
            lines = np.repeat(edges[number][None], int(apart.sum()), axis=0)
            hit = np.flatnonzero(apart)[_goes_through(mesh, lines, others[apart])]
            if len(hit):
                crossing |= {number, *hit.tolist()}
    return crossing


def test_what_only_touches_does_not_cross() -> None:
    one = box(1, 1, 1)
    assert check_health(joined(one, moved(one, 1.0, 0.25, 0.25))).self_intersecting == 0
    assert check_health(joined(one, moved(one, 0.9, 0.25, 0.25))).self_intersecting > 0


def test_size_is_that_of_the_box_however_it_is_turned_about() -> None:
    about = turned(33, (0, 1, 0))
    mesh = box(0.12, 0.3, 0.05)
    size = measure_size(mesh.moved(about), UP_IS_Y)
    assert size["oriented_mm"] == pytest.approx([120, 50, 300])
    assert size["volume_mm3"] == pytest.approx(120 * 300 * 50)
    area = 2 * (120 * 300 + 120 * 50 + 300 * 50)
    assert size["area_mm2"] == pytest.approx(area)


def test_an_open_mesh_has_no_volume() -> None:
    assert measure_size(capped(BALL, 0.03), UP_IS_Y)["volume_mm3"] is None


def test_a_ball_s_volume_nears_the_formula() -> None:
    fine = sphere(0.05, rings=90, segments=180)
    assert volume_of(fine) == pytest.approx(4 / 3 * np.pi * 0.05**3, rel=1e-3)


def test_a_rod_has_a_box_too() -> None:
    line = np.outer(np.linspace(0, 1, 5), (1.0, 2.0, 1.0))
    length, width, height = oriented_sides(line)
    assert (length, height) == pytest.approx((np.sqrt(2), 2.0))
    assert width == pytest.approx(0, abs=1e-12)
