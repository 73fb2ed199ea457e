"""Whether the object stayed where it was put while its table turned.

An object that turns with a table goes round one upright axis. Where it goes otherwise
between two scans, it was moved against the table, or the table against the scanner.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import carry, inverse
from scans.reconstruction.fixture import Plane

FloatArray = NDArray[np.float64]

TILTED = np.radians(1.0)  # of the upright between two scans
TURNED = np.radians(3.0)  # less than that does not tell where an axis is
STEPS_OFF = 0.5  # voxels that the object lies off the common axis's way


def moved_between(
    poses: list[FloatArray], support: Plane, *, voxel: float
) -> list[int]:
    """Give each k where the object moved against its table between scans k and k + 1.

    poses   : scan to world, in the order of scanning; the scanner stood still
    support : the table's top, in the scanner's frame
    """
    steps = [inverse(b) @ a for a, b in pairwise(poses)]
    level = [_tilt(step, support.normal) < TILTED for step in steps]
    axis = _common_axis(
        [s for s, flat in zip(steps, level, strict=True) if flat], support
    )
    if axis is None:
        return [k for k, flat in enumerate(level) if not flat]
    return [
        k
        for k, (step, flat) in enumerate(zip(steps, level, strict=True))
        if not flat or _off_axis(step, axis, support.normal) > STEPS_OFF * voxel
    ]


def _tilt(step: FloatArray, normal: FloatArray) -> float:
    return float(np.arccos(np.clip(normal @ step[:3, :3] @ normal, -1, 1)))


def _common_axis(steps: list[FloatArray], support: Plane) -> FloatArray | None:
    """A point of the axis that most steps go round: the median of where each does."""
    found = [_fixed_point(step, support) for step in steps if _turn(step) > TURNED]
    return np.median(found, axis=0) if len(found) >= 2 else None


def _fixed_point(step: FloatArray, support: Plane) -> FloatArray:
    """The point of the table's plane that a step leaves in place."""
    flat = np.linalg.svd(support.normal[None])[2][1:]
    base = support.normal * support.level
    moved = flat @ (carry(base[None], step)[0] - base)
    turn = flat @ step[:3, :3] @ flat.T
    return np.asarray(base + np.linalg.solve(np.eye(2) - turn, moved) @ flat)


def _off_axis(step: FloatArray, axis: FloatArray, normal: FloatArray) -> float:
    shift = carry(axis[None], step)[0] - axis
    return float(np.linalg.norm(shift - (shift @ normal) * normal))


def _turn(step: FloatArray) -> float:
    return float(np.arccos(np.clip((np.trace(step[:3, :3]) - 1) / 2, -1, 1)))
