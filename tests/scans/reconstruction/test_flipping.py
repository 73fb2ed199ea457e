"""Edges follow a crease that they bridged, and only there."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.geometry.mesh import Mesh
from scans.reconstruction.flipping import flipped
from scans.reconstruction.settling import Planes

FloatArray = NDArray[np.float64]

PITCH = 0.001
SPACING = 0.0006
LONG = 12  # pitches
ROOF, GUTTER = -1.0, 1.0  # how steeply both slopes rise from the crease at x = 0


def slopes(steep: float) -> Planes:
    """Points on two slopes that meet at x = 0, a little noisy, and their true normals."""
    random = np.random.default_rng(0)
    x, y = random.uniform([-3, -2], [3, LONG + 2], (9_000, 2)).T * PITCH
    normals = np.stack([-steep * np.sign(x), 0 * x, np.ones_like(x)], axis=1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    noise = random.normal(size=len(x)) * 2e-5
    points = np.stack([x, y, steep * np.abs(x)], axis=1) + normals * noise[:, None]
    return Planes(points, normals, cKDTree(points), SPACING)


def bridged(steep: float) -> Mesh:
    """Vertices on both slopes and on the crease, which no edge follows."""
    steps = np.arange(LONG + 1)
    crease = np.stack([0 * steps, steps, 0 * steps], axis=1)
    side = np.stack([1 + 0 * steps, steps + 0.5, steep + 0 * steps], axis=1)[:-1]
    vertices = np.vstack([crease, side * [-1, 1, 1], side]) * PITCH
    left, right = LONG + 1, 2 * LONG + 1
    across = [
        t
        for k in range(LONG)
        for t in ((k, right + k, left + k), (k + 1, left + k, right + k))
    ]
    beside = [
        t
        for k in range(LONG - 1)
        for t in (
            (k + 1, left + k + 1, left + k),
            (k + 1, right + k, right + k + 1),
        )
    ]
    return Mesh(vertices, np.array(across + beside, dtype=np.int32))


def edges(mesh: Mesh) -> set[tuple[int, int]]:
    """Every edge of each triangle, as it runs along it; raises where one comes twice."""
    ends = mesh.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    found = {(int(a), int(b)) for a, b in ends}
    assert len(found) == len(ends)
    return found


def along_the_crease(mesh: Mesh) -> int:
    return len({(min(e), max(e)) for e in edges(mesh) if max(e) <= LONG})


@pytest.mark.parametrize("steep", [ROOF, GUTTER])
def test_edges_come_to_follow_a_crease(steep: float) -> None:
    mesh = bridged(steep)
    after = flipped(mesh, slopes(steep))
    assert along_the_crease(mesh) == 0
    assert along_the_crease(after) == LONG
    assert np.array_equal(after.vertices, mesh.vertices)
    assert len(after.triangles) == len(mesh.triangles)
    a, b, c = (after.vertices[after.triangles[:, k]] for k in range(3))
    assert (np.cross(b - a, c - a)[:, 2] > 0).all()


@pytest.mark.parametrize("steep", [ROOF, GUTTER])
def test_where_edges_follow_the_crease_they_stay(steep: float) -> None:
    planes = slopes(steep)
    mesh = flipped(bridged(steep), planes)
    assert np.array_equal(flipped(mesh, planes).triangles, mesh.triangles)


def test_what_is_nearly_flat_stays() -> None:
    mesh = bridged(0.02)
    assert np.array_equal(flipped(mesh, slopes(0.02)).triangles, mesh.triangles)


def test_where_no_points_are_near_edges_stay() -> None:
    planes = slopes(ROOF)
    far = planes.points + np.array([0.0, 0.0, 1.0])
    planes = replace(planes, points=far, tree=cKDTree(far))
    mesh = bridged(ROOF)
    assert np.array_equal(flipped(mesh, planes).triangles, mesh.triangles)


def test_no_edge_comes_to_have_three_triangles() -> None:
    mesh = bridged(ROOF)
    # A fin on the crease between the fourth and the fifth vertex.
    tip = np.array([[0.0, 3.5, 1.0]]) * PITCH
    fin = np.array([[3, 4, len(mesh.vertices)]], dtype=np.int32)
    finned = Mesh(np.vstack([mesh.vertices, tip]), np.vstack([mesh.triangles, fin]))
    after = flipped(finned, slopes(ROOF))
    ends = np.sort(after.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    assert np.unique(ends, axis=0, return_counts=True)[1].max() == 2
    assert along_the_crease(after) == LONG
