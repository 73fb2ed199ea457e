"""Make a closed surface of a mesh with holes: what a printer needs, and no viewer."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scans.delivery.errors import NotPrintable
from scans.geometry.mesh import Mesh
from scans.quality.holes import Hole, border_edges, find_holes, trace_loops

ROUNDS = 4  # closing a hole can leave an edge with three triangles; then that goes, and so on


@dataclass(frozen=True)
class Closed:
    """A closed mesh, outward; what was closed, and how many triangles had to go.

    covers : (m,) bool, triangles that close a hole
    """

    mesh: Mesh
    holes: list[Hole]
    dropped: int
    covers: NDArray[np.bool_]


def close(mesh: Mesh) -> Closed:
    """Close every hole by a fan from its middle; largest hole first in the list.

    A new corner for each hole: its edges are nobody else's, so however a border winds,
    what was open is closed and nothing closed is opened. Raises `NotPrintable`.
    """
    holes = find_holes(mesh)
    given = len(mesh.triangles)
    made = np.zeros(given, bool)
    dropped = 0
    for _ in range(ROUNDS):
        whole = ~_tangled(mesh)
        dropped += int((~whole & ~made).sum())
        mesh, made = replace(mesh, filled=None).only(whole), made[whole]
        loops = trace_loops(border_edges(mesh))
        mesh = _covered(mesh, loops)
        made = np.append(made, np.ones(len(mesh.triangles) - len(made), bool))
        if len(mesh.triangles) and mesh.is_closed():
            return Closed(_outward(mesh), holes, dropped, made)
    raise NotPrintable(tangled=int(_tangled(mesh).sum()), triangles=given)


def _tangled(mesh: Mesh) -> NDArray[np.bool_]:
    """Triangles that name a corner twice, or share an edge with more than one other.

    Two that run along an edge the same way are turned against each other: both go.
    """
    a, b = mesh.triangles.astype(np.int64), np.roll(mesh.triangles, -1, axis=1)
    directed = (a * len(mesh.vertices) + b).ravel()
    _, first, uses = np.unique(directed, return_inverse=True, return_counts=True)
    doubled = (uses[first] > 1).reshape(-1, 3).any(axis=1)
    return np.asarray(doubled | (a == b).any(axis=1))


def _covered(mesh: Mesh, loops: list[NDArray[np.int64]]) -> Mesh:
    """Add a fan to each loop, turned so that its edges run against the border's."""
    if not loops:
        return mesh
    middles = np.array([mesh.vertices[loop].mean(axis=0) for loop in loops])
    first = len(mesh.vertices)
    fans = [
        np.stack([np.roll(loop, -1), loop, np.full(len(loop), first + k)], axis=1)
        for k, loop in enumerate(loops)
    ]
    return Mesh(
        np.vstack([mesh.vertices, middles]),
        np.vstack([mesh.triangles, *fans]).astype(np.int32),
    )


def _outward(mesh: Mesh) -> Mesh:
    """Turn a mesh that is inside out."""
    if volume_m3(mesh) >= 0:
        return mesh
    return replace(mesh, triangles=np.ascontiguousarray(mesh.triangles[:, ::-1]))


def volume_m3(mesh: Mesh) -> float:
    """Volume inside a closed mesh, negative if it is inside out."""
    middle = mesh.vertices.mean(axis=0)
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] - middle for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)
