"""How far scans of a nearly round body are turned about its axis, by what stands off it.

A jug is round but for its handle. Features and overlap know nothing of the handle: the
round rest outweighs it. Here the round body is taken away first. What is left of each scan
is turned about the axis, step by step, and held against what is left of every other: a
point that meets one speaks for a turn, a point that floats where the other saw through
speaks against it. Turns are settled between groups of scans, all pairs across them counted
together, and only where one turn beats every other. Of a plain bowl nothing is left, and
nothing is settled.

Frame: the axis frame, in which the axis of the body is z.
"""

from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import carry, inverse, turn, turning_axis
from scans.reconstruction.evidence import SQUARE
from scans.reconstruction.matching import Prepared
from scans.reconstruction.round_body import UP, Rest, RoundBody, profile_of

FloatArray = NDArray[np.float64]
Told = dict[tuple[int, int], FloatArray]

AGAINST = 2.0  # what a point that was seen through weighs, next to one that meets
MEETS = 1.25  # voxels: thinned points of one surface lie that near
SAME_WAY = 0.5  # cosine between normals
SEEN_THROUGH = 1.5  # voxels before what was seen, which is what stands off
SETTLED = 20.0  # points net, by which a turn must beat every other
# And the share of its own points by which it must: scans heaped on one another share
# more than those that show two handles from two sides, and are no more right for it.
BEATEN = 0.9
BESIDE_RAD = np.radians(12.0)  # nearer turns are the same
MOST = 200  # points of a scan's rest that are turned


@dataclass(frozen=True)
class Spun:
    """What came of it.

    poses    : scan to world, one for each that was asked about
    settled  : those whose turn is known
    agreeing : pairs that say the same by themselves
    """

    poses: list[FloatArray]
    settled: set[int]
    agreeing: list[tuple[int, int]]


def spun(
    prepared: list[Prepared], poses: list[FloatArray], body: RoundBody
) -> Spun | None:
    """Turn scans about the body's axis to where what stands off it meets.

    Poses are right but for that turn. None where nothing tells it.
    """
    rests = [body.rest(one, pose) for one, pose in zip(prepared, poses, strict=True)]
    if sum(len(rest.points) for rest in rests) < 2 * SETTLED:
        return None
    reach = max(profile_of(rest.points)[:, 0].max(initial=0.0) for rest in rests)
    steps = int(np.ceil(2 * np.pi * reach / body.voxel))
    frames = [body.frame @ pose for pose in poses]
    sides = [
        _Side(one, frame, rest, body.voxel)
        for one, frame, rest in zip(prepared, frames, rests, strict=True)
    ]
    seen = {
        (i, j): _seen(sides[i], sides[j], steps)
        for i, j in permutations(range(len(sides)), 2)
    }
    counts = [len(rest.points) for rest in rests]
    told = {
        (i, j): _scores(seen, (i, j), counts)
        for i, j in combinations(range(len(sides)), 2)
    }
    turns, group = _joined(told, len(sides), steps)
    settled = {k for k in group if _agrees(_pooled(seen, turns, k, group, counts[k]))}
    # Where most fit as well in another turn, the body looks alike from several sides.
    if len(settled) <= len(sides) / 2:
        return None
    agreeing = [
        (i, j)
        for (i, j), scores in told.items()
        if {i, j} <= settled and _agrees(np.roll(scores, turns[j] - turns[i]))
    ]
    back = inverse(body.frame)
    placed = [
        back @ turning_axis(UP, 2 * np.pi * turn_by / steps) @ frame
        for turn_by, frame in zip(turns, frames, strict=True)
    ]
    return Spun(placed, settled, agreeing)


@dataclass(frozen=True)
class _Side:
    """One scan: where it stands, and what stands off the body in it."""

    one: Prepared
    frame: FloatArray
    rest: Rest
    voxel: float

    def sees(self, points: FloatArray, normals: FloatArray) -> FloatArray:
        """Say of points in the axis frame: 1 they meet, less than 0 this saw through."""
        said = self._meets(points, normals)
        sight, image = self.one.view.sight, self.one.image
        if sight is None or image is None:
            return said
        home = inverse(self.frame)
        left = np.flatnonzero(said == 0)
        local, facing = carry(points[left], home), turn(normals[left], home)
        square = (facing * sight.towards(local)).sum(axis=1) > SQUARE
        left = left[square]
        places, heights = sight.project(local[square])
        # Comparing with NaN, where nothing was seen, gives False.
        before = heights > image.heights(places) + SEEN_THROUGH * self.voxel
        said[left[before]] = -AGAINST
        return said

    def _meets(self, points: FloatArray, normals: FloatArray) -> FloatArray:
        said = np.zeros(len(points))
        if self.rest.tree is None:
            return said
        reach = MEETS * self.voxel
        away, index = self.rest.tree.query(points, distance_upper_bound=reach)
        near = np.flatnonzero(np.isfinite(away))
        alike = (self.rest.normals[index[near]] * normals[near]).sum(axis=1) > SAME_WAY
        near = near[alike]
        # The nearer the better, so that the best of several steps stands out.
        said[near] = 1.0 - (away[near] / reach) ** 2
        return said


def _seen(moving: _Side, held: _Side, steps: int) -> FloatArray:
    """What one scan says of another's points at each turn, (steps, points)."""
    points, normals = moving.rest.points, moving.rest.normals
    few = np.linspace(0, len(points) - 1, min(MOST, len(points))).astype(np.int64)
    if not len(few):
        return np.zeros((steps, 1), dtype=np.float16)
    angles = 2 * np.pi * np.arange(steps) / steps
    said = held.sees(
        _turned(points[few], angles).reshape(-1, 3),
        _turned(normals[few], angles).reshape(-1, 3),
    )
    return said.reshape(steps, -1).astype(np.float16)


def _scores(seen: Told, pair: tuple[int, int], counts: list[int]) -> FloatArray:
    """What speaks for each turn of the first scan against the second, (steps,)."""
    i, j = pair
    there = seen[i, j].mean(axis=1, dtype=np.float64) * counts[i]
    back = seen[j, i].mean(axis=1, dtype=np.float64) * counts[j]
    # Turning the second one way is turning the first the other way.
    return np.asarray(there + np.roll(back[::-1], 1))


def _pooled(
    seen: Told, turns: NDArray[np.int64], index: int, group: list[int], count: int
) -> FloatArray:
    """What all others together say of a scan's points at each further turn, (steps,).

    Each point counts once, however many scans show the same side: of alike handles two
    scans may show one each, but all together show all.
    """
    said = np.stack(
        [
            np.roll(seen[index, j], turns[j] - turns[index], axis=0)
            for j in group
            if j != index
        ]
    )
    best, worst = said.max(axis=0), said.min(axis=0)
    either = np.where(best > 0, best, worst)
    return np.asarray(either.mean(axis=1, dtype=np.float64) * count)


def _turned(points: FloatArray, angles: FloatArray) -> FloatArray:
    """Points turned about z by each angle, (angles, n, 3)."""
    c, s = np.cos(angles)[:, None], np.sin(angles)[:, None]
    x, y, z = points.T
    return np.stack(
        [c * x - s * y, s * x + c * y, np.broadcast_to(z, (len(angles), len(z)))],
        axis=2,
    )


def _joined(told: Told, count: int, steps: int) -> tuple[NDArray[np.int64], list[int]]:
    """Join scans by the turns that are surest; give turns, and the largest group."""
    turns = np.zeros(count, dtype=np.int64)
    groups = [[k] for k in range(count)]
    while len(groups) > 1:
        found = [
            (*_best(_between(told, turns, first, second, steps)), first, second)
            for first, second in combinations(groups, 2)
        ]
        margin, at, first, second = max(found, key=lambda entry: entry[0])
        if margin <= 0:
            break
        turns[first] += at
        groups = [g for g in groups if g not in (first, second)] + [first + second]
    largest = max(groups, key=lambda g: (len(g), -min(g)))
    return turns % steps, sorted(largest) if len(largest) > 1 else []


def _between(
    told: Told,
    turns: NDArray[np.int64],
    first: list[int],
    second: list[int],
    steps: int,
) -> FloatArray:
    """What speaks for each further turn of some scans against others, (steps,)."""
    total = np.zeros(steps)
    for i in first:
        for j in second:
            scores = told[i, j] if i < j else np.roll(told[j, i][::-1], 1)
            total += np.roll(scores, turns[j] - turns[i])
    return total


def _best(scores: FloatArray) -> tuple[float, int]:
    """By how much the best turn beats all others, nought if not clearly; and which."""
    at = int(np.argmax(scores))
    apart = np.abs(np.arange(len(scores)) - at)
    apart = np.minimum(apart, len(scores) - apart) * 2 * np.pi / len(scores)
    second = scores[apart > BESIDE_RAD].max(initial=0.0)
    margin = float(scores[at] - second)
    clear = margin >= max(SETTLED, BEATEN * scores[at])
    return (margin if clear else 0.0), at


def _agrees(scores: FloatArray) -> bool:
    """Tell whether a pair by itself says that its scans lie as they do."""
    margin, at = _best(scores)
    off = min(at, len(scores) - at) * 2 * np.pi / len(scores)
    return margin > 0 and off <= BESIDE_RAD
