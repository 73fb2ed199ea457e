"""Points that lie by themselves: a scanner's errors, not the object."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.reconstruction.surface import Cloud

FloatArray = NDArray[np.float64]

COMPANY = 5  # points; fewer within reach, and a point is by itself
CHUNK = 500_000  # bounds memory


def without_outliers(cloud: Cloud, *, reach_m: float) -> Cloud:
    """Leave out points with fewer than COMPANY others within `reach_m`; 0 keeps all."""
    if reach_m <= 0 or len(cloud.points) <= COMPANY:
        return cloud
    kept = in_company(cloud.points, cloud.tree, reach_m=reach_m)
    if kept.all():
        return cloud
    colours = None if cloud.colours is None else cloud.colours[kept]
    return replace(
        cloud,
        points=cloud.points[kept],
        normals=cloud.normals[kept],
        colours=colours,
    )


def in_company(points: FloatArray, tree: Any, *, reach_m: float) -> NDArray[np.bool_]:
    """Tell which points have COMPANY others within `reach_m`; `tree` is their cKDTree."""
    kept = np.zeros(len(points), dtype=bool)
    for start in range(0, len(kept), CHUNK):
        part = tree.indices[start : start + CHUNK]  # near each other: faster
        # The first found is the point itself.
        far = tree.query(
            points[part], k=[COMPANY + 1], distance_upper_bound=reach_m, workers=-1
        )[0]
        kept[part] = np.isfinite(far[:, 0])
    return kept
