"""What is wrong with a mesh as a mesh: topology, degenerate and crossing triangles."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.delivery.rays import RayScene
from scans.geometry.mesh import Mesh
from scans.quality.crossing import crossing_triangles
from scans.quality.holes import border_edges, trace_loops
from scans.quality.pieces import piece_of


@dataclass(frozen=True)
class Health:
    """Counts; euler is V - E + F over the vertices that are used."""

    vertices: int
    triangles: int
    non_manifold_edges: int
    boundary_loops: int
    degenerate: int
    self_intersecting: int
    components: int
    euler: int
    watertight: bool


def check_health(mesh: Mesh, scene: RayScene | None = None) -> Health:
    """Count what is wrong with a mesh; `scene` is of this mesh, where there is one."""
    edges, uses = _edges(mesh)
    used = np.zeros(len(mesh.vertices), bool)
    used[mesh.triangles] = True
    return Health(
        vertices=len(mesh.vertices),
        triangles=len(mesh.triangles),
        non_manifold_edges=int((uses > 2).sum()),
        boundary_loops=len(trace_loops(border_edges(mesh))),
        degenerate=int(_degenerate(mesh).sum()),
        self_intersecting=len(crossing_triangles(mesh, edges, scene)),
        components=len(np.unique(piece_of(mesh.triangles, len(mesh.vertices))[used])),
        euler=int(used.sum()) - len(edges) + len(mesh.triangles),
        watertight=mesh.is_closed(),
    )


def _edges(mesh: Mesh) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every edge once, (n, 2), and how many triangles have it, (n,)."""
    ends = mesh.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.int64)
    count = np.int64(len(mesh.vertices))
    keys = np.sort(np.minimum(*ends.T) * count + np.maximum(*ends.T))
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    uses = np.diff(first, append=len(keys))
    return np.stack([keys[first] // count, keys[first] % count], axis=1), uses


def _degenerate(mesh: Mesh) -> NDArray[np.bool_]:
    """Triangles without area: a corner twice, or three on a line to rounding."""
    a, b, c = mesh.triangles.T
    repeated = (a == b) | (b == c) | (c == a)
    ends = [mesh.vertices[corner] for corner in (a, b, c)]
    sides = [ends[k] - ends[k - 1] for k in range(3)]
    squares = [np.einsum("ij,ij->i", side, side) for side in sides]
    longest = np.sqrt(np.maximum.reduce(squares))
    # A height below a float32's rounding of the place is none.
    rounding = np.finfo(np.float32).eps * np.abs(mesh.vertices).max(initial=0.0)
    return np.asarray(repeated | (2 * mesh.areas() <= longest * rounding))
