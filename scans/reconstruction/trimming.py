"""Leave of a surface what was scanned: cut what was made up far from any point."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from scans.geometry.mesh import Mesh

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class TrimRule:
    """What stays of a surface.

    reach_m      : a vertex farther than this from all points is made up
    closed_share : made-up patches smaller than this share of the area may stay
    far_m        : but none that reaches farther than this from all points
    island_share : loose parts smaller than this share of the area go
    island_m2    : but none with so much surface that was scanned
    """

    reach_m: float
    closed_share: float
    far_m: float
    island_share: float
    island_m2: float


def trimmed(mesh: Mesh, distance: FloatArray, rule: TrimRule) -> Mesh:
    """Cut large made-up patches away, then small loose parts; mark the rest as filled.

    distance : (n,) of each vertex from the nearest point, metres
    """
    areas = mesh.areas()
    open_faces = np.asarray((distance > rule.reach_m)[mesh.triangles].any(axis=1))
    patch, size = _patches(mesh, areas, open_faces)
    farthest = np.zeros(len(size))
    np.maximum.at(farthest, patch, distance[mesh.triangles[open_faces]].max(axis=1))
    cut = (size > rule.closed_share * areas.sum()) | (farthest > rule.far_m)
    kept = ~open_faces
    kept[open_faces] = ~cut[patch]
    mesh = replace(mesh, filled=open_faces).only(kept)
    if not len(mesh.triangles):
        return mesh
    return mesh.only(_in_large_parts(mesh, rule.island_share, rule.island_m2))


def drop_islands(mesh: Mesh, share: float) -> Mesh:
    """Leave out loose parts smaller than a share of the whole area."""
    return mesh.only(_in_large_parts(mesh, share))


def _in_large_parts(
    mesh: Mesh, share: float, scanned_m2: float = np.inf
) -> NDArray[np.bool_]:
    areas = mesh.areas()
    part, size = _patches(mesh, areas, np.ones(len(areas), dtype=bool))
    own = areas if mesh.filled is None else areas * ~mesh.filled
    scanned = np.bincount(part, own)
    return np.asarray(((size > share * areas.sum()) | (scanned > scanned_m2))[part])


def _patches(
    mesh: Mesh, areas: FloatArray, chosen: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], FloatArray]:
    """Group the chosen triangles by shared vertices: group of each, area of each group."""
    triangles = mesh.triangles[chosen]
    if not len(triangles):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    count = len(mesh.vertices)
    a, b, c = triangles.T
    rows, columns = np.concatenate([a, b]), np.concatenate([b, c])
    graph = coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), (count, count))
    label = connected_components(graph, directed=False)[1][a]
    _, patch = np.unique(label, return_inverse=True)
    return patch.astype(np.int64), np.bincount(patch, areas[chosen]).astype(np.float64)
