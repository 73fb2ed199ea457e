"""Keep edges: even out normals on each side of them, and lay vertices on the planes.

Poisson's method smooths over a few cells of its octree, and a normal over the points it was
fitted to: edges and rims come out rounder than they were scanned. So normals are evened
out among those that face alike and lie in one plane, and then each vertex is moved along
its normal to where the planes of the nearest points put the surface, near ones and those
that face its way counting more; so one side of an edge does not pull at the other. Where
the surface bends only the very nearest count: planes farther off say less of it there.
Source: Kolluri, Provably good moving least squares (2005), weights by normals as in
Öztireli and others, Feature preserving point set surfaces (2009).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.geometry.distinct import distinct
from scans.geometry.mesh import Mesh, vertex_normals
from scans.geometry.spacing import COUNTED

FloatArray = NDArray[np.float64]

AROUND = COUNTED  # points that are asked
NEAR = 1.5  # spacings within which points count, where the surface is flat
NEAR_BENT = 1.0  # the same where it bends
BENDING = 0.05  # mean of 1 - cosine to the normals around, that counts as bent
SAME_WAY = 0.3  # of 1 - cosine between a point's normal and the vertex's
LEAST_WEIGHT = 0.3  # of one point right at the vertex: less, and it stays
FARTHEST = 0.5  # spacings that a vertex is moved at most
IN_PLANE = 0.3  # spacings off a point's plane at which another has no say in its normal
ALIKE = 0.1  # of 1 - cosine between the normals of two points
STILL_FACING = 0.3  # cosine: turned farther than that, a triangle folds over others
# Cells wider than this hold so many points that the octree averages them better.
CELL_MOST = 2.5  # spacings
CHUNK = 50_000  # vertices worked on at a time: bounds memory, not the result


@dataclass(frozen=True)
class Planes:
    """Points with normals, (n, 3), the tree that looks them up, and their spacing."""

    points: FloatArray
    normals: FloatArray
    tree: Any
    spacing: float


def evened(planes: Planes) -> tuple[FloatArray, FloatArray]:
    """Mix each normal with those around that lie in its plane and face its way, (n, 3).

    Gives as well how far the last one lies that was asked, (n,) metres.
    Source: Jones, Durand and Zwicker, Normal improvement for point rendering (2004).
    """
    normals, reach = np.empty_like(planes.normals), np.zeros(len(planes.points))
    for start in range(0, len(normals), CHUNK):
        # Asked in the tree's own order, neighbours lie in the cache.
        part = planes.tree.indices[start : start + CHUNK]
        normals[part], reach[part] = _mixed(part, planes)
    return normals, reach


def _mixed(part: NDArray[np.int64], planes: Planes) -> tuple[FloatArray, FloatArray]:
    places, own = planes.points[part], planes.normals[part]
    count = min(AROUND, len(planes.points))
    distance, near = planes.tree.query(places, k=range(1, count + 1), workers=-1)
    normals = planes.normals[near]
    off = np.einsum("nkd,nkd->nk", planes.points[near] - places[:, None], normals)
    turned = 1.0 - np.einsum("nkd,nd->nk", normals, own)
    weight = np.exp(-((off / (IN_PLANE * planes.spacing)) ** 2) - (turned / ALIKE) ** 2)
    mixed = np.einsum("nk,nkd->nd", weight, normals)
    return mixed / np.linalg.norm(mixed, axis=1, keepdims=True), distance[:, -1]


def settled(mesh: Mesh, planes: Planes) -> Mesh:
    """Move vertices onto the points' planes; where no points are near they stay."""
    normals = vertex_normals(mesh.vertices, mesh.triangles)
    vertices = mesh.vertices.copy()
    for start in range(0, len(vertices), CHUNK):
        span = slice(start, start + CHUNK)
        step = _steps(vertices[span], normals[span], planes)
        vertices[span] += normals[span] * step[:, None]
    return _unfolded(mesh, vertices)


def _unfolded(mesh: Mesh, vertices: FloatArray) -> Mesh:
    """Leave vertices where they were whose triangles would be turned over."""
    before = _crosses(mesh.vertices[mesh.triangles])
    suspects = np.arange(len(mesh.triangles))
    while len(suspects):
        corners = mesh.triangles[suspects]
        after = _crosses(vertices[corners])
        sizes = np.linalg.norm(before[suspects], axis=1) * np.linalg.norm(after, axis=1)
        still = np.einsum("nd,nd->n", before[suspects], after) >= STILL_FACING * sizes
        folded = distinct(corners[~still])
        if not len(folded):
            break
        vertices[folded] = mesh.vertices[folded]
        # Only neighbours of what went back can have been turned by that.
        moved = np.zeros(len(vertices), dtype=bool)
        moved[folded] = True
        suspects = np.flatnonzero(moved[mesh.triangles].any(axis=1))
        suspects = suspects[
            (vertices != mesh.vertices)[mesh.triangles[suspects]].any(axis=(1, 2))
        ]
    return replace(mesh, vertices=vertices)


def _crosses(corners: FloatArray) -> FloatArray:
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    return np.cross(b - a, c - a)


def _steps(places: FloatArray, facing: FloatArray, planes: Planes) -> FloatArray:
    """How far along its normal each place lies from the planes' mean, (n,) metres."""
    count = min(AROUND, len(planes.points))
    distance, near = planes.tree.query(places, k=range(1, count + 1), workers=-1)
    normals = planes.normals[near]
    off = np.einsum("nkd,nkd->nk", planes.points[near] - places[:, None], normals)
    turned = 1.0 - np.einsum("nkd,nd->nk", normals, facing)
    flat = np.exp(-turned.mean(axis=1) / BENDING)
    reach = planes.spacing * (NEAR_BENT + (NEAR - NEAR_BENT) * flat)
    weight = np.exp(-((distance / reach[:, None]) ** 2) - (turned / SAME_WAY) ** 2)
    total = weight.sum(axis=1)
    step = np.einsum("nk,nk->n", weight, off) / np.maximum(total, 1e-12)
    far = FARTHEST * planes.spacing
    return np.where(total > LEAST_WEIGHT, np.clip(step, -far, far), 0.0)
