"""How close the points of a scan lie, and how much they scatter about their surface.

Both come from a sample of places: a hundred thousand would tell the same to the third
digit.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.quality.noise import NEIGHBOURS, patch_noise

FloatArray = NDArray[np.float64]

SPACING_SAMPLE = 5_000
NOISE_SAMPLE = 1_500
# Of a set, shared among its scans; the median of so few of one is still good to 5 %.
NOISE_SAMPLE_OF_SET, NOISE_SAMPLE_LEAST = 20_000, 400
LARGE = 100_000  # points: of larger scans only slices are looked at
SLABS = 6
SLAB_POINTS = 15_000
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


@dataclass(frozen=True)
class _Slab:
    """A slice of a scan; the points of its core have all their neighbours in it."""

    points: FloatArray
    core: FloatArray
    slabs: int

    def sample(self, random: np.random.Generator, wanted: int) -> FloatArray:
        if len(self.core) <= wanted:
            return self.core
        return self.core[random.choice(len(self.core), wanted, replace=False)]


def noise_places(scans: int) -> int:
    """At how many places of each scan of such a set its noise is looked at."""
    share = NOISE_SAMPLE_OF_SET // max(scans, 1)
    return min(max(share, NOISE_SAMPLE_LEAST), NOISE_SAMPLE)


def measure_points(points: FloatArray, places: int = NOISE_SAMPLE) -> PointFigures:
    """Measure a scan, (n, 3) metres; its noise at so many places."""
    random = np.random.default_rng(0)
    distances, patches = [], []
    for slab in _slabs(points):
        # Scans are grids more often than not: splitting in the middle is as good, and
        # faster.
        tree = cKDTree(slab.points, balanced_tree=False, compact_nodes=False)
        few = slab.sample(random, SPACING_SAMPLE // slab.slabs)
        reach = tree.query(few, k=min(4, len(slab.points)), workers=-1)[0]
        distances.append(_nearest_apart(reach) * MM)
        if len(slab.points) >= LEAST_POINTS:
            few = slab.sample(random, places // slab.slabs)
            near = tree.query(few, k=NEIGHBOURS, workers=-1)[1]
            patches.append(slab.points[near])
    noise = patch_noise(np.concatenate(patches)) * MM if patches else None
    return PointFigures(len(points), np.concatenate(distances), noise)


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


def _slabs(points: FloatArray) -> Iterator[_Slab]:
    """The scan itself, or of a large one slices across its longest side."""
    if len(points) <= LARGE:
        yield _Slab(points, points, 1)
        return
    widest = int(np.argmax(np.ptp(points, axis=0)))
    order = np.argsort(points[:, widest], kind="stable")
    margin = SLAB_POINTS // 4
    for start in np.linspace(0, len(points) - SLAB_POINTS, SLABS).astype(int):
        slab = points[order[start : start + SLAB_POINTS]]
        yield _Slab(slab, slab[margin:-margin], SLABS)
