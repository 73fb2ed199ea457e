"""A planted dent is found where it is and as deep as it is."""

import numpy as np
import pytest

from scans.geometry.mesh import FloatArray, Mesh
from scans.quality.deviation import compare, worst_region
from tests.scans.delivery.solids import sphere as ball
from tests.scans.shapes import sphere

RADIUS = 0.05
DENT_M = 0.0005
WIDTH = 0.15  # radians: 7.5 mm on this ball
NOISE_M = 0.00005
REACH = 0.003


def dented(towards: FloatArray) -> Mesh:
    """A ball pressed in by half a millimetre about one direction."""
    whole = ball(RADIUS, rings=180, segments=360)
    unit = whole.vertices / RADIUS
    away = np.arccos(np.clip(unit @ towards, -1, 1)) / WIDTH
    depth = DENT_M * np.clip(1 - away**2, 0, 1)
    return Mesh(whole.vertices - unit * depth[:, None], whole.triangles)


def scanned(count: int = 60_000) -> FloatArray:
    """Points of the whole ball, with a scanner's noise."""
    noise = np.random.default_rng(3).normal(size=count) * NOISE_M
    return sphere(count) * (RADIUS + noise)[:, None]


@pytest.mark.parametrize("towards", [(0.0, 0.0, 1.0), (0.6, 0.48, -0.64)])
def test_a_dent_is_found_at_its_place(towards: tuple[float, float, float]) -> None:
    direction = np.array(towards)
    mesh = dented(direction)
    region = worst_region(mesh, compare(scanned(), mesh, reach_m=REACH))
    assert region is not None
    assert np.linalg.norm(region.centre - direction * RADIUS) < 0.001
    assert region.peak_mm == pytest.approx(0.5, abs=0.05)


def test_points_outside_count_as_positive() -> None:
    mesh = ball(RADIUS, rings=90, segments=180)
    outside = compare(sphere(2_000) * (RADIUS + 0.001), mesh, reach_m=REACH)
    inside = compare(sphere(2_000) * (RADIUS - 0.001), mesh, reach_m=REACH)
    assert outside.signed_mm.mean() == pytest.approx(1, abs=0.05)
    assert inside.signed_mm.mean() == pytest.approx(-1, abs=0.05)


def test_figures_are_those_of_the_noise() -> None:
    mesh = ball(RADIUS, rings=180, segments=360)
    told = compare(scanned(), mesh, reach_m=REACH).as_json()
    assert told["sigma_mm"] == pytest.approx(0.05, rel=0.05)
    assert told["rms_mm"] == pytest.approx(0.05, rel=0.1)
    assert told["p95_mm"] == pytest.approx(0.098, rel=0.1)
    assert told["beyond"] == 0
    histogram = told["histogram"]
    assert isinstance(histogram, dict)
    assert sum(histogram["counts"]) == 60_000
    assert len(histogram["edges_mm"]) == len(histogram["counts"]) + 1


def test_what_lies_far_off_is_counted_and_left_out() -> None:
    mesh = ball(RADIUS, rings=60, segments=120)
    points = np.vstack([scanned(5_000), sphere(70) * 2 * RADIUS])
    compared = compare(points, mesh, reach_m=REACH)
    assert compared.beyond == 70
    assert np.abs(compared.signed_mm).max() < 1


def test_the_far_side_of_a_wall_is_no_dent() -> None:
    mesh = ball(RADIUS, rings=60, segments=120)
    outside, inside = sphere(5_000), sphere(300)
    points = np.vstack([outside * RADIUS, inside * (RADIUS - REACH / 2)])
    normals = np.vstack([outside, -inside])
    compared = compare(points, mesh, reach_m=REACH, normals=normals)
    assert compared.beyond == 300
    assert np.abs(compared.signed_mm).max() < 0.2
    # A surface that was made too far in faces the same way, and is told.
    near = compare(points, mesh, reach_m=REACH, normals=np.vstack([outside, inside]))
    assert near.signed_mm.min() == pytest.approx(-1.5, abs=0.1)


def test_one_stray_point_is_no_region() -> None:
    mesh = dented(np.array([0.0, 0.0, 1.0]))
    points = np.vstack([scanned(), [[RADIUS + 0.002, 0.0, 0.0]]])
    region = worst_region(mesh, compare(points, mesh, reach_m=REACH))
    assert region is not None
    assert region.centre[2] > 0.98 * RADIUS


def test_vertices_without_points_take_their_neighbours_word() -> None:
    mesh = ball(RADIUS, rings=90, segments=180)
    few = compare(scanned(6_000), mesh, reach_m=REACH)
    spread = few.by_vertex(mesh)
    assert (few.weights == 0).mean() > 0.2
    assert np.isnan(spread).mean() < 0.05
    front = scanned(6_000)
    front = front[front[:, 2] > 0]
    bare = compare(front, mesh, reach_m=REACH).by_vertex(mesh)
    assert np.isnan(bare[mesh.vertices[:, 2] < -0.3 * RADIUS]).all()
