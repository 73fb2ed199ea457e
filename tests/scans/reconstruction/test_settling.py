"""A surface follows the planes that were scanned up to the edges between them."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.geometry.mesh import Mesh
from scans.reconstruction import settling
from scans.reconstruction.settling import Planes, evened, settled

FloatArray = NDArray[np.float64]

PITCH = 0.001
RADIUS = 0.0005
FLOOR, WALL = np.array([0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0])


def corner(noise: float = 0.0) -> Planes:
    """Floor and wall that meet at x = z = 0, their normals mixed up near the edge."""
    random = np.random.default_rng(0)
    across, along = random.random((2, 4_000)) * 0.03
    floor = np.stack([-across, along, 0 * along], axis=1)
    wall = np.stack([0 * along, along[::-1], -across], axis=1)
    points = np.vstack([floor, wall]) + random.normal(size=(8_000, 3)) * noise
    blend = 0.5 * np.exp(-across / PITCH)[:, None]
    normals = np.vstack(
        [FLOOR * (1 - blend) + WALL * blend, WALL * (1 - blend) + FLOOR * blend]
    )
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Planes(points, normals, cKDTree(points), 0.0005)


def rounded() -> Mesh:
    """A strip along the corner whose edge is cut off, as an octree's cells cut it."""
    bend = np.array([[-4, 0], [-3, 0], [-2, 0], [-1, -0.1], [-0.3, -0.3]])
    profile = np.vstack([bend, bend[3::-1, ::-1]]) * PITCH
    along = np.linspace(0.005, 0.025, 21)
    vertices = np.array([[x, y, z] for y in along for x, z in profile])
    wide = len(profile)
    quads = [
        (k * wide + j, k * wide + j + 1, (k + 1) * wide + j, (k + 1) * wide + j + 1)
        for k in range(len(along) - 1)
        for j in range(wide - 1)
    ]
    triangles = [t for a, b, c, d in quads for t in ((a, b, c), (b, d, c))]
    return Mesh(vertices, np.array(triangles, dtype=np.int32))


def off(vertices: FloatArray) -> FloatArray:
    """How far from floor and wall, whichever is nearer; the outside is above both."""
    return np.asarray(np.abs(np.maximum(vertices[:, 0], vertices[:, 2])))


def test_vertices_come_to_lie_on_both_sides_of_an_edge() -> None:
    mesh, planes = rounded(), corner()
    planes = replace(planes, normals=evened(planes)[0])
    before, after = off(mesh.vertices), off(settled(mesh, planes).vertices)
    assert after.mean() < 0.6 * before.mean()
    assert after.max() < 0.6 * before.max()


def test_noise_does_not_roughen_what_was_flat() -> None:
    planes = corner(noise=5e-5)
    mesh = settled(rounded(), planes)
    flat = rounded().vertices[:, 0] < -1.5 * PITCH
    assert off(mesh.vertices[flat]).mean() < 2.5e-5


def test_where_the_surface_bends_only_the_nearest_points_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    narrow = settled(pipe(), around_the_pipe()).vertices
    monkeypatch.setattr(settling, "NEAR_BENT", settling.NEAR)
    wide = settled(pipe(), around_the_pipe()).vertices
    off = [np.hypot(v[:, 0], v[:, 2]).mean() - RADIUS for v in (narrow, wide)]
    # Planes lie outside of what they touch.
    assert 0 < off[0] < 0.9 * off[1]


def pipe() -> Mesh:
    """A strip of a pipe, a bit too thin."""
    turn, along = np.meshgrid(np.linspace(0.5, 2.5, 21), np.linspace(0.005, 0.025, 21))
    flat = np.stack([np.cos(turn), 0 * turn, np.sin(turn)], axis=-1) * 0.98 * RADIUS
    flat[..., 1] = along
    a = (np.arange(20)[:, None] * 21 + np.arange(20)).ravel()
    triangles = np.vstack(
        [np.stack(t, axis=1) for t in ((a, a + 21, a + 1), (a + 1, a + 21, a + 22))]
    )
    return Mesh(flat.reshape(-1, 3), triangles.astype(np.int32))


def around_the_pipe() -> Planes:
    """Points on the pipe and their true normals."""
    random = np.random.default_rng(3)
    turn, along = random.random((2, 1_500)) * [[np.pi], [0.03]]
    normals = np.stack([np.cos(turn), 0 * turn, np.sin(turn)], axis=1)
    points = normals * RADIUS
    points[:, 1] = along
    spacing = float(np.sqrt(np.pi * RADIUS * 0.03 / len(points)))
    return Planes(points, normals, cKDTree(points), spacing)


def test_where_no_points_are_near_vertices_stay() -> None:
    mesh = rounded().moved(np.block([[np.eye(3), np.full((3, 1), 1.0)], [0, 0, 0, 1]]))
    assert np.array_equal(settled(mesh, corner()).vertices, mesh.vertices)


def test_no_triangle_is_turned_over() -> None:
    mesh = rounded()
    planes = corner()
    # A layer that faces along the strip, close beneath: it would fold the strip.
    false = planes.points + random_shift(len(planes.points))
    mesh_after = settled(mesh, Planes(false, planes.normals, cKDTree(false), 0.002))
    before, after = facing(mesh), facing(mesh_after)
    assert (before * after).sum(axis=1).min() > 0
    assert not np.array_equal(mesh.vertices, mesh_after.vertices)


def random_shift(count: int) -> FloatArray:
    return np.asarray(np.random.default_rng(1).normal(size=(count, 3)) * 2e-3)


def facing(mesh: Mesh) -> FloatArray:
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    return np.asarray(np.cross(b - a, c - a))


def test_normals_are_evened_out_but_not_across_an_edge() -> None:
    planes = corner()
    truth = np.repeat([FLOOR, WALL], 4_000, axis=0)
    tilted = truth + np.random.default_rng(2).normal(size=truth.shape) * 0.1
    tilted /= np.linalg.norm(tilted, axis=1, keepdims=True)
    mixed = evened(replace(planes, normals=tilted))[0]
    before, after = (1 - (n * truth).sum(axis=1) for n in (tilted, mixed))
    assert after.mean() < 0.3 * before.mean()
    edge = np.abs(planes.points[:, [0, 2]]).max(axis=1) < 0.0005
    assert after[edge].mean() < 0.7 * before[edge].mean()
