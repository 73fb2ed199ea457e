"""Poses and viewpoints that files state: which of them can be true."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.geometry.rigid import from_parts, nearest_rotation
from scans.geometry.scan import Scan

SKEWED = 1e-3  # difference from a rotation that few digits explain
# A scanner stands within so many diagonals of what it sees; farther off, its origin is
# that of a map's or a building's frame.
FARTHEST = 100.0
FARTHEST_SHIFT = 1e12  # of any unit: no scanner is moved so far (checks.FARTHEST)
LOOKED_AT = 50_000  # points, when the origin is asked for what it sees
ASKED = 2_000
BESIDE = 4  # neighbours of each: of two layers one or the other is among them
STEEP = 8.0  # depth over width between neighbours: a wall seen at 83 degrees
# Share of the places. Scans of relics, rooms and a depth camera have at most 0.03,
# clouds put together from all sides 0.38 to 0.97.
MOST_STEEP = 0.3
LEAST_ASKED = 500  # fewer points show no layers
WITHIN = 1.5  # radii of what was scanned
NEAREST = 0.3  # metres: no scanner stands so near to all that is around it


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
    if np.abs(matrix[:3, 3]).max() > FARTHEST_SHIFT:
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
    """The origin of a scanner's own frame, if it can have stood there.

    Many programs state such a frame for clouds that were put together from all sides:
    then points lie behind others as seen from the origin, or close around it.
    """
    fair = points[np.isfinite(points).all(axis=1)]
    if not len(fair):
        return None
    low, high = fair.min(axis=0), fair.max(axis=0)
    with np.errstate(over="ignore", invalid="ignore"):
        far = np.linalg.norm((low + high) / 2) > FARTHEST * np.linalg.norm(high - low)
    if far or _surrounds(fair) or _hides_much(fair):
        return None
    return np.zeros(3)


def _surrounds(points: NDArray[np.float64]) -> bool:
    """Whether points lie about the origin, nearer than any scanner measures."""
    with np.errstate(over="ignore", invalid="ignore"):
        middle = points.mean(axis=0)
        radius = np.linalg.norm(points - middle, axis=1).max()
        within = np.linalg.norm(middle) < WITHIN * radius
        return bool(within and np.median(np.linalg.norm(points, axis=1)) < NEAREST)


def _hides_much(points: NDArray[np.float64]) -> bool:
    """Whether most points have a neighbour in sight at quite another distance."""
    seen = points[:: max(1, len(points) // LOOKED_AT)]
    with np.errstate(over="ignore", invalid="ignore"):
        away = np.linalg.norm(seen, axis=1)
    fair = np.isfinite(away) & (away > 0)
    seen, away = seen[fair], away[fair]
    if len(seen) < LEAST_ASKED:
        return False
    lines = seen / away[:, None]
    asked = np.arange(0, len(seen), max(1, len(seen) // ASKED))
    widths, beside = cKDTree(lines).query(lines[asked], k=BESIDE + 1)
    # Scans laid over one another have points at nearly the same line of sight.
    widths = np.maximum(widths[:, 1:], np.median(widths[:, 1:]))
    depths = np.abs(away[beside[:, 1:]] - away[asked, None])
    steep = (depths > STEEP * widths * away[asked, None]).any(axis=1)
    return bool(steep.mean() > MOST_STEEP)
