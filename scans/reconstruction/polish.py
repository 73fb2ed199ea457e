"""Settle one scan on another at full resolution, by robust point-to-plane steps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import (
    carry,
    crosses,
    dots,
    from_parts,
    from_twist,
    inverse,
    nearest_rotation,
    turn,
)
from scans.reconstruction.views import View

FloatArray = NDArray[np.float64]

SAME_WAY = 0.7  # cosine between normals of one surface seen twice
LEAST_MET = 30  # points below which two scans say nothing of each other
STILL = 1e-5  # radians, and shares of a voxel: below what the joint refinement mends
STAYS = np.eye(3)


@dataclass(frozen=True)
class Reach:
    """One round: how far to look, where a residual counts for nothing (voxels), steps."""

    look: float
    cut: float
    steps: int


FROM_AFAR = (Reach(3.0, 2.0, 3), Reach(1.5, 1.0, 5))
CLOSE = (Reach(1.0, 0.5, 3), Reach(0.5, 0.25, 4), Reach(1 / 3, 1 / 6, 3))


@dataclass(frozen=True)
class Meeting:
    """Where points of one scan meet the other's surface, in the second's frame.

    met       : indices into the points that were asked about
    points    : (m, 3) those points
    normals   : (m, 3) of the planes they meet
    residuals : (m,) signed distances from those planes, metres
    index     : (m,) the other's points they meet
    """

    met: NDArray[np.int64]
    points: FloatArray
    normals: FloatArray
    residuals: FloatArray
    index: NDArray[np.int64]


def meeting(
    points: FloatArray, normals: FloatArray, other: View, look: float
) -> Meeting:
    """Find where points with normals meet the surface of a scan, in its own frame."""
    distance, index = other.tree.query(points, distance_upper_bound=look)
    met = np.flatnonzero(np.isfinite(distance))
    index = index[met]
    facing = dots(other.normals[index], normals[met]) > SAME_WAY
    kept = facing & ~other.at_edge[index]
    met, index = met[kept], index[kept]
    planes = other.normals[index]
    residuals = dots(points[met] - other.points[index], planes)
    return Meeting(met, points[met], planes, residuals, index)


def polish(
    first: View,
    second: View,
    motion: FloatArray,
    *,
    voxel: float,
    reaches: tuple[Reach, ...] = CLOSE,
    share: int = 1,
) -> FloatArray:
    """Improve the motion from the first scan to the second; `share` thins the sample."""
    for reach in reaches:
        for _ in range(reach.steps):
            step = _step(first, second, motion, reach, voxel, share)
            if step is None:
                return _straightened(motion)
            motion = step @ motion
            if np.abs(step[:3, :3] - STAYS).max() < STILL:
                break
    return _straightened(motion)


def _straightened(motion: FloatArray) -> FloatArray:
    """Take out what rounding has gathered."""
    return from_parts(nearest_rotation(motion[:3, :3]), motion[:3, 3])


def _step(
    first: View,
    second: View,
    motion: FloatArray,
    reach: Reach,
    voxel: float,
    share: int,
) -> FloatArray | None:
    """One step of both scans' samples onto the other's planes; None if they part."""
    look, cut = reach.look * voxel, reach.cut * voxel
    ours, theirs = first.sample[::share], second.sample[::share]
    there = meeting(
        carry(first.points[ours], motion),
        turn(first.normals[ours], motion),
        second,
        look,
    )
    home = inverse(motion)
    back = meeting(
        carry(second.points[theirs], home),
        turn(second.normals[theirs], home),
        first,
        look,
    )
    points = np.vstack([there.points, carry(back.points, motion)])
    normals = np.vstack([there.normals, turn(back.normals, motion)])
    # What the first scan's planes say of the second's points, it says mirrored of its own.
    residuals = np.concatenate([there.residuals, -back.residuals])
    if len(points) < LEAST_MET:
        return None
    return solved(points, normals, residuals, cut)


def solved(
    points: FloatArray, normals: FloatArray, residuals: FloatArray, cut: float
) -> FloatArray:
    """Solve for the small motion that takes points onto planes (Tukey's weights)."""
    middle = points.mean(axis=0)
    size = float(np.sqrt(((points - middle) ** 2).sum(axis=1).mean())) or 1.0
    A = np.hstack([crosses(points - middle, normals) / size, normals])
    squares = (residuals / cut) ** 2
    weights = np.where(squares < 1, (1 - squares) ** 2, 0)
    AW = A * weights[:, None]
    H = AW.T @ A
    # Directions that nothing holds stay where they are.
    H += 1e-6 * max(float(np.trace(H)), 1e-30) * np.eye(6)
    twist = np.linalg.solve(H, -(AW.T @ residuals))
    twist[:3] /= size
    to_middle = from_parts(np.eye(3), -middle)
    return inverse(to_middle) @ from_twist(twist) @ to_middle
