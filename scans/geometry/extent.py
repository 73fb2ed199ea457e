"""How large a thing is, whatever strays a scanner saw far off it."""

import numpy as np
from numpy.typing import NDArray

STRAYS = 0.01  # share of the points, at each end of each axis, that may lie far off
FAR = 2.0  # times the size of all the others
SAMPLE = 100_000  # points that tell how large most of them are


def extent(points: NDArray[np.float64]) -> float:
    """Length of the diagonal of the points' box, in their unit.

    Where a few points make the box more than FAR times as large, without them: one that
    stands for a reflection on the wall behind must not decide how coarsely is looked.

    points : (n, 3)
    """
    whole = float(np.linalg.norm(np.ptp(points, axis=0)))
    few = points[:: max(1, len(points) // SAMPLE)]
    low, high = np.quantile(few, [STRAYS, 1.0 - STRAYS], axis=0)
    most = float(np.linalg.norm(high - low))
    return most if whole > FAR * most > 0 else whole
