"""How close the points of a scan lie, and how much they scatter about their surface.

Both come from one tree of the scan's points, and from a sample of places: a hundred
thousand points would tell the same to the third digit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.quality.noise import NEIGHBOURS, patch_noise

FloatArray = NDArray[np.float64]

SPACING_SAMPLE = 5_000
NOISE_SAMPLE = 1_500
LEAST_POINTS = 4 * NEIGHBOURS  # fewer are no surface whose scatter could be told
MM = 1000.0


@dataclass(frozen=True)
class PointFigures:
    """Spacing and noise of one scan, millimetres.

    distances : (k,) to the nearest other point, of a sample; points at one place count once
    noise_mm  : standard deviation across the surface; None for too few points
    """

    points: int
    distances: FloatArray
    noise_mm: float | None

    def spacing(self) -> dict[str, float] | None:
        """Mean and 95th percentile, millimetres; None where all points coincide."""
        return spacing_of(self.distances)


def measure_points(points: FloatArray) -> PointFigures:
    """Measure a scan, (n, 3) metres."""
    # Scans are grids more often than not: splitting in the middle is as good, and faster.
    tree = cKDTree(points, balanced_tree=False, compact_nodes=False)
    random = np.random.default_rng(0)
    few = _some(random, len(points), SPACING_SAMPLE)
    reach = tree.query(points[few], k=min(4, len(points)), workers=-1)[0]
    return PointFigures(
        points=len(points),
        distances=_nearest_apart(reach) * MM,
        noise_mm=_noise(tree, points, random),
    )


def spacing_of(distances: FloatArray) -> dict[str, float] | None:
    """Give mean and 95th percentile of distances between neighbours, as JSON has them."""
    if not len(distances):
        return None
    return {
        "mean": float(distances.mean()),
        "p95": float(np.percentile(distances, 95)),
    }


def _nearest_apart(reach: FloatArray) -> FloatArray:
    """Distance to the nearest point elsewhere: some scanners write points twice."""
    reach = reach.reshape(len(reach), -1)
    apart = np.where(reach > 0, reach, np.inf).min(axis=1, initial=np.inf)
    return np.asarray(apart[np.isfinite(apart)])


def _noise(
    tree: cKDTree, points: FloatArray, random: np.random.Generator
) -> float | None:
    if len(points) < LEAST_POINTS:
        return None
    few = _some(random, len(points), NOISE_SAMPLE)
    near = tree.query(points[few], k=NEIGHBOURS, workers=-1)[1]
    return patch_noise(points[near]) * MM


def _some(random: np.random.Generator, count: int, wanted: int) -> NDArray[np.int64]:
    if count <= wanted:
        return np.arange(count)
    return random.choice(count, wanted, replace=False)
