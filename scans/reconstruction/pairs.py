"""Match every pair of scans: features, Fast Global Registration, point-to-plane ICP."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import open3d as o3d
from numpy.typing import NDArray

from scans.geometry.rigid import from_parts, nearest_rotation
from scans.reconstruction.evidence import Evidence, depth_image, weigh
from scans.reconstruction.views import View

FloatArray = NDArray[np.float64]
registration = o3d.pipelines.registration

FEATURE_RADIUS = 5.0  # voxels
REACH = 1.5  # voxels between features taken as one


@dataclass(frozen=True)
class Match:
    """One pair: the motion that carries scan `first` into the frame of `second`."""

    first: int
    second: int
    motion: FloatArray
    evidence: Evidence


def match_pairs(
    views: list[View],
    *,
    voxel: float,
    seed: int,
    progress: Callable[[float], None],
) -> list[Match]:
    """Match all pairs; each gets its best motion and what speaks for it."""
    featured = [_featured(view, voxel) for view in views]
    images = [depth_image(view, voxel) for view in views]
    pairs = list(combinations(range(len(views)), 2))
    matches = []
    for number, (i, j) in enumerate(pairs):
        motion = match(featured[i], featured[j], voxel, seed=seed)
        evidence = weigh(
            views[i], views[j], motion, voxel=voxel, images=(images[i], images[j])
        )
        matches.append(Match(i, j, motion, evidence))
        progress((number + 1) / len(pairs))
    return matches


def match(
    source: tuple[Any, Any], target: tuple[Any, Any], voxel: float, *, seed: int
) -> FloatArray:
    """Find the motion from source to target, each a cloud and its features."""
    # FGR draws random triples: the same seed for each pair, whatever came before.
    o3d.utility.random.seed(seed)
    option = registration.FastGlobalRegistrationOption(
        maximum_correspondence_distance=voxel * REACH
    )
    rough = registration.registration_fgr_based_on_feature_matching(
        source[0], target[0], source[1], target[1], option
    )
    refined = registration.registration_icp(
        source[0],
        target[0],
        voxel,
        rough.transformation,
        registration.TransformationEstimationPointToPlane(),
    )
    motion = np.asarray(refined.transformation)
    return from_parts(nearest_rotation(motion[:3, :3]), motion[:3, 3])


def _featured(view: View, voxel: float) -> tuple[Any, Any]:
    return featured(view.points[view.coarse], view.normals[view.coarse], voxel)


def featured(points: FloatArray, normals: FloatArray, voxel: float) -> tuple[Any, Any]:
    """Give a cloud and its FPFH features."""
    cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points))
    cloud.normals = o3d.utility.Vector3dVector(normals)
    around = o3d.geometry.KDTreeSearchParamHybrid(voxel * FEATURE_RADIUS, 100)
    # The type stub asks for a third argument that the library does not.
    features = registration.compute_fpfh_feature(cloud, around)  # type: ignore[call-arg]
    return cloud, features
