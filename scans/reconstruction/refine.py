"""Refine all poses together: every scan against every other, one linear system a step.

Point-to-plane residuals between all overlapping pairs are linearised in all poses at once,
so an error does not run round the ring of scans as it does when they are moved in turn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import carry, from_parts, from_twist, inverse, turn
from scans.geometry.rigid import nearest_rotation as straightened
from scans.reconstruction.views import View

FloatArray = NDArray[np.float64]

SAME_WAY = 0.8  # cosine between normals of one surface seen twice
LEAST_PAIR = 30  # matched points below which a pair says nothing
STILL = 1e-6  # radians and metres: a micrometre at a metre


@dataclass(frozen=True)
class Round:
    """One round: how far to look, where a residual counts for nothing, most steps."""

    reach: float
    cut: float
    steps: int


@dataclass(frozen=True)
class Refined:
    """Poses and how well they agree.

    residual : weighted root mean square distance to the other scans' planes, metres
    each     : the same, scan by scan
    """

    poses: list[FloatArray]
    residual: float
    each: list[float]


def refine(
    views: list[View],
    poses: list[FloatArray],
    *,
    voxel: float,
    samples: int,
    progress: Callable[[float], None],
) -> Refined:
    """Refine poses, scan to world; the first stays where it is."""
    rounds = [
        Round(voxel, voxel / 2, 3),
        Round(voxel / 2, voxel / 4, 4),
        Round(voxel / 3, voxel / 6, 5),
    ]
    parts = [_sampled(view, samples) for view in views]
    total = sum(r.steps for r in rounds)
    done, system = 0, _System(len(views))
    for this in rounds:
        near = _all_pairs(len(views))
        for step in range(this.steps):
            system = _System(len(views))
            # Poses hardly move within a round: who did not meet will not meet.
            near = _collect(system, views, parts, poses, this, near)
            twists = system.solve()
            poses = [_moved(p, t) for p, t in zip(poses, twists, strict=True)]
            progress((done + step + 1) / total)
            if np.abs(twists).max() < STILL:
                break
        done += this.steps
    return Refined(poses, system.residual(), system.residual_each())


@dataclass(frozen=True)
class _Part:
    """Points of one scan that are looked up in the others, in its own frame."""

    points: FloatArray
    normals: FloatArray
    low: FloatArray
    high: FloatArray


class _System:
    """Normal equations of all poses, six unknowns each."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.H = np.zeros((6 * count, 6 * count))
        self.b = np.zeros(6 * count)
        self.squares = np.zeros(count)
        self.weights = np.zeros(count)

    def add(
        self,
        i: int,
        j: int,
        points: FloatArray,
        normals: FloatArray,
        residuals: FloatArray,
        cut: float,
    ) -> None:
        """Add residuals of points of scan i against planes of scan j, in the world."""
        share = (residuals / cut) ** 2
        weights = np.where(share < 1, (1 - share) ** 2, 0)  # Tukey
        A = np.hstack([np.cross(points, normals), normals])
        AW = A * weights[:, None]
        h, g = AW.T @ A, AW.T @ residuals
        I, J = slice(6 * i, 6 * i + 6), slice(6 * j, 6 * j + 6)  # noqa: E741
        self.H[I, I] += h
        self.H[J, J] += h
        self.H[I, J] -= h
        self.H[J, I] -= h
        self.b[I] -= g
        self.b[J] += g
        self.squares[i] += float(weights @ residuals**2)
        self.weights[i] += float(weights.sum())

    def solve(self) -> FloatArray:
        """Solve for twists, (count, 6), with the first pose held."""
        free = self.H[6:, 6:]
        # A scan that meets no other has a zero block: damping leaves it in place.
        damping = 1e-9 * max(float(np.trace(free)), 1e-30)
        twists = np.zeros((self.count, 6))
        solved = np.linalg.solve(free + damping * np.eye(len(free)), self.b[6:])
        twists[1:] = solved.reshape(-1, 6)
        return twists

    def residual(self) -> float:
        return float(np.sqrt(self.squares.sum() / max(self.weights.sum(), 1e-12)))

    def residual_each(self) -> list[float]:
        each = np.sqrt(self.squares / np.maximum(self.weights, 1e-12))
        return [float(value) for value in each]


def _all_pairs(count: int) -> list[tuple[int, int]]:
    return list(permutations(range(count), 2))


def _collect(
    system: _System,
    views: list[View],
    parts: list[_Part],
    poses: list[FloatArray],
    this: Round,
    pairs: list[tuple[int, int]],
) -> list[tuple[int, int]]:
    """Add what all pairs say; give those that said something."""
    world = [carry(part.points, pose) for part, pose in zip(parts, poses, strict=True)]
    facing = [turn(part.normals, pose) for part, pose in zip(parts, poses, strict=True)]
    return [
        (i, j)
        for i, j in pairs
        if _collect_pair(
            system, (i, j), (world[i], facing[i]), views[j], parts[j], poses[j], this
        )
    ]


def _collect_pair(
    system: _System,
    pair: tuple[int, int],
    moving: tuple[FloatArray, FloatArray],
    view: View,
    bounds: _Part,
    pose: FloatArray,
    this: Round,
) -> bool:
    world, facing = moving
    local = carry(world, inverse(pose))
    inside = (local > bounds.low - this.reach) & (local < bounds.high + this.reach)
    near = np.flatnonzero(inside.all(axis=1))
    if len(near) < LEAST_PAIR:
        return False
    distance, index = view.tree.query(
        local[near], distance_upper_bound=this.reach, workers=-1
    )
    met = np.isfinite(distance)
    near, index = near[met], index[met]
    normals = turn(view.normals[index], pose)
    good = (normals * facing[near]).sum(axis=1) > SAME_WAY
    good &= ~view.at_edge[index]
    near, index, normals = near[good], index[good], normals[good]
    if len(near) < LEAST_PAIR:
        return False
    residuals = ((world[near] - carry(view.points[index], pose)) * normals).sum(axis=1)
    system.add(*pair, world[near], normals, residuals, this.cut)
    return True


def _sampled(view: View, samples: int) -> _Part:
    inner = np.flatnonzero(~view.at_edge)
    if len(inner) < LEAST_PAIR:
        inner = np.arange(len(view.points))
    random = np.random.default_rng(len(inner))
    chosen = random.choice(inner, min(samples, len(inner)), replace=False)
    low, high = view.points.min(axis=0), view.points.max(axis=0)
    return _Part(view.points[chosen], view.normals[chosen], low, high)


def _moved(pose: FloatArray, twist: FloatArray) -> FloatArray:
    moved = from_twist(twist) @ pose
    return from_parts(straightened(moved[:3, :3]), moved[:3, 3])
