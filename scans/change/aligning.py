"""Lay one master onto another by what has not changed.

First several guesses, for the frames of two masters have nothing in common; each is
settled roughly, and the one that fits most of the surface is refined. Points that lie
off get no weight (Tukey's biweight), so what is lost or added does not pull.

One size factor is estimated with the motion: an error of scale is smooth, so neither the
noise nor the jackknife of a motion shows it. It is taken off where nobody vouches for the
scale of both, and where it is more than what they vouch for leaves open.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.change.regions import SURE
from scans.change.sampling import spread_points
from scans.delivery.rays import RayScene
from scans.geometry.mesh import FloatArray, Mesh
from scans.geometry.rigid import (
    carry,
    from_parts,
    from_twist,
    nearest_rotation,
    turn,
    turning_axis,
)

GUESS_POINTS = 300
SETTLE_POINTS = 3_000
TARGET_POINTS = 20_000
FINE_POINTS = 30_000
STEPS_ROUND = 36  # about each axis of inertia: ICP takes up ten degrees
SETTLED = 6  # best guesses that are settled
SETTLE_ROUNDS = 20
FINE_ROUNDS = 25
FAR = 0.05  # of the diagonal: farther than this off is off, however far
TUKEY = 4.685  # 95 % efficient for noise that is normal (Huber, Robust Statistics)
MAD = 1.4826  # median of deviations to standard deviation
SAME_WAY = 0.5  # cosine between normals of one side of a wall
STILL = 1e-7  # of the diagonal: a motion smaller than this is none
PARTS = 8  # octants that are left out in turn
SEED = 20


@dataclass(frozen=True)
class Alignment:
    """How the first master lies on the second.

    motion : 4x4, carries the first into the second's frame
    noise_m : standard deviation between the two where nothing has changed, robust
    share : of the surface that agrees
    uncertainty_m : how far leaving an eighth out moves the surface, standard deviation
    scale : what the first's lengths would be multiplied by
    scale_limit : how far from one it may come out by what is known, 95 %
    is_scaled : whether the scale is taken off
    onto : 4x4, the motion, with the scale if that is taken off; at the first's middle
        both are one
    """

    motion: FloatArray
    noise_m: float
    share: float
    uncertainty_m: float
    scale: float
    scale_limit: float
    is_scaled: bool
    onto: FloatArray


def align(
    first: Mesh,
    second: Mesh,
    scene: RayScene,
    *,
    start: FloatArray | None = None,
    scale_share: float | None = 0.0,
) -> Alignment:
    """Align two masters.

    scene : of the second
    start : a motion that is known to be near, tried beside the guesses
    scale_share : standard uncertainty of the one's scale against the other's, a share
        of one; None where nobody vouches for it
    """
    random = np.random.default_rng(SEED)
    points, normals = spread_points(first, SETTLE_POINTS, random)
    target, target_normals = spread_points(second, TARGET_POINTS, random)
    reach = FAR * second.diagonal()
    trees = _Target(cKDTree(target), target, target_normals)
    few = random.permutation(SETTLE_POINTS)[:GUESS_POINTS]
    guesses = [*([start] if start is not None else []), *_guesses(points, target)]
    costs = [trees.cost(points[few], normals[few], guess, reach) for guess in guesses]
    best = np.argsort(costs, kind="stable")[:SETTLED]
    settled = [_settle(points, normals, trees, guesses[k], reach) for k in best]
    ends = [trees.cost(points, normals, motion, reach / 5) for motion in settled]
    motion = settled[int(np.argmin(ends))]
    fine = _Fine(*spread_points(first, FINE_POINTS, random), scene, second.diagonal())
    free = _refine(fine, motion, scale_share, is_scaled=True)
    if scale_share is None or abs(free.scale - 1) > free.scale_limit:
        return free
    rigid = _refine(fine, free.motion, scale_share, is_scaled=False)
    return replace(rigid, scale=free.scale, scale_limit=free.scale_limit)


@dataclass(frozen=True)
class _Fine:
    """Points of the first that are laid on the second, a scene as large as diagonal."""

    points: FloatArray
    normals: FloatArray
    scene: RayScene
    diagonal: float


@dataclass(frozen=True)
class _Target:
    tree: cKDTree
    points: FloatArray
    normals: FloatArray

    def cost(
        self, points: FloatArray, normals: FloatArray, motion: FloatArray, reach: float
    ) -> float:
        """Mean distance of the moved points, each counted up to `reach`."""
        away, near = self.tree.query(carry(points, motion), distance_upper_bound=reach)
        found = near < len(self.points)
        facing = np.zeros(len(points), bool)
        mine = turn(normals[found], motion)
        facing[found] = (mine * self.normals[near[found]]).sum(axis=1) > SAME_WAY
        return float(np.where(facing, np.minimum(away, reach), reach).mean())


def _guesses(points: FloatArray, target: FloatArray) -> Iterator[FloatArray]:
    """As they are; then axes of inertia onto each other, turned round each of the three."""
    yield np.eye(4)
    mine, theirs = _inertia(points), _inertia(target)
    for flip in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)):
        turned = nearest_rotation(theirs[1] @ np.diag(flip) @ mine[1].T)
        for axis, step in product(range(3), range(STEPS_ROUND)):
            angle = 2 * np.pi * step / STEPS_ROUND
            way = turning_axis(theirs[1][:, axis], angle)[:3, :3] @ turned
            yield from_parts(way, theirs[0] - way @ mine[0])


def _inertia(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    middle = points.mean(axis=0)
    axes = np.linalg.svd(points - middle, full_matrices=False)[2].T
    axes[:, 2] = np.cross(axes[:, 0], axes[:, 1])
    return middle, axes


def _settle(
    points: FloatArray,
    normals: FloatArray,
    target: _Target,
    motion: FloatArray,
    reach: float,
) -> FloatArray:
    """Bring a guess near, point to plane between samples, the reach ever shorter."""
    for number in range(SETTLE_ROUNDS):
        within = reach * max(0.1, 1 - number / SETTLE_ROUNDS)
        moved = carry(points, motion)
        away, near = target.tree.query(moved, distance_upper_bound=2 * within)
        found = np.flatnonzero(near < len(target.points))
        theirs = target.normals[near[found]]
        same = (turn(normals[found], motion) * theirs).sum(axis=1) > SAME_WAY
        found, theirs = found[same], theirs[same]
        if len(found) < 6:
            return motion
        off = ((moved[found] - target.points[near[found]]) * theirs).sum(axis=1)
        weight = (1 - np.minimum(away[found] / (2 * within), 1) ** 2) ** 2
        step = _step(moved[found], theirs, off, weight, free_scale=False)
        motion = _moved(step, moved, motion)
    return motion


def _refine(
    fine: _Fine, motion: FloatArray, scale_share: float | None, *, is_scaled: bool
) -> Alignment:
    """Point to surface, by what agrees; the last system tells how sure it is."""
    for _ in range(FINE_ROUNDS):
        found = _residuals(fine, motion)
        step = _step(
            found.moved, found.normals, found.off, found.weight, free_scale=is_scaled
        )
        motion = _moved(step, carry(fine.points, motion), motion)
        if np.abs(step).max() < STILL * fine.diagonal:
            break
    found = _residuals(fine, motion)
    share = float((found.weight > 0).sum()) / len(fine.points)
    rigid, scale = _parted(motion, fine.points.mean(axis=0))
    unsure_m, error = _uncertainty(found, free_scale=is_scaled)
    limit = SURE * float(np.hypot(error, scale_share or 0.0))
    return Alignment(
        rigid, found.noise, share, unsure_m, scale, limit, is_scaled, motion
    )


def _parted(onto: FloatArray, middle: FloatArray) -> tuple[FloatArray, float]:
    """Part a similarity into the motion that is one with it at a place, and its scale."""
    scale = float(np.cbrt(np.linalg.det(onto[:3, :3])))
    way = nearest_rotation(onto[:3, :3])
    there = carry(middle[None], onto)[0]
    return from_parts(way, there - way @ middle), scale


@dataclass(frozen=True)
class _Residuals:
    moved: FloatArray
    normals: FloatArray
    off: FloatArray
    weight: FloatArray
    noise: float


def _residuals(fine: _Fine, motion: FloatArray) -> _Residuals:
    moved = carry(fine.points, motion)
    near = fine.scene.nearest(moved.astype(np.float32))
    facing = near.facing.astype(np.float64)
    same = (turn(fine.normals, motion) * facing).sum(axis=1) > SAME_WAY
    off = ((moved - near.places) * facing).sum(axis=1)
    middle = float(np.median(off[same]))
    noise = max(MAD * float(np.median(np.abs(off[same] - middle))), 1e-9)
    far = np.abs(off) / (TUKEY * noise)
    weight = np.where(same & (far < 1), (1 - np.minimum(far, 1) ** 2) ** 2, 0.0)
    return _Residuals(moved, facing, off, weight, noise)


def _rows(moved: FloatArray, normals: FloatArray, *, free_scale: bool) -> FloatArray:
    """How a twist about the points' middle, and a scale, move each along its normal."""
    out = moved - moved.mean(axis=0)
    rows = np.hstack([np.cross(out, normals), normals])
    if not free_scale:
        return rows
    return np.hstack([rows, (out * normals).sum(axis=1, keepdims=True)])


def _system(
    rows: FloatArray, off: FloatArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    weighted = rows * weight[:, None]
    return rows.T @ weighted, -(weighted.T @ off)


def _step(
    moved: FloatArray,
    normals: FloatArray,
    off: FloatArray,
    weight: FloatArray,
    *,
    free_scale: bool,
) -> FloatArray:
    """Solve for the twist about the points' middle, (6,), with the scale's growth if
    that is free, (7,); what is undetermined stays put."""
    rows = _rows(moved, normals, free_scale=free_scale)
    matrix, right = _system(rows, off, weight)
    return np.asarray(np.linalg.lstsq(matrix, right, rcond=1e-9)[0])


def _moved(step: FloatArray, moved: FloatArray, motion: FloatArray) -> FloatArray:
    """Apply a step about the middle of the moved points after a motion."""
    middle = from_parts(np.eye(3), moved.mean(axis=0))
    back = from_parts(np.eye(3), -moved.mean(axis=0))
    turned = from_twist(step[:6])
    turned[:3, :3] *= 1 + step[6:].sum()
    return np.asarray(middle @ turned @ back @ motion)


def _uncertainty(found: _Residuals, *, free_scale: bool) -> tuple[float, float]:
    """Leave out an octant at a time (jackknife): errors that hang together count too.

    Gives the surface's, metres, and the scale's own.
    """
    rows = _rows(found.moved, found.normals, free_scale=free_scale)
    middle = found.moved.mean(axis=0)
    sides: NDArray[np.int64] = ((found.moved > middle) @ [1, 2, 4]).astype(np.int64)
    steps = []
    for part in range(PARTS):
        weight = np.where(sides == part, 0.0, found.weight)
        matrix, right = _system(rows, found.off, weight)
        steps.append(np.linalg.lstsq(matrix, right, rcond=1e-9)[0])
    apart = np.array(steps) - np.mean(steps, axis=0)
    shifts = rows @ apart.T  # of each point along its normal, by each step
    surface = float(np.sqrt((PARTS - 1) / PARTS * (shifts**2).sum(axis=1).mean()))
    return surface, float(np.sqrt((PARTS - 1) / PARTS * (apart[:, 6:] ** 2).sum()))
