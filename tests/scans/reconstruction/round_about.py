"""Views of a jar and of a lumpy body from round about, with true poses."""

from collections.abc import Callable

import numpy as np

from scans.geometry.rigid import FloatArray, carry, from_parts, inverse
from scans.geometry.scan import Scan
from scans.reconstruction.views import View, view_of
from tests.scans.shapes import body

VOXEL = 0.0035
POINTS = 9_000
NOISE_M = 0.0001
VIEWS = 4

Shape = Callable[[FloatArray, FloatArray], FloatArray]


def turned(height: FloatArray, around: FloatArray) -> FloatArray:
    """Points of a jar: a surface of revolution about z, 0.2 m high."""
    radius = 0.06 + 0.03 * np.sin(np.pi * height) + 0.01 * np.cos(9 * height)
    flat = np.stack([np.cos(around), np.sin(around)], axis=1) * radius[:, None]
    return np.column_stack([flat, 0.2 * height - 0.1])


def lumpy(height: FloatArray, around: FloatArray) -> FloatArray:
    """Points of a body that looks like nothing but itself."""
    z = 2 * height - 1
    flat = np.stack([np.cos(around), np.sin(around)], axis=1)
    return body(np.column_stack([flat * np.sqrt(1 - z**2)[:, None], z]), seed=5)


def painting(points: FloatArray) -> FloatArray:
    """Brightness, 0 to 255, that waves round and up the body."""
    around = np.arctan2(points[:, 1], points[:, 0])
    return 128 + 90 * np.sin(7 * around + 60 * points[:, 2])


def placed(
    shape: Shape,
    *,
    painted: bool = False,
    noise_m: float = NOISE_M,
    band: tuple[float, float] = (0.02, 0.98),
) -> tuple[list[View], list[FloatArray]]:
    """Views from round about, each with points and noise of its own, and true poses.

    band : what they see of the height, as shares of it
    """
    random = np.random.default_rng(3)
    views, poses = [], []
    for k in range(VIEWS):
        towards = 2 * np.pi * k / VIEWS
        points = shape(
            random.uniform(*band, POINTS),
            towards + random.uniform(-1.2, 1.2, POINTS),
        )
        light = painting(points)[:, None] + random.normal(size=(POINTS, 3)) * 2
        colours = np.rint(light.clip(0, 255)).astype(np.uint8) if painted else None
        eye = 0.8 * np.array([np.cos(towards), np.sin(towards), 0.0])
        pose = from_parts(np.eye(3), eye)
        away = carry(points, inverse(pose))
        lines = away / np.linalg.norm(away, axis=1, keepdims=True)
        noisy = away + lines * random.normal(size=(POINTS, 1)) * noise_m
        scan = Scan(f"scan-{k}", "PLY", noisy, colours=colours, viewpoint=np.zeros(3))
        views.append(view_of(scan, coarse_m=VOXEL, finest_m=0.0))
        poses.append(pose)
    return views, poses
