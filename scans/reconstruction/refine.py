"""Refine all poses together: every scan against every other, one linear system a step.

Residuals between all overlapping pairs are linearised in all poses at once, so an error
does not run round the ring of scans as it does when they are moved in turn. They run along
the normal half-way between those of the two points: on a rounded edge, of which one scan
sees the upper half and another the lower, the planes of either alone push the two through
one another. Source: Rusinkiewicz, A symmetric objective function for ICP (2019).
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import (
    carry,
    crosses,
    dots,
    from_parts,
    from_twist,
    inverse,
    turn,
)
from scans.geometry.rigid import nearest_rotation as straightened
from scans.reconstruction.shades import ShadeBook, Shades
from scans.reconstruction.views import View

FloatArray = NDArray[np.float64]

SAME_WAY = 0.8  # cosine between normals of one surface seen twice
# Round an edge two scans fit planes that differ: at last only those count that do not.
SAME_PLANE = 0.95
LEAST_PAIR = 30  # matched points below which a pair says nothing
TO_SIGMA = 1.4826  # from the median of absolute values, of a normal distribution
THREADS = 2
STILL = 1e-6  # radians and metres: a micrometre at a metre


@dataclass(frozen=True)
class Round:
    """One round: how far to look, where a residual counts for nothing, most steps."""

    reach: float
    cut: float
    steps: int
    cut_light: float = 0.0  # in deviations of brightness; 0 looks at shape alone
    same_way: float = SAME_WAY


@dataclass(frozen=True)
class Refined:
    """Poses and how well they agree.

    residual : weighted root mean square distance to the other scans' surfaces, metres
    each     : the same, scan by scan
    pairs    : the same, pair by pair of those that meet
    """

    poses: list[FloatArray]
    residual: float
    each: list[float]
    pairs: dict[tuple[int, int], float]


def refine(
    views: list[View],
    poses: list[FloatArray],
    *,
    voxel: float,
    samples: int,
    progress: Callable[[float], None],
    coloured: bool = False,
) -> Refined:
    """Refine poses, scan to world; the first stays where it is.

    With `coloured`, brightness and its slopes hold what shape leaves free.
    """
    rounds = [
        Round(voxel, voxel / 2, 3),
        Round(voxel / 2, voxel / 4, 4),
        Round(voxel / 3, voxel / 6, 5, same_way=SAME_PLANE),
    ]
    if coloured:
        rounds = [Round(voxel / 2, voxel / 4, 12, (8.0, 4.0)[k]) for k in range(2)]
    parts = [_sampled(view, samples, coloured=coloured) for view in views]
    total = sum(r.steps for r in rounds)
    done, system = 0, _System(len(views))
    # Reaches shrink and poses hardly move: who did not meet will not meet.
    near = _all_pairs(len(views))
    for this in rounds:
        for step in range(this.steps):
            system = _System(len(views))
            near = _collect(system, views, parts, poses, this, near)
            twists = system.solve()
            poses = [_moved(p, t) for p, t in zip(poses, twists, strict=True)]
            progress((done + step + 1) / total)
            if np.abs(twists).max() < STILL:
                break
        done += this.steps
    return Refined(
        poses, system.residual(), system.residual_each(), system.residual_pairs()
    )


@dataclass(frozen=True)
class _Part:
    """Points of one scan that are looked up in the others, in its own frame."""

    points: FloatArray
    normals: FloatArray
    low: FloatArray
    high: FloatArray
    shades: Shades | None
    book: ShadeBook | None


class _System:
    """Normal equations of all poses, six unknowns each."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.H = np.zeros((6 * count, 6 * count))
        self.b = np.zeros(6 * count)
        self.squares = np.zeros((count, count))
        self.weights = np.zeros((count, count))

    def add(self, pair: tuple[int, int], term: "_Term") -> None:
        """Add what one scan's points say of its pose and of the other's."""
        i, j = pair
        I, J = slice(6 * i, 6 * i + 6), slice(6 * j, 6 * j + 6)  # noqa: E741
        self.H[I, I] += term.h
        self.H[J, J] += term.h
        self.H[I, J] -= term.h
        self.H[J, I] -= term.h
        self.b[I] -= term.g
        self.b[J] += term.g
        self.squares[i, j] += term.square
        self.weights[i, j] += term.weight

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
        weights = np.maximum(self.weights.sum(axis=1), 1e-12)
        return [float(value) for value in np.sqrt(self.squares.sum(axis=1) / weights)]

    def residual_pairs(self) -> dict[tuple[int, int], float]:
        squares, weights = self.squares + self.squares.T, self.weights + self.weights.T
        return {
            (int(i), int(j)): float(np.sqrt(squares[i, j] / weights[i, j]))
            for i, j in np.argwhere(np.triu(weights) > 0)
        }


@dataclass(frozen=True)
class _Term:
    """Residuals of points of one scan against planes of another, summed up.

    h, g           : (6, 6) and (6,) of their normal equations, in the world
    square, weight : of the residuals that count as distances
    """

    h: FloatArray
    g: FloatArray
    square: float
    weight: float


def _term(
    points: FloatArray,
    normals: FloatArray,
    residuals: FloatArray,
    cut: float,
    *,
    counted: bool = True,
) -> _Term:
    share = (residuals / cut) ** 2
    weights = np.where(share < 1, (1 - share) ** 2, 0)  # Tukey
    A = np.hstack([crosses(points, normals), normals])
    AW = A * weights[:, None]
    told = (float(weights @ residuals**2), float(weights.sum())) if counted else (0, 0)
    return _Term(AW.T @ A, AW.T @ residuals, *told)


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

    def said(pair: tuple[int, int]) -> list[_Term]:
        i, j = pair
        moving = (world[i], facing[i])
        return _terms(moving, views[j], (parts[i], parts[j]), poses[j], this)

    heard = []
    # Look-ups let others run; what they tell is added in order, so that sums repeat.
    with ThreadPoolExecutor(THREADS) as pool:
        for pair, terms in zip(pairs, pool.map(said, pairs), strict=True):
            for term in terms:
                system.add(pair, term)
            if terms:
                heard.append(pair)
    return heard


def _terms(
    moving: tuple[FloatArray, FloatArray],
    view: View,
    ends: tuple[_Part, _Part],
    pose: FloatArray,
    this: Round,
) -> list[_Term]:
    """What one scan's points, in the world, say of another; nothing where few meet."""
    world, facing = moving
    part, bounds = ends
    local = carry(world, inverse(pose))
    inside = (local > bounds.low - this.reach) & (local < bounds.high + this.reach)
    near = np.flatnonzero(inside.all(axis=1))
    if len(near) < LEAST_PAIR:
        return []
    distance, index = view.tree.query(local[near], distance_upper_bound=this.reach)
    met = np.isfinite(distance)
    near, index = near[met], index[met]
    normals = turn(view.normals[index], pose)
    good = dots(normals, facing[near]) > this.same_way
    good &= ~view.at_edge[index]
    near, index = near[good], index[good]
    if len(near) < LEAST_PAIR:
        return []
    normals = _between(normals[good], facing[near])
    residuals = dots(world[near] - carry(view.points[index], pose), normals)
    told = [_term(world[near], normals, residuals, this.cut)]
    if this.cut_light and part.shades is not None and bounds.book is not None:
        shades = bounds.book.at(index)
        lit = (world[near], part.shades.light[near])
        told.append(_light_term(lit, (view, index, pose), shades, residuals, this))
    return told


def _between(first: FloatArray, second: FloatArray) -> FloatArray:
    """Normals half-way between others that face alike, (n, 3).

    Two points of one arc lie square to it, however far apart: curvature draws neither way.
    """
    summed = first + second
    return np.asarray(summed / np.sqrt(dots(summed, summed))[:, None])


def _light_term(
    moving: tuple[FloatArray, FloatArray],
    fixed: tuple[View, NDArray[np.int64], FloatArray],
    shades: Shades,
    residuals: FloatArray,
    this: Round,
) -> _Term:
    """Differences of brightness, as distances whose noise is that of the planes'."""
    world, light = moving
    view, index, pose = fixed
    slopes = turn(shades.slopes, pose)
    ahead = dots(world - carry(view.points[index], pose), slopes)
    differ = shades.light + ahead - light
    differ -= np.median(differ)  # another exposure
    noise = max(float(np.median(np.abs(residuals))), 1e-9) * TO_SIGMA
    worth = noise / (np.sqrt(2) * shades.noise)
    cut = this.cut_light * noise
    return _term(world, slopes * worth, differ * worth, cut, counted=False)


def _sampled(view: View, samples: int, *, coloured: bool) -> _Part:
    inner = np.flatnonzero(~view.at_edge)
    if len(inner) < LEAST_PAIR:
        inner = np.arange(len(view.points))
    random = np.random.default_rng(len(inner))
    chosen = random.choice(inner, min(samples, len(inner)), replace=False)
    low, high = view.points.min(axis=0), view.points.max(axis=0)
    book = ShadeBook(view) if coloured else None
    shades = book.at(chosen) if book else None
    return _Part(view.points[chosen], view.normals[chosen], low, high, shades, book)


def _moved(pose: FloatArray, twist: FloatArray) -> FloatArray:
    moved = from_twist(twist) @ pose
    return from_parts(straightened(moved[:3, :3]), moved[:3, 3])
