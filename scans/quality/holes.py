"""Holes: the loops of edges that belong to one triangle only, and what they enclose."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scans.geometry.mesh import Mesh
from scans.quality.pieces import piece_of

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Hole:
    """One loop, or one patch that was closed without points.

    area_m2  : of a loop its flat closure, square metres: nothing that closes it has less
    length_m : of a loop's border, metres; 0 of a patch
    centre : (3,) metres
    """

    area_m2: float
    length_m: float
    centre: FloatArray

    def width_m(self) -> float:
        """Diameter of a disc of the same area, metres."""
        return float(np.sqrt(4 * self.area_m2 / np.pi))


def find_holes(mesh: Mesh) -> list[Hole]:
    """Close every boundary loop; largest first."""
    loops = trace_loops(border_edges(mesh))
    holes = [_measured(mesh.vertices[loop]) for loop in loops]
    return sorted(holes, key=lambda hole: -hole.area_m2)


def find_bare(mesh: Mesh, bare: NDArray[np.bool_]) -> list[Hole]:
    """Coherent patches of surface, (m,) bool, as if they were holes; largest first."""
    triangles = mesh.triangles[bare]
    if not len(triangles):
        return []
    _, patch = np.unique(
        piece_of(triangles, len(mesh.vertices))[triangles[:, 0]], return_inverse=True
    )
    areas = replace(mesh, triangles=triangles).areas()
    sums = np.bincount(patch, areas)
    middles = mesh.vertices[triangles].mean(axis=1) * areas[:, None]
    centres = np.stack([np.bincount(patch, m) for m in middles.T], axis=1)
    found = [
        Hole(float(area), 0.0, centre / max(float(area), 1e-30))
        for area, centre in zip(sums, centres, strict=True)
    ]
    return sorted(found, key=lambda hole: -hole.area_m2)


def border_edges(mesh: Mesh) -> NDArray[np.int64]:
    """Directed edges that no other triangle has the other way round, (n, 2)."""
    ends = mesh.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.int64)
    count = np.int64(len(mesh.vertices))
    keys = np.minimum(*ends.T) * count + np.maximum(*ends.T)
    ordered = np.sort(keys)  # several times faster than the order itself
    new = np.diff(ordered, prepend=-1, append=-1) != 0
    alone = ordered[new[:-1] & new[1:]]
    if not len(alone):
        return np.zeros((0, 2), np.int64)
    place = np.minimum(np.searchsorted(alone, keys), len(alone) - 1)
    return np.asarray(ends[alone[place] == keys])


def trace_loops(edges: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """String directed edges together into simple loops of vertices.

    Where loops touch in a vertex they are taken apart; strings that do not close
    (triangles turned against each other) are left out.
    """
    onward: dict[int, list[int]] = {}
    for start, end in edges.tolist():
        onward.setdefault(start, []).append(end)
    loops = []
    for start in list(onward):
        while onward[start]:
            loops += _walk(start, onward)
    return loops


def _walk(start: int, onward: dict[int, list[int]]) -> list[NDArray[np.int64]]:
    """Walk until no edge leads on; cut a loop off each time the path meets itself."""
    loops = []
    path, place = [start], {start: 0}
    while onward.get(path[-1]):
        vertex = onward[path[-1]].pop()
        if vertex in place:
            first = place[vertex]
            loops.append(np.array(path[first:], dtype=np.int64))
            for gone in path[first + 1 :]:
                del place[gone]
            del path[first + 1 :]
        else:
            place[vertex] = len(path)
            path.append(vertex)
    return loops


def _measured(border: FloatArray) -> Hole:
    centre = border.mean(axis=0)
    spokes, following = border - centre, np.roll(border, -1, axis=0)
    vector = np.cross(spokes, following - centre).sum(axis=0) / 2
    length = np.linalg.norm(following - border, axis=1).sum()
    return Hole(float(np.linalg.norm(vector)), float(length), centre)
