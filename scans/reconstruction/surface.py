"""One surface from all placed points: screened Poisson, trimmed to what was scanned."""

from dataclasses import dataclass, replace

import numpy as np
import open3d as o3d
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from scans.errors import NoSurface
from scans.geometry.mesh import Mesh, vertex_normals
from scans.geometry.rigid import carry, turn
from scans.reconstruction.views import View, thin_indices

FloatArray = NDArray[np.float64]

GRAZING = 0.15  # cosine: a point seen flatter than 81 degrees is more noise than place
MARGIN = 1.1  # the octree's cube against the points' extent, as Kazhdan's own default
LEAST_POINTS = 100


@dataclass(frozen=True)
class Cloud:
    """All points of all scans in the world frame, metres."""

    points: FloatArray
    normals: FloatArray
    colours: NDArray[np.uint8] | None


@dataclass(frozen=True)
class SurfaceRule:
    """How the surface is made.

    cell_m        : width of the finest octree cells, metres
    spacing_m     : typical distance between points of one scan, metres
    support       : a vertex farther than this many spacings from a point is made up
    closed_share  : made-up patches smaller than this share of the area may stay
    island_share  : loose parts smaller than this share of the area go
    threads       : -1 for all; 1 repeats byte for byte
    """

    cell_m: float
    spacing_m: float
    support: float
    closed_share: float
    island_share: float
    threads: int


@dataclass(frozen=True)
class Made:
    """A master and how much of it was scanned (share of its area)."""

    mesh: Mesh
    coverage: float


def merge(views: list[View], poses: list[FloatArray], *, cell_m: float) -> Cloud:
    """Put all points into the world frame and thin them to one a cell."""
    kept = [_well_seen(view) for view in views]
    placed = list(zip(views, kept, poses, strict=True))
    points = [carry(view.points[k], pose) for view, k, pose in placed]
    normals = [turn(view.normals[k], pose) for view, k, pose in placed]
    cloud = Cloud(np.vstack(points), np.vstack(normals), _colours(views, kept))
    few = thin_indices(cloud.points, cell_m)
    colours = None if cloud.colours is None else cloud.colours[few]
    return Cloud(cloud.points[few], cloud.normals[few], colours)


def cell_width(
    points: FloatArray, *, spacing_m: float, cells: float, depth: int, depth_max: int
) -> float:
    """Choose the octree's cell: by the points' spacing, or by a depth that was asked."""
    extent = float(np.ptp(points, axis=0).max()) * MARGIN
    if depth:
        return float(extent / 2**depth)
    return float(max(spacing_m * cells, extent / 2**depth_max))


def make_surface(cloud: Cloud, rule: SurfaceRule) -> Made:
    """Make the master from points with normals.

    Raises NoSurface when too little is left of it.
    """
    if len(cloud.points) < LEAST_POINTS:
        raise NoSurface(points=len(cloud.points), reason="there are too few points")
    mesh = _poisson(cloud, rule)
    distance = cKDTree(cloud.points).query(mesh.vertices, workers=-1)[0]
    made_up = distance > rule.support * rule.spacing_m
    mesh, made_up = _trimmed(mesh, made_up, rule)
    if len(mesh.triangles) < LEAST_POINTS:
        raise NoSurface(
            points=len(cloud.points), reason="the points do not form a surface"
        )
    mesh = replace(mesh, normals=vertex_normals(mesh.vertices, mesh.triangles))
    areas = mesh.areas()
    guessed = made_up[mesh.triangles].any(axis=1)
    coverage = 1.0 - float(areas[guessed].sum() / areas.sum())
    return Made(replace(mesh, colours=_painted(mesh, cloud)), coverage)


def _poisson(cloud: Cloud, rule: SurfaceRule) -> Mesh:
    source = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(cloud.points))
    source.normals = o3d.utility.Vector3dVector(cloud.normals)
    with o3d.utility.VerbosityContextManager(o3d.utility.VerbosityLevel.Error):
        made, _ = o3d.geometry.TriangleMesh.create_from_point_cloud_poisson(
            source, width=rule.cell_m, scale=MARGIN, n_threads=rule.threads
        )
    return Mesh(
        vertices=np.asarray(made.vertices).copy(),
        triangles=np.asarray(made.triangles).astype(np.int32),
    )


def _trimmed(
    mesh: Mesh, made_up: NDArray[np.bool_], rule: SurfaceRule
) -> tuple[Mesh, NDArray[np.bool_]]:
    """Cut large made-up patches away, then small loose parts."""
    areas = mesh.areas()
    open_faces = np.asarray(made_up[mesh.triangles].any(axis=1))
    patch, size = _patches(mesh, areas, open_faces)
    large = size > rule.closed_share * areas.sum()
    kept = ~open_faces
    kept[open_faces] = ~large[patch]
    mesh, made_up = _cut(mesh, made_up, kept)
    if not len(mesh.triangles):
        return mesh, made_up
    return _cut(mesh, made_up, _in_large_parts(mesh, rule.island_share))


def drop_islands(mesh: Mesh, share: float) -> Mesh:
    """Leave out loose parts smaller than a share of the whole area."""
    return mesh.only(_in_large_parts(mesh, share))


def _in_large_parts(mesh: Mesh, share: float) -> NDArray[np.bool_]:
    areas = mesh.areas()
    part, size = _patches(mesh, areas, np.ones(len(areas), dtype=bool))
    return np.asarray((size > share * areas.sum())[part])


def _cut(
    mesh: Mesh, flags: NDArray[np.bool_], kept: NDArray[np.bool_]
) -> tuple[Mesh, NDArray[np.bool_]]:
    used = np.zeros(len(mesh.vertices), dtype=bool)
    used[mesh.triangles[kept]] = True
    return mesh.only(kept), flags[used]


def _patches(
    mesh: Mesh, areas: FloatArray, chosen: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], FloatArray]:
    """Group the chosen triangles by shared vertices: group of each, area of each group."""
    triangles = mesh.triangles[chosen]
    if not len(triangles):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    count = len(mesh.vertices)
    a, b, c = triangles.T
    rows, columns = np.concatenate([a, b]), np.concatenate([b, c])
    graph = coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), (count, count))
    label = connected_components(graph, directed=False)[1][a]
    _, patch = np.unique(label, return_inverse=True)
    return patch.astype(np.int64), np.bincount(patch, areas[chosen]).astype(np.float64)


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


def _painted(mesh: Mesh, cloud: Cloud) -> NDArray[np.uint8] | None:
    """Mix the colours of the four nearest points, nearer ones more."""
    if cloud.colours is None:
        return None
    distance, index = cKDTree(cloud.points).query(mesh.vertices, k=4, workers=-1)
    weight = 1 / np.maximum(distance, 1e-9)
    weight /= weight.sum(axis=1, keepdims=True)
    mixed = (cloud.colours[index] * weight[:, :, None]).sum(axis=1)
    return np.asarray(np.rint(mixed).clip(0, 255), dtype=np.uint8)
