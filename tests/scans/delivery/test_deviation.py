"""Distances against solids of which they are known."""

import numpy as np
import pytest

from scans.delivery.deviation import Deviation, Reference
from scans.delivery.simplify import weld
from scans.geometry.mesh import Mesh
from tests.scans.delivery.solids import sphere

RADIUS = 0.5


def measured(master: Mesh, level: Mesh) -> Deviation:
    return Reference(weld(master)).measure(
        level.vertices, level.triangles.astype(np.uint32)
    )


@pytest.fixture(scope="module")
def fine() -> Mesh:
    return sphere(RADIUS, rings=200, segments=400)


def test_a_surface_does_not_deviate_from_itself(fine: Mesh) -> None:
    assert measured(fine, fine).max_m < 1e-6


def test_a_concentric_sphere_deviates_by_the_difference_of_radii(fine: Mesh) -> None:
    deviation = measured(fine, sphere(RADIUS + 0.01, rings=200, segments=400))
    for figure in (deviation.mean_m, deviation.p95_m, deviation.max_m):
        assert figure == pytest.approx(0.01, rel=0.01)
    diagonal = 2 * RADIUS * np.sqrt(3)
    assert deviation.share_of_diagonal == pytest.approx(0.01 / diagonal, rel=0.01)


def test_a_coarse_sphere_deviates_by_its_sagitta(fine: Mesh) -> None:
    """Its corners lie on the sphere; its faces cut inside, deepest at their foot point."""
    coarse = sphere(RADIUS, rings=16, segments=32)
    a, b, c = (coarse.vertices[coarse.triangles[:, corner]] for corner in range(3))
    across = np.cross(b - a, c - a)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    sagitta = RADIUS - np.abs(np.einsum("nd,nd->n", across, a))
    assert measured(fine, coarse).max_m == pytest.approx(sagitta.max(), rel=0.03)


def test_what_a_level_lost_is_seen_from_the_master(fine: Mesh) -> None:
    """One way alone would call a level perfect that left a part out."""
    ball = sphere(0.05, rings=10, segments=20)
    whole = Mesh(
        np.vstack([fine.vertices, ball.vertices + np.array([2, 0, 0])]),
        np.vstack([fine.triangles, ball.triangles + len(fine.vertices)]),
    )
    assert measured(whole, fine).max_m == pytest.approx(2 + 0.05 - RADIUS, rel=1e-3)


def test_what_a_level_added_is_seen_from_the_level(fine: Mesh) -> None:
    ball = sphere(0.05, rings=10, segments=20)
    more = Mesh(
        np.vstack([fine.vertices, ball.vertices + np.array([2, 0, 0])]),
        np.vstack([fine.triangles, ball.triangles + len(fine.vertices)]),
    )
    assert measured(fine, more).max_m == pytest.approx(2 + 0.05 - RADIUS, rel=1e-3)
