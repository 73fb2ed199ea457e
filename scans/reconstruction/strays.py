"""Points strewn about a scan, where there are many: they keep it from being placed."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.geometry.spacing import point_spacing
from scans.reconstruction.cleaning import COMPANY, in_company

FloatArray = NDArray[np.float64]

ASKED = 1_000  # points, whether there are strays at all
FEWEST, MOST = 0.02, 0.35  # share of a scan; of fewer matching is not disturbed
BESIDE = 12  # neighbours that tell a sheet from a swarm
# Least share of the spread of neighbours across their plane: a sheet that was scanned
# from afar, thinly, has 0.01 at most, points in space have 0.1.
SWARM = 0.05


def strays(points: FloatArray, *, reach_spacings: float) -> NDArray[np.bool_] | None:
    """Tell which points of a scan are strays; None where there are few or none.

    points : (n, 3), metres
    reach_spacings : within which a point has COMPANY others, or is by itself; 0 for never
    """
    if reach_spacings <= 0 or len(points) <= BESIDE:
        return None
    reach_m = reach_spacings * point_spacing(points)
    tree = cKDTree(points, balanced_tree=False, compact_nodes=False)
    asked = points[:: max(1, len(points) // ASKED)]
    away = tree.query(asked, k=[COMPANY + 1], distance_upper_bound=reach_m)[0]
    alone = ~np.isfinite(away[:, 0])
    if not FEWEST <= alone.mean() <= MOST or not _is_swarm(asked[alone], points, tree):
        return None
    return ~in_company(points, tree, reach_m=reach_m)


def _is_swarm(some: FloatArray, points: FloatArray, tree: cKDTree) -> bool:
    """Tell whether points lie in space, and not on a surface that was scanned thinly."""
    beside = points[tree.query(some, k=BESIDE)[1]]
    off = beside - beside.mean(axis=1, keepdims=True)
    spread = np.linalg.eigvalsh(np.einsum("nki,nkj->nij", off, off))
    total = spread.sum(axis=1)
    return bool(np.median(spread[:, 0] / np.where(total > 0, total, 1.0)) > SWARM)
