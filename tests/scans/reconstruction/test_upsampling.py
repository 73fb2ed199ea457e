"""Where a wall was scanned sparsely, Poisson's method is told how it goes on."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.delivery.rays import RayScene
from scans.geometry.spacing import point_spacing
from scans.reconstruction.settling import Planes, evened
from scans.reconstruction.surface import Cloud, SurfaceRule, make_surface
from scans.reconstruction.upsampling import ROUND, upsampled

FloatArray = NDArray[np.float64]

PITCH = 0.001
INNER, OUTER, TALL = 0.021, 0.025, 0.06  # of a tube, metres
SPARSE_BELOW = 0.035  # height under which its inside was scanned at a slant


def grid(wide: float, high: float, pitch: float) -> tuple[FloatArray, FloatArray]:
    """Places of a shaken grid, (n,) each way."""
    x, y = np.meshgrid(np.arange(0, wide, pitch), np.arange(0, high, pitch))
    shaken = np.random.default_rng(0).uniform(-0.2, 0.2, (2, x.size)) * pitch
    return x.ravel() + shaken[0], y.ravel() + shaken[1]


def tube() -> tuple[Cloud, NDArray[np.bool_]]:
    """A tube whose inside is sparse low down and not seen at the foot; which are those."""
    parts = []
    for radius, side, pitch, low, high in (
        (OUTER, 1.0, PITCH, 0.0, TALL),
        (INNER, -1.0, PITCH, SPARSE_BELOW, TALL),
        (INNER, -1.0, 2.5 * PITCH, 0.02, SPARSE_BELOW),
    ):
        along, up = grid(2 * np.pi * radius, high - low, pitch)
        out = np.stack([np.sin(along / radius), 0 * up, np.cos(along / radius)], 1)
        parts.append((out * radius + np.outer(up + low, [0, 1, 0]), out * side))
    points, normals = (np.vstack(pieces) for pieces in zip(*parts, strict=True))
    sparse = np.arange(len(points)) >= len(points) - len(parts[-1][0])
    return Cloud(points, normals, None), sparse


def dense(planes: Planes) -> tuple[FloatArray, FloatArray]:
    return upsampled(planes, evened(planes)[1])


def planes_of(cloud: Cloud) -> Planes:
    spacing = point_spacing(cloud.points, cloud.tree)
    return Planes(cloud.points, cloud.normals, cloud.tree, spacing)


def test_the_surface_reaches_as_far_as_a_sparse_wall_was_scanned() -> None:
    cloud, sparse = tube()
    rule = SurfaceRule(1.4 * PITCH, PITCH, 5.0, 0.005, 0.05, 0.01, threads=1)
    mesh = make_surface(cloud, rule)
    off = RayScene.of(mesh).distances(cloud.points[sparse].astype(np.float32))
    assert np.quantile(off, 0.95) < 0.5 * PITCH
    apart = cKDTree(cloud.points).query(mesh.vertices)[0]
    assert apart.max() <= rule.support * PITCH


def test_points_are_added_on_the_wall_and_only_where_it_is_sparse() -> None:
    cloud, sparse = tube()
    points, normals = dense(planes_of(cloud))
    count = len(cloud.points)
    np.testing.assert_array_equal(points[:count], cloud.points)
    np.testing.assert_array_equal(normals[:count], cloud.normals)
    added = points[count:]
    assert len(added) > sparse.sum()
    assert np.abs(np.hypot(added[:, 0], added[:, 2]) - INNER).max() < 0.3 * PITCH
    assert cKDTree(cloud.points[sparse]).query(added)[0].max() < 2.5 * PITCH


def test_even_points_stay_as_they_are() -> None:
    x, y = grid(0.06, 0.06, PITCH)
    points = np.stack([x, y, 0 * x], axis=1)
    normals = np.broadcast_to([0.0, 0.0, 1.0], points.shape)
    inner = np.all((points[:, :2] > 0.01) & (points[:, :2] < 0.05), axis=1)
    found = dense(planes_of(Cloud(points, np.array(normals), None)))[0]
    far = found[len(points) :]
    assert inner.any()
    assert not np.all((far[:, :2] > 0.01) & (far[:, :2] < 0.05), axis=1).any()


def test_nothing_is_added_among_points_that_make_no_surface() -> None:
    cloud, _ = tube()
    random = np.random.default_rng(1)
    stray = random.uniform(0.1, 0.15, (200, 3))
    facing = random.normal(size=(200, 3))
    facing /= np.linalg.norm(facing, axis=1, keepdims=True)
    dirty = Cloud(
        np.vstack([cloud.points, stray]), np.vstack([cloud.normals, facing]), None
    )
    added = dense(planes_of(dirty))[0][len(dirty.points) :]
    assert (added.min(axis=1) > 0.09).sum() < len(stray) * ROUND / 10


def test_the_same_points_are_added_twice() -> None:
    planes = planes_of(tube()[0])
    first, again = dense(planes), dense(planes)
    assert first[0].tobytes() == again[0].tobytes()
    assert first[1].tobytes() == again[1].tobytes()
