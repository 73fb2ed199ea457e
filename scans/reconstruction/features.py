"""What a point's surroundings look like: FPFH, with the colours around where there are any."""

import numpy as np
import open3d as o3d
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.reconstruction.modes import Featured
from scans.reconstruction.views import View

FloatArray = NDArray[np.float64]

FEATURE_RADIUS = 5.0  # voxels
COLOUR_WEIGHT = 200.0  # white, beside histograms that add up to 100 each
COLOURS_AROUND = (5, 30)  # neighbours that are averaged


def all_coloured(views: list[View]) -> bool:
    """Tell whether colours may be compared."""
    return all(view.colours is not None for view in views)


def featured(view: View, voxel: float, *, coloured: bool) -> Featured:
    """Thin a scan and describe each point that is left."""
    points, normals = view.points[view.coarse], view.normals[view.coarse]
    features = _fpfh(points, normals, voxel)
    if coloured and view.colours is not None:
        around = _colours_around(points, view.colours[view.coarse])
        features = np.hstack([features, around])
    return Featured(points, normals, features)


def _fpfh(points: FloatArray, normals: FloatArray, voxel: float) -> FloatArray:
    cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points))
    cloud.normals = o3d.utility.Vector3dVector(normals)
    around = o3d.geometry.KDTreeSearchParamHybrid(voxel * FEATURE_RADIUS, 100)
    # The type stub asks for a third argument that the library does not.
    found = o3d.pipelines.registration.compute_fpfh_feature(cloud, around)  # type: ignore[call-arg]
    return np.ascontiguousarray(np.asarray(found.data).T)


def _colours_around(points: FloatArray, colours: NDArray[np.uint8]) -> FloatArray:
    """Mean colours of a small and a large neighbourhood, (n, 6)."""
    near = cKDTree(points).query(points, k=min(max(COLOURS_AROUND), len(points)))[1]
    means = [colours[near[:, :count]].mean(axis=1) for count in COLOURS_AROUND]
    return np.asarray(np.hstack(means) * (COLOUR_WEIGHT / 255))
