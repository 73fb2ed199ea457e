"""Propose how an object stands: the plane it rests on and the side that is its front.

Only a proposal: a person confirms it or turns it. World frame in, upright frame out
(metres, Y up, front +Z, base at y = 0, centred).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.geometry.mesh import Mesh, vertex_normals
from scans.geometry.rigid import carry, from_parts, turn, turning_axis, turning_onto
from scans.reconstruction.resting import find_rest

FloatArray = NDArray[np.float64]

UP = np.array([0.0, 1.0, 0.0])
FRONT_SAMPLE = 3_000
FRONT_STEPS = 36
CLEAR_SYMMETRY = 0.6  # of the median: the mirror plane stands out that much
AS_GOOD = 0.1  # of the way from the best mirror to the median


def propose_upright(mesh: Mesh) -> FloatArray:
    """Propose the rigid motion from the master's frame to the upright frame."""
    rest = find_rest(mesh)
    stood = turning_onto(-rest.down, UP) if rest else np.eye(4)
    placed = mesh.moved(stood)
    yaw = find_front(placed)
    turned = turning_axis(UP, yaw) @ stood
    return grounded(turned, mesh.vertices)


def grounded(motion: FloatArray, vertices: FloatArray) -> FloatArray:
    """Shift a motion so that the object stands on y = 0, centred in x and z."""
    placed = turn(vertices, motion)
    low, high = placed.min(axis=0), placed.max(axis=0)
    middle = (low + high) / 2
    return from_parts(motion[:3, :3], -np.array([middle[0], low[1], middle[2]]))


def find_front(mesh: Mesh) -> float:
    """Find the turn about Y (radians) that brings the front of an upright mesh to +Z."""
    points, normals, detail = _front_sample(mesh)
    angles = np.arange(FRONT_STEPS) * np.pi / FRONT_STEPS
    tree = cKDTree(points)
    mirrored = np.array([_asymmetry(tree, angle) for angle in angles])
    if mirrored.min() < CLEAR_SYMMETRY * np.median(mirrored):
        # The mirror's normal points sideways: the front lies a quarter turn off it.
        across = angles[_clear_mirrors(mirrored)]
        choices = [*(across + np.pi / 2), *(across - np.pi / 2)]
    else:
        choices = list(np.arange(2 * FRONT_STEPS) * np.pi / FRONT_STEPS)
    seen = [_detail_from(normals, detail, angle) for angle in choices]
    return -float(choices[int(np.argmax(seen))])


def _clear_mirrors(mirrored: FloatArray) -> NDArray[np.bool_]:
    """Tell the mirrors that are as good as the best: a slab has two, a square box four."""
    is_dip = (mirrored <= np.roll(mirrored, 1)) & (mirrored <= np.roll(mirrored, -1))
    near = mirrored.min() + AS_GOOD * (np.median(mirrored) - mirrored.min())
    return np.asarray(is_dip & (mirrored <= near))


def _front_sample(mesh: Mesh) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Points about the vertical axis, their normals, and how much the surface bends."""
    random = np.random.default_rng(0)
    count = min(FRONT_SAMPLE, len(mesh.vertices))
    chosen = random.choice(len(mesh.vertices), count, replace=False)
    low, high = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
    points = mesh.vertices[chosen] - (low + high) / 2
    normals = mesh.normals
    if normals is None:
        normals = vertex_normals(mesh.vertices, mesh.triangles)
    normals = normals[chosen]
    near = cKDTree(points).query(points, k=min(8, count))[1]
    detail = 1.0 - np.linalg.norm(normals[near].mean(axis=1), axis=1)
    return points, normals, detail


def _asymmetry(tree: cKDTree, angle: float) -> float:
    """Mean distance from the mirrored points to the points, for one vertical mirror."""
    points = tree.data
    normal = np.array([np.sin(angle), 0.0, np.cos(angle)])
    mirrored = points - 2 * (points @ normal)[:, None] * normal
    distance = tree.query(mirrored)[0]
    return float(np.minimum(distance, np.quantile(distance, 0.9)).mean())


def _detail_from(normals: FloatArray, detail: FloatArray, angle: float) -> float:
    """How much detail faces a viewer who stands at an angle about Y (0 is +Z)."""
    towards = np.array([np.sin(angle), 0.0, np.cos(angle)])
    return float((np.maximum(normals @ towards, 0.0) * detail).sum())


def size_of(mesh: Mesh, motion: FloatArray) -> FloatArray:
    """Width, height and depth (x, y, z) of a mesh once it is upright, metres."""
    return np.asarray(np.ptp(carry(mesh.vertices, motion), axis=0))
