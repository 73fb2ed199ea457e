"""The frame in which a normal map speaks: a smooth normal, and the map's own directions.

Normals of vertices are smoothed before the map is made, and the map holds all that was
lost. A coarser level takes its vertices from a finer one, normals included: between two
vertices a smooth normal runs the same in all levels, so that one map serves them all.

Tangents follow MikkTSpace's rules (the frame of glTF files without TANGENT): along growing
u, the mean over the triangles that meet at a vertex, square to its normal.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from scans.delivery.simplify import Surface

# Rounds over neighbouring vertices. A level with a third of the triangles has edges 1.7
# times as long; smoothing over n rounds reaches about the root of n edges.
SMOOTHINGS = 16
TURN = 0.6  # cosine: a smooth normal that leans further away is drawn back half way

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Frames:
    """Per vertex, (n, 3) each: normal, tangent along growing u, and image-upwards."""

    normals: Floats
    tangents: Floats
    upwards: Floats


def smooth_normals(surface: Surface) -> Floats:
    """Normals of a welded surface, (n, 3), without its relief."""
    mixing = _mixing(surface.triangles, len(surface.positions))
    normals = surface.normals.astype(np.float64)
    for _ in range(SMOOTHINGS):
        normals = mixing @ normals
    smooth = _unit(normals)
    for share in (0.5, 1.0):
        leaning = (smooth * surface.normals).sum(axis=1, keepdims=True) < TURN
        drawn = _unit(smooth * (1 - share) + surface.normals * share)
        smooth = np.where(leaning, drawn, smooth)
    return smooth.astype(np.float32)


def frames_of(surface: Surface, normals: Floats) -> Frames:
    """The frames at the vertices of a surface with `uvs`."""
    corners = surface.triangles.astype(np.int64)
    a, b, c = (surface.positions[corners[:, k]].astype(np.float64) for k in range(3))
    u, v, w = (surface.on_map()[corners[:, k]].astype(np.float64) for k in range(3))
    along, other = v - u, w - u
    turned = along[:, 0] * other[:, 1] - along[:, 1] * other[:, 0]
    # v grows downwards, so a chart that is not mirrored has a negative area here.
    facing = np.where(turned <= 0, -1.0, 1.0)[:, None]
    tangent = ((b - a) * other[:, 1:] - (c - a) * along[:, 1:]) * facing
    columns = [
        sum(np.bincount(corners[:, k], axis, len(normals)) for k in range(3))
        for axis in tangent.T
    ]
    total = np.stack(columns, axis=1)
    total -= normals * (total * normals).sum(axis=1, keepdims=True)
    tangents = _unit(total).astype(np.float32)
    return Frames(normals, tangents, np.cross(normals, tangents).astype(np.float32))


def whole_tangents(surface: Surface) -> NDArray[np.float32]:
    """Unit tangents, also where a vertex's triangles are without area on the map."""
    tangents = frames_of(surface, surface.normals).tangents
    lost = np.linalg.norm(tangents, axis=1) < 0.5
    least = np.abs(surface.normals[lost]).argmin(axis=1)
    across = np.cross(surface.normals[lost], np.eye(3)[least])
    tangents[lost] = across / np.linalg.norm(across, axis=1, keepdims=True)
    return tangents


def _mixing(triangles: NDArray[np.uint32], count: int) -> csr_array:
    a, b, c = triangles.astype(np.int64).T
    itself = np.arange(count)
    rows = np.concatenate([a, b, c, b, c, a, itself])
    columns = np.concatenate([b, c, a, a, b, c, itself])
    values = 1 / np.bincount(rows, minlength=count)[rows]
    return csr_array((values, (rows, columns)), shape=(count, count))


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-30))
