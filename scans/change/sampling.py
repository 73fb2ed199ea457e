"""Points spread evenly over a surface, with the normals of their triangles."""

import numpy as np
from numpy.typing import NDArray

from scans.geometry.mesh import FloatArray, Mesh


def spread_points(
    mesh: Mesh, count: int, random: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Give points and unit normals, (count, 3) each, as dense everywhere.

    Triangles that close a hole where nothing was seen hold none.
    """
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    crossed = np.cross(b - a, c - a)
    twice = np.linalg.norm(crossed, axis=1)
    weight = twice if mesh.filled is None else np.where(mesh.filled, 0.0, twice)
    total = np.cumsum(weight)
    # Stratified: one point in each of `count` equal shares of the area.
    at = (np.arange(count) + random.random(count)) / count * total[-1]
    chosen = np.searchsorted(total, at).clip(0, len(weight) - 1)
    u, v = random.random((2, count, 1))
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    points = a[chosen] + u * (b - a)[chosen] + v * (c - a)[chosen]
    normals = crossed[chosen] / np.maximum(twice[chosen], 1e-30)[:, None]
    return points, normals


def boundary_triangles(mesh: Mesh) -> NDArray[np.bool_]:
    """Tell which triangles have an edge that belongs to no other, (m,)."""
    corners = np.sort(
        np.stack([mesh.triangles, np.roll(mesh.triangles, -1, axis=1)], axis=2), axis=2
    ).reshape(-1, 2)
    keys = corners[:, 0].astype(np.int64) * len(mesh.vertices) + corners[:, 1]
    _, index, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return np.asarray((counts[index] == 1).reshape(-1, 3).any(axis=1))
