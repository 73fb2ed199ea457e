"""Settle one scan on another at full resolution, by robust point-to-plane steps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import from_twist, nearest_rotation
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
    found = _onto(points[None], normals[None], other, look)
    met = np.flatnonzero(found.met)
    planes, residuals = found.normals[0, met], found.residuals[0, met]
    return Meeting(met, points[met], planes, residuals, found.index[0, met])


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
    (found,) = polish_all(
        first, second, [motion], voxel=voxel, reaches=reaches, share=share
    )
    return np.asarray(found)


def polish_all(
    first: View,
    second: View,
    starts: Sequence[FloatArray] | FloatArray,
    *,
    voxel: float,
    reaches: tuple[Reach, ...] = CLOSE,
    share: int = 1,
) -> FloatArray:
    """Improve several motions, each by itself, in steps they take together: (k, 4, 4).

    One at which the two scans part stays where it was then.
    """
    motions = np.array(starts, dtype=np.float64).reshape(-1, 4, 4)
    together = np.ones(len(motions), dtype=bool)
    for reach in reaches:
        moving = np.flatnonzero(together)
        for _ in range(reach.steps):
            if not len(moving):
                break
            steps, met = _steps(first, second, motions[moving], reach, voxel, share)
            together[moving[~met]] = False
            moving, steps = moving[met], steps[met]
            motions[moving] = steps @ motions[moving]
            moving = moving[np.abs(steps[:, :3, :3] - STAYS).max(axis=(1, 2)) >= STILL]
    for motion in motions:  # take out what rounding has gathered
        motion[:3, :3] = nearest_rotation(motion[:3, :3])
    return motions


def _steps(
    first: View,
    second: View,
    motions: FloatArray,
    reach: Reach,
    voxel: float,
    share: int,
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """One step of each motion: both scans' samples onto the other's planes.

    Tells, too, for which of them the two meet at all.
    """
    look, cut = reach.look * voxel, reach.cut * voxel
    ours, theirs = first.sample[::share], second.sample[::share]
    onward = motions[:, :3, :3].transpose(0, 2, 1)  # for rows: p @ R.T
    shifts = motions[:, None, :3, 3]
    moved = first.points[ours] @ onward + shifts
    there = _onto(moved, first.normals[ours] @ onward, second, look)
    homeward = motions[:, :3, :3]
    home = (second.points[theirs] - shifts) @ homeward
    back = _onto(home, second.normals[theirs] @ homeward, first, look)
    # In the second's frame the second's own points lie where they are.
    staying = np.broadcast_to(second.points[theirs], home.shape)
    met = np.concatenate([there.met, back.met], axis=1)
    points = np.concatenate([moved, staying], axis=1)
    normals = np.concatenate([there.normals, back.normals @ onward], axis=1)
    # What the first scan's planes say of the second's points, it says mirrored of its own.
    residuals = np.concatenate([there.residuals, -back.residuals], axis=1)
    enough = met.sum(axis=1) >= LEAST_MET
    met[~enough] = True  # any will do: that step is not taken
    return _solved(points, normals, residuals, met, cut), enough


@dataclass(frozen=True)
class _Onto:
    """What points of several motions meet, as a `Meeting` tells, but of all n of each.

    met, residuals, index : (k, n); normals : (k, n, 3). Where nothing is met they mean nothing.
    """

    met: NDArray[np.bool_]
    normals: FloatArray
    residuals: FloatArray
    index: NDArray[np.int64]


def _onto(points: FloatArray, normals: FloatArray, other: View, look: float) -> _Onto:
    """Look up what points of several motions meet, (k, n, 3) as their normals."""
    distance, index = other.tree.query(points, distance_upper_bound=look)
    met = np.isfinite(distance)
    index[~met] = 0
    planes = other.normals[index]
    met &= ~other.at_edge[index]
    met &= np.einsum("knd,knd->kn", planes, normals) > SAME_WAY
    off = np.einsum("knd,knd->kn", points - other.points[index], planes)
    return _Onto(met, planes, off, index)


def _solved(
    points: FloatArray,
    normals: FloatArray,
    residuals: FloatArray,
    met: NDArray[np.bool_],
    cut: float,
) -> FloatArray:
    """Solve for the small motions, (k, 4, 4), that take points onto planes (Tukey)."""
    counted = met[:, :, None] / met.sum(axis=1)[:, None, None]
    middle = (points * counted).sum(axis=1, keepdims=True)
    off = points - middle
    size = np.sqrt((off**2 * counted).sum(axis=(1, 2)))
    size[size == 0] = 1.0
    levers = np.stack(
        [
            off[..., 1] * normals[..., 2] - off[..., 2] * normals[..., 1],
            off[..., 2] * normals[..., 0] - off[..., 0] * normals[..., 2],
            off[..., 0] * normals[..., 1] - off[..., 1] * normals[..., 0],
        ],
        axis=2,
    )
    A = np.concatenate([levers / size[:, None, None], normals], axis=2)
    squares = (residuals / cut) ** 2
    weights = np.where(met & (squares < 1), (1 - squares) ** 2, 0)
    AW = (A * weights[:, :, None]).transpose(0, 2, 1)
    H = AW @ A
    # Directions that nothing holds stay where they are.
    traces = np.maximum(np.trace(H, axis1=1, axis2=2), 1e-30)
    H += 1e-6 * traces[:, None, None] * np.eye(6)
    twists = np.linalg.solve(H, -AW @ residuals[:, :, None])[:, :, 0]
    twists[:, :3] /= size[:, None]
    steps = np.stack([from_twist(twist) for twist in twists])
    # Turned about the middle of what meets.
    shift = middle[:, 0]
    turned = np.einsum("kij,kj->ki", steps[:, :3, :3], shift)
    steps[:, :3, 3] += shift - turned
    return steps
