"""How large a thing is, whatever strays a scanner saw far off it."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

STRAYS = 0.01  # share of the points, at each end of each axis, that may lie far off
FAR = 2.0  # times the size of all the others
SAMPLE = 100_000  # points that tell how large most of them are


def extent(points: FloatArray) -> float:
    """Length of the diagonal of the points' box, in their unit; (n, 3) points."""
    low, high = box(points)
    return float(np.linalg.norm(high - low))


def box(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Least and greatest coordinates, (3,) each, of (n, 3) points.

    Where a few points make the box more than FAR times as large, without them: a
    reflection on the wall behind, or an empty point at the origin of a map grid, must not
    decide how coarsely is looked, or from where coordinates count.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    few = points[:: max(1, len(points) // SAMPLE)]
    left = int(STRAYS * len(few))
    inner_low, inner_high = np.partition(few, [left, -1 - left], axis=0)[
        [left, -1 - left]
    ]
    most = float(np.linalg.norm(inner_high - inner_low))
    if float(np.linalg.norm(high - low)) > FAR * most > 0:
        return inner_low, inner_high
    return low, high
