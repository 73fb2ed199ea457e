"""Poses and viewpoints that files state: which of them can be true."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import from_parts, nearest_rotation
from scans.geometry.scan import Scan

SKEWED = 1e-3  # difference from a rotation that few digits explain
# A scanner stands within so many diagonals of what it sees; farther off, its origin is
# that of a map's or a building's frame.
FARTHEST = 100.0


def placed(scan: Scan, matrix: NDArray[np.float64]) -> Scan:
    """Give a scan the pose of a file; what is no rigid motion is not used, and said."""
    pose = rigid(matrix)
    if pose is not None:
        return replace(scan, pose=pose)
    return scan.with_finding(
        "pose-not-rigid",
        f"{scan.name} states a pose that is no rigid motion; it was not used.",
        file=scan.name,
    )


def rigid(matrix: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The nearest rigid motion of a (4, 4) matrix that nearly is one, else None."""
    if matrix.shape != (4, 4) or not np.isfinite(matrix).all():
        return None
    turned = matrix[:3, :3]
    # A file may hold any number; one that overflows here is no rotation either.
    with np.errstate(over="ignore", invalid="ignore"):
        error = np.abs(turned.T @ turned - np.eye(3)).max()
    if not error < SKEWED or not np.allclose(matrix[3], [0, 0, 0, 1], atol=SKEWED):
        return None
    if np.linalg.det(turned) < 0:
        return None
    return from_parts(nearest_rotation(turned), matrix[:3, 3])


def viewpoint_at_origin(points: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The origin of a scanner's own frame, if it can have stood there."""
    fair = points[np.isfinite(points).all(axis=1)]
    if not len(fair):
        return None
    low, high = fair.min(axis=0), fair.max(axis=0)
    with np.errstate(over="ignore", invalid="ignore"):
        far = np.linalg.norm((low + high) / 2) > FARTHEST * np.linalg.norm(high - low)
    return None if far else np.zeros(3)
