"""Match every pair of scans: features, Fast Global Registration, point-to-plane ICP."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import open3d as o3d
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.geometry.rigid import from_parts, nearest_rotation
from scans.reconstruction.evidence import Evidence, depth_image, weigh
from scans.reconstruction.views import View

FloatArray = NDArray[np.float64]
registration = o3d.pipelines.registration

FEATURE_RADIUS = 5.0  # voxels
COLOUR_WEIGHT = 200.0  # white, beside histograms that add up to 100 each
COLOURS_AROUND = (5, 30)  # neighbours that are averaged
SAMPLINGS = 100_000  # triples drawn where patience is asked for
NORMALS_APART_RAD = 0.6  # between normals of features taken as one
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
    coloured = all_coloured(views)
    prepared = [_featured(view, voxel, coloured=coloured) for view in views]
    images = [depth_image(view, voxel) for view in views]
    pairs = list(combinations(range(len(views)), 2))
    matches = []
    for number, (i, j) in enumerate(pairs):
        motion = match(prepared[i], prepared[j], voxel, seed=seed)
        evidence = weigh(
            views[i], views[j], motion, voxel=voxel, images=(images[i], images[j])
        )
        matches.append(Match(i, j, motion, evidence))
        progress((number + 1) / len(pairs))
    return matches


def all_coloured(views: list[View]) -> bool:
    """Tell whether colours may be compared."""
    return all(view.colours is not None for view in views)


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
    return _settled(source[0], target[0], rough.transformation, voxel)


def match_patiently(
    source: tuple[Any, Any], target: tuple[Any, Any], voxel: float, *, seed: int
) -> FloatArray:
    """Find the motion by sampling (RANSAC): slower, and right where few features are."""
    o3d.utility.random.seed(seed)
    reach = voxel * REACH
    rough = registration.registration_ransac_based_on_feature_matching(
        source[0],
        target[0],
        source[1],
        target[1],
        mutual_filter=False,
        max_correspondence_distance=reach,
        estimation_method=registration.TransformationEstimationPointToPoint(
            with_scaling=False
        ),
        ransac_n=3,
        checkers=[
            registration.CorrespondenceCheckerBasedOnEdgeLength(0.9),
            registration.CorrespondenceCheckerBasedOnDistance(reach),
            registration.CorrespondenceCheckerBasedOnNormal(NORMALS_APART_RAD),
        ],
        criteria=registration.RANSACConvergenceCriteria(SAMPLINGS, 0.999),
    )
    return _settled(source[0], target[0], rough.transformation, voxel)


def _settled(source: Any, target: Any, rough: FloatArray, voxel: float) -> FloatArray:
    """Let point-to-plane ICP settle a motion, and take rounding out of it."""
    refined = registration.registration_icp(
        source,
        target,
        voxel,
        rough,
        registration.TransformationEstimationPointToPlane(),
    )
    motion = np.asarray(refined.transformation)
    return from_parts(nearest_rotation(motion[:3, :3]), motion[:3, 3])


def _featured(view: View, voxel: float, *, coloured: bool) -> tuple[Any, Any]:
    colours = view.colours if coloured else None
    few = None if colours is None else colours[view.coarse]
    return featured(view.points[view.coarse], view.normals[view.coarse], few, voxel)


def featured(
    points: FloatArray,
    normals: FloatArray,
    colours: NDArray[np.uint8] | None,
    voxel: float,
) -> tuple[Any, Any]:
    """Give a cloud and its FPFH features, with the colours around where there are any."""
    cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points))
    cloud.normals = o3d.utility.Vector3dVector(normals)
    around = o3d.geometry.KDTreeSearchParamHybrid(voxel * FEATURE_RADIUS, 100)
    # The type stub asks for a third argument that the library does not.
    features = registration.compute_fpfh_feature(cloud, around)  # type: ignore[call-arg]
    if colours is not None:
        features.data = np.vstack(
            [np.asarray(features.data), _colours_around(points, colours)]
        )
    return cloud, features


def _colours_around(points: FloatArray, colours: NDArray[np.uint8]) -> FloatArray:
    """Mean colours of a small and a large neighbourhood, (6, n)."""
    near = cKDTree(points).query(points, k=min(max(COLOURS_AROUND), len(points)))[1]
    means = [colours[near[:, :count]].mean(axis=1) for count in COLOURS_AROUND]
    return np.asarray(np.hstack(means).T * (COLOUR_WEIGHT / 255))
