"""One surface from all placed points: screened Poisson, trimmed to what was scanned."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import open3d as o3d
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.errors import NoSurface
from scans.geometry.mesh import Mesh, vertex_normals
from scans.geometry.rigid import carry, turn
from scans.geometry.spacing import point_spacing
from scans.reconstruction.capacity import MARGIN
from scans.reconstruction.flipping import flipped
from scans.reconstruction.settling import CELL_MOST, Planes, evened, settled
from scans.reconstruction.trimming import TrimRule, trimmed
from scans.reconstruction.upsampling import upsampled
from scans.reconstruction.views import View, thin_indices

FloatArray = NDArray[np.float64]

GRAZING = 0.15  # cosine: a point seen flatter than 81 degrees is more noise than place
MIXED = 4  # points whose colours a vertex mixes
LEAST_POINTS = 100
LEAST_REACH = 2.0  # spacings
# A part that so many points of one scan would cover was seen, and is no scatter: a patch
# of the inside of a vessel, glimpsed through its mouth.
ISLAND_POINTS = 100


@dataclass(frozen=True)
class Cloud:
    """All points of all scans in the world frame, metres."""

    points: FloatArray
    normals: FloatArray
    colours: NDArray[np.uint8] | None

    @cached_property
    def tree(self) -> Any:
        """Looks up points; made once for all who ask."""
        return cKDTree(self.points, balanced_tree=False)


@dataclass(frozen=True)
class SurfaceRule:
    """How the surface is made.

    cell_m        : width of the finest octree cells, metres
    spacing_m     : typical distance between points of one scan, metres
    support       : a vertex farther than this many spacings from a point is made up
    closed_share  : made-up patches smaller than this share of the area may stay
    closed_reach  : no surface stays farther from all points, share of the diagonal
    island_share  : loose parts smaller than this share of the area go, unless a hundred
        points carry them
    threads       : -1 for all; 1 repeats byte for byte
    """

    cell_m: float
    spacing_m: float
    support: float
    closed_share: float
    closed_reach: float
    island_share: float
    threads: int


def merge(views: list[View], poses: list[FloatArray], *, cell_m: float) -> Cloud:
    """Put all points into the world frame and thin them to one a cell.

    Raises NoSurface when every point is seen too flat to tell a place.
    """
    kept = [_well_seen(view) for view in views]
    if not any(flags.any() for flags in kept):
        total = sum(len(view.points) for view in views)
        raise NoSurface(points=total, reason="the points do not form a surface")
    placed = list(zip(views, kept, poses, strict=True))
    points = [carry(view.points[k], pose) for view, k, pose in placed]
    normals = [turn(view.normals[k], pose) for view, k, pose in placed]
    cloud = Cloud(np.vstack(points), np.vstack(normals), _colours(views, kept))
    few = thin_indices(cloud.points, cell_m)
    colours = None if cloud.colours is None else cloud.colours[few]
    return Cloud(cloud.points[few], cloud.normals[few], colours)


def make_surface(cloud: Cloud, rule: SurfaceRule) -> Mesh:
    """Make the master from points with normals.

    Raises NoSurface when too little is left of it.
    """
    if len(cloud.points) < LEAST_POINTS:
        raise NoSurface(points=len(cloud.points), reason="there are too few points")
    spacing = point_spacing(cloud.points, cloud.tree)
    planes = Planes(cloud.points, cloud.normals, cloud.tree, spacing)
    if rule.cell_m <= CELL_MOST * spacing:
        normals, reach = evened(planes)
        planes = replace(planes, normals=normals)
        mesh = settled(_poisson(*upsampled(planes, reach), rule), planes)
        mesh = flipped(mesh, planes)
    else:
        mesh = _poisson(planes.points, planes.normals, rule)
    count = MIXED if cloud.colours is not None else 1
    distance, near = cloud.tree.query(mesh.vertices, k=range(1, count + 1), workers=-1)
    mesh = replace(mesh, colours=_painted(cloud, distance, near))
    del near
    mesh = trimmed(mesh, distance[:, 0], _trim_rule(cloud, rule))
    if len(mesh.triangles) < LEAST_POINTS:
        raise NoSurface(
            points=len(cloud.points), reason="the points do not form a surface"
        )
    return replace(mesh, normals=vertex_normals(mesh.vertices, mesh.triangles))


def _trim_rule(cloud: Cloud, rule: SurfaceRule) -> TrimRule:
    diagonal = float(np.linalg.norm(np.ptp(cloud.points, axis=0)))
    # The middle of a triangle may lie farther off than its corners, by less than a cell.
    far = rule.closed_reach * diagonal - rule.cell_m
    # Points far apart need some reach to be one surface at all.
    far = max(far, LEAST_REACH * rule.spacing_m)
    return TrimRule(
        reach_m=min(rule.support * rule.spacing_m, far),
        closed_share=rule.closed_share,
        far_m=far,
        island_share=rule.island_share,
        island_m2=ISLAND_POINTS * rule.spacing_m**2,
    )


def _poisson(points: FloatArray, normals: FloatArray, rule: SurfaceRule) -> Mesh:
    source = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points))
    source.normals = o3d.utility.Vector3dVector(normals)
    with o3d.utility.VerbosityContextManager(o3d.utility.VerbosityLevel.Error):
        made, _ = o3d.geometry.TriangleMesh.create_from_point_cloud_poisson(
            source, width=rule.cell_m, scale=MARGIN, n_threads=rule.threads
        )
    return Mesh(
        vertices=np.asarray(made.vertices).copy(),
        triangles=np.asarray(made.triangles).astype(np.int32),
    )


def _well_seen(view: View) -> NDArray[np.bool_]:
    if view.sight is None:
        return np.ones(len(view.points), dtype=bool)
    facing = (view.normals * view.sight.towards(view.points)).sum(axis=1)
    return np.asarray(facing > GRAZING)


def _colours(
    views: list[View], kept: list[NDArray[np.bool_]]
) -> NDArray[np.uint8] | None:
    if any(view.colours is None for view in views):
        return None
    parts = [v.colours[k] for v, k in zip(views, kept, strict=True)]  # type: ignore[index]
    return np.vstack(parts)


def _painted(
    cloud: Cloud, distance: FloatArray, near: NDArray[np.int64]
) -> NDArray[np.uint8] | None:
    """Mix the colours of the nearest points, nearer ones more."""
    if cloud.colours is None:
        return None
    weight = 1 / np.maximum(distance, 1e-9)
    weight /= weight.sum(axis=1, keepdims=True)
    mixed = np.zeros((len(distance), 3))
    for column in range(near.shape[1]):
        mixed += cloud.colours[near[:, column]] * weight[:, column, None]
    return np.asarray(np.rint(mixed).clip(0, 255), dtype=np.uint8)
