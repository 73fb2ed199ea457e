"""A scan made ready for matching: thinned, with normals that point to the scanner."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.geometry.mesh import vertex_normals
from scans.geometry.scan import Scan
from scans.reconstruction.normals import Planes, local_planes, oriented_all_round
from scans.reconstruction.sight import Sight, find_sight

FloatArray = NDArray[np.float64]

SAMPLE = 800  # points that judge how two scans meet: a share is good to 2 %


@dataclass(frozen=True)
class View:
    """One scan in its own frame, metres.

    points, normals : (n, 3) float64, all points
    colours         : (n, 3) uint8 or None
    at_edge         : (n,) bool, points on a border of what the scanner saw
    coarse          : indices of a thinned set for matching
    sample          : indices of some points away from borders, drawn at random
    sight           : lines of sight, None for a cloud seen from all around
    """

    name: str
    points: FloatArray
    normals: FloatArray
    colours: NDArray[np.uint8] | None
    at_edge: NDArray[np.bool_]
    coarse: NDArray[np.int64]
    sample: NDArray[np.int64]
    sight: Sight | None
    tree: Any


def view_of(scan: Scan, *, coarse_m: float, finest_m: float) -> View:
    """Prepare a scan; `finest_m` merges points closer than that, `coarse_m` thins."""
    scan = thinned(scan, finest_m)
    # Looked up within a reach, from afar too: split in the middle, boxes left loose, it
    # answers in half the time.
    tree = cKDTree(scan.points, balanced_tree=False, compact_nodes=False)
    planes = local_planes(scan.points, tree)
    meshed = scan.triangles is not None
    sight = None if meshed else find_sight(scan, spacing=planes.spacing)
    return View(
        name=scan.name,
        points=scan.points,
        normals=_normals(scan, planes, sight, tree),
        colours=scan.colours,
        at_edge=planes.at_edge,
        coarse=thin_indices(scan.points, coarse_m),
        sample=drawn(planes.at_edge),
        sight=sight,
        tree=tree,
    )


def thinned(scan: Scan, cell: float) -> Scan:
    """Keep one point a cell (the first), if that takes a tenth away at least."""
    if cell <= 0 or scan.triangles is not None:
        return scan
    keep = thin_indices(scan.points, cell)
    if len(keep) > 0.9 * len(scan.points):
        return scan
    kept = np.zeros(len(scan.points), dtype=bool)
    kept[keep] = True
    return scan.only(kept)


def thin_indices(points: FloatArray, cell: float) -> NDArray[np.int64]:
    """Indices of the point nearest the middle of each cell of a cubic grid, sorted."""
    places = (points - points.min(axis=0)) / cell
    keys = np.floor(places).astype(np.int64)
    off = ((places - keys - 0.5) ** 2).sum(axis=1)
    size = keys.max(axis=0) + 1
    flat = (keys[:, 0] * size[1] + keys[:, 1]) * size[2] + keys[:, 2]
    order = np.argsort(flat)
    flat, off = flat[order], off[order]
    first = np.flatnonzero(np.diff(flat, prepend=-1))
    nearest = np.minimum.reduceat(off, first)
    # Of several as near, the first: whatever order the sorting left them in.
    is_nearest = off == nearest.repeat(np.diff(first, append=len(flat)))
    chosen = np.where(is_nearest, order, len(order))
    return np.sort(np.minimum.reduceat(chosen, first))


def _normals(scan: Scan, planes: Planes, sight: Sight | None, tree: Any) -> FloatArray:
    if scan.triangles is not None:
        return vertex_normals(scan.points, scan.triangles)
    if scan.normals is not None:
        return scan.normals
    if sight is None:
        return oriented_all_round(scan.points, planes.normals, tree)
    facing = (planes.normals * sight.towards(scan.points)).sum(axis=1)
    return np.where(facing[:, None] < 0, -planes.normals, planes.normals)


def drawn(at_edge: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Draw points that judge how scans meet, off borders where there are enough."""
    inner = np.flatnonzero(~at_edge)
    if len(inner) < SAMPLE // 4:
        inner = np.arange(len(at_edge))
    random = np.random.default_rng(len(inner))
    return np.asarray(random.permutation(inner)[:SAMPLE])
