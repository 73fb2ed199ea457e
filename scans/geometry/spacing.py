"""How close points lie on their surface, whether in a grid or drawn at random."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

FloatArray = NDArray[np.float64]

SAMPLE = 2_000
# Neighbours that are counted. At random the nearest one lies half as far off as the
# points lie apart on the whole; in a grid it lies a whole spacing off. The twelfth tells
# the density of both: to 2 % in square grids, 5 % in hexagonal ones, 1 % at random.
COUNTED = 12


def point_spacing(points: FloatArray, tree: Any = None) -> float:
    """Estimate the side of the square of surface that one point has to itself, metres.

    points : (n, 3) float64; several at one place count once
    tree   : their cKDTree, where there is one already
    """
    if len(points) < 2:
        return 0.0
    if tree is None:
        # Only a sample is asked for: splitting in the middle is as good, and faster.
        tree = cKDTree(points, balanced_tree=False, compact_nodes=False)
    count = min(COUNTED, len(points) - 1)
    few = points[:: max(1, len(points) // SAMPLE)]
    return typical_spacing(tree.query(few, k=count + 1)[0])


def typical_spacing(distances: FloatArray) -> float:
    """The same from distances to the nearest points, each itself first, (n, k + 1)."""
    far = distances[:, : COUNTED + 1]
    together = (far == 0).sum(axis=1)
    others = far.shape[1] - 1
    # Two points lie on a line: their distance is all there is to know.
    square = far[:, -1] ** 2 * (np.pi * together / others if others > 1 else 1.0)
    square = square[square > 0]
    return float(np.sqrt(np.median(square))) if len(square) else 0.0
