"""Triangles that cross each other: found with a tree of boxes, decided exactly.

Two triangles that do not lie in one plane cross just when an edge of one goes through the
other. Every edge is sent as a ray against the mesh (float32, conservative); what it meets
is then decided with the signs of determinants, in exact arithmetic where float64 leaves a
sign open. Triangles that share a corner with an edge are its neighbours and do not count.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from scans.delivery.rays import RayScene
from scans.geometry.distinct import distinct
from scans.geometry.mesh import Mesh

FloatArray = NDArray[np.float64]

BAND = 500_000  # edges looked at a time: bounds the memory
CLEAR = 1e-4  # of an edge: its own corners lie on its neighbours
# Shewchuk 1997, orient3d, bound A, rounded up: |error| <= (7 + 56e) e permanent.
ERROR = 8 * np.finfo(np.float64).eps


def crossing_triangles(
    mesh: Mesh, edges: NDArray[np.int64], scene: RayScene | None = None
) -> NDArray[np.int64]:
    """Numbers of the triangles that an edge, (n, 2) vertices, goes through or comes from.

    scene : of this mesh, where there is one already
    """
    pierced, piercing = _candidates(mesh, edges, scene or RayScene.of(mesh))
    if not len(pierced):
        return pierced
    crossed = _goes_through(mesh, edges[piercing], mesh.triangles[pierced])
    owners = _owners(mesh, edges[piercing[crossed]])
    return distinct(np.concatenate([pierced[crossed], owners]))


def _candidates(
    mesh: Mesh, edges: NDArray[np.int64], scene: RayScene
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Triangles that rays along edges meet, and the edges, without neighbours."""
    places = mesh.vertices.astype(np.float32)
    pierced, piercing = [], []
    for start in range(0, len(edges), BAND):
        band = edges[start : start + BAND]
        first = places[band[:, 0]]
        along = places[band[:, 1]] - first
        origins = first + along * np.float32(CLEAR)
        along = along * np.float32(1 - 2 * CLEAR)
        met = np.flatnonzero(scene.blocked(origins, along, reach=1.0))
        rays, triangles = scene.all_hits(origins[met], along[met], reach=1.0)
        pierced.append(triangles)
        piercing.append(met[rays] + start)
    triangles, lines = np.concatenate(pierced), np.concatenate(piercing)
    corners, ends = mesh.triangles[triangles], edges[lines]
    shared = (corners[:, :, None] == ends[:, None, :]).any(axis=(1, 2))
    return triangles[~shared], lines[~shared]


def _goes_through(
    mesh: Mesh, edges: NDArray[np.int64], triangles: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Tell which edges go through the inside of their triangle, touching not counted."""
    p, q = (mesh.vertices[edges[:, k]] for k in range(2))
    a, b, c = (mesh.vertices[triangles[:, k]] for k in range(3))
    sides = _signs(a, b, c, p) * _signs(a, b, c, q)
    turns = [_signs(p, q, a, b), _signs(p, q, b, c), _signs(p, q, c, a)]
    same = (turns[0] == turns[1]) & (turns[1] == turns[2]) & (turns[0] != 0)
    return np.asarray((sides < 0) & same)


def _signs(
    a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray
) -> NDArray[np.int8]:
    """Exact sign of the volume of each tetrahedron, (n,)."""
    u, v, w = a - d, b - d, c - d
    value = np.einsum("ij,ij->i", u, np.cross(v, w))
    size = np.einsum("ij,ij->i", np.abs(u), _crossed_sizes(np.abs(v), np.abs(w)))
    signs: NDArray[np.int8] = np.sign(value).astype(np.int8)
    for row in np.flatnonzero(np.abs(value) <= ERROR * size):
        signs[row] = _exact_sign(a[row], b[row], c[row], d[row])
    return signs


def _crossed_sizes(v: FloatArray, w: FloatArray) -> FloatArray:
    """The cross product with plus for minus: what its rounding errors grow with."""
    return np.roll(v, -1, axis=1) * np.roll(w, -2, axis=1) + np.roll(
        v, -2, axis=1
    ) * np.roll(w, -1, axis=1)


def _exact_sign(a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray) -> int:
    base = [Fraction(value) for value in d.tolist()]
    u, v, w = (
        [Fraction(value) - low for value, low in zip(row.tolist(), base, strict=True)]
        for row in (a, b, c)
    )
    volume = (
        u[0] * (v[1] * w[2] - v[2] * w[1])
        + u[1] * (v[2] * w[0] - v[0] * w[2])
        + u[2] * (v[0] * w[1] - v[1] * w[0])
    )
    return (volume > 0) - (volume < 0)


def _owners(mesh: Mesh, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers of the triangles that have one of these edges."""
    count = np.int64(len(mesh.vertices))
    wanted = np.unique(edges.min(axis=1) * count + edges.max(axis=1))
    a = mesh.triangles.astype(np.int64)
    b = np.roll(a, -1, axis=1)
    keys = np.minimum(a, b) * count + np.maximum(a, b)
    return np.flatnonzero(np.isin(keys, wanted).any(axis=1))
