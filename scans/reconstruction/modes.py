"""Several guesses how one scan lies to another: pairs of alike features vote for motions.

A body that nearly looks alike from several sides (a box, a vase) has several motions that
features cannot tell apart. A method that gives one answer gives one of them at random;
here each that gathers votes is kept, for the full resolution to judge.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import dots, from_parts, nearest_rotation

FloatArray = NDArray[np.float64]

SOURCES = 700  # points of the first cloud whose likes are looked up
TARGETS = 2500  # points of the second among which they are looked up
LIKES = 3  # nearest features taken for each
DRAWN = 50_000  # pairs of correspondences
APART = 8.0  # voxels at least between the two points of a pair
REACH = 1.5  # voxels by which lengths may differ
NORMALS_APART = 0.2  # in the cosine between normals, and between them and the edge
RADIUS = 4.0  # voxels (root mean square over the body) between motions that are one
VOTES_MOST = 1500  # motions that vote


@dataclass(frozen=True)
class Featured:
    """A thinned cloud: points and normals, (n, 3), and features, (n, d)."""

    points: FloatArray
    normals: FloatArray
    features: FloatArray


def guess(
    source: Featured, target: Featured, *, voxel: float, count: int, seed: int
) -> list[FloatArray]:
    """Give up to `count` motions from source to target, most votes first."""
    random = np.random.default_rng(seed)
    ours, theirs = _alike(source, target, random)
    chosen = random.integers(0, len(ours), (2, DRAWN))
    first = (ours[chosen[0]], theirs[chosen[0]])
    second = (ours[chosen[1]], theirs[chosen[1]])
    fits = _fits(source, target, first, second, voxel)
    turns, shifts = _motions(
        source,
        target,
        (first[0][fits], first[1][fits]),
        (second[0][fits], second[1][fits]),
    )
    return _most_voted(turns, shifts, source.points, voxel=voxel, count=count)


def _alike(
    source: Featured, target: Featured, random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair points of the source with those of the target whose features are nearest."""
    few = random.permutation(len(source.points))[:SOURCES]
    others = random.permutation(len(target.points))[:TARGETS]
    # Single precision: which feature is nearest does not hang on the eighth digit.
    mine = source.features[few].astype(np.float32)
    theirs = target.features[others].astype(np.float32)
    square = (theirs**2).sum(axis=1)[None] - 2 * mine @ theirs.T
    likes = min(LIKES, len(others))
    near = _smallest(square, likes)
    return np.repeat(few, likes), others[near.ravel()]


def _smallest(values: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Columns of the smallest values of each row, (n, count); `values` is used up.

    A few looks for one smallest are far quicker than parting rows at the last of them.
    """
    rows = np.arange(len(values))
    found = np.zeros((len(values), count), np.int64)
    for number in range(count):
        found[:, number] = values.argmin(axis=1)
        values[rows, found[:, number]] = np.inf
    return found


def _fits(
    source: Featured,
    target: Featured,
    first: tuple[NDArray[np.int64], NDArray[np.int64]],
    second: tuple[NDArray[np.int64], NDArray[np.int64]],
    voxel: float,
) -> NDArray[np.int64]:
    """Pairs that a rigid motion can carry: alike in length and in all angles."""
    edge = source.points[second[0]] - source.points[first[0]]
    other = target.points[second[1]] - target.points[first[1]]
    length, reached = np.linalg.norm(edge, axis=1), np.linalg.norm(other, axis=1)
    good = (np.abs(length - reached) < REACH * voxel) & (length > APART * voxel)
    left = np.flatnonzero(good)
    edge = edge[left] / length[left, None]
    other = other[left] / np.maximum(reached[left, None], 1e-12)
    n, m = source.normals[first[0][left]], source.normals[second[0][left]]
    o, p = target.normals[first[1][left]], target.normals[second[1][left]]
    differ = [
        dots(n, m) - dots(o, p),
        dots(n, edge) - dots(o, other),
        dots(m, edge) - dots(p, other),
    ]
    alike = np.max(np.abs(differ), axis=0) < NORMALS_APART
    return np.asarray(left[alike][:VOTES_MOST])


def _motions(
    source: Featured,
    target: Featured,
    first: tuple[NDArray[np.int64], NDArray[np.int64]],
    second: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> tuple[FloatArray, FloatArray]:
    """Motions that carry each pair onto its like: turns (n, 3, 3), shifts (n, 3)."""
    ours = _frames(source, first[0], second[0])
    theirs = _frames(target, first[1], second[1])
    turns = theirs @ ours.transpose(0, 2, 1)
    middle = (source.points[first[0]] + source.points[second[0]]) / 2
    goal = (target.points[first[1]] + target.points[second[1]]) / 2
    return turns, goal - np.einsum("nij,nj->ni", turns, middle)


def _frames(
    cloud: Featured, first: NDArray[np.int64], second: NDArray[np.int64]
) -> FloatArray:
    """Frames of pairs: the edge, and what is left of both normals across it."""
    x = cloud.points[second] - cloud.points[first]
    x /= np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)
    up = cloud.normals[first] + cloud.normals[second]
    up -= (up * x).sum(axis=1, keepdims=True) * x
    length = np.linalg.norm(up, axis=1, keepdims=True)
    # Opposite normals leave nothing: their difference serves as well.
    weak = length[:, 0] < 1e-3
    other = cloud.normals[first] - cloud.normals[second]
    other -= (other * x).sum(axis=1, keepdims=True) * x
    up[weak] = other[weak]
    z = up / np.maximum(np.linalg.norm(up, axis=1, keepdims=True), 1e-12)
    return np.stack([x, np.cross(z, x), z], axis=2)


def _most_voted(
    turns: FloatArray,
    shifts: FloatArray,
    points: FloatArray,
    *,
    voxel: float,
    count: int,
) -> list[FloatArray]:
    """Motions in which most others lie near; near is meant as the body sees it."""
    if not len(turns):
        return []
    middle = points.mean(axis=0)
    size = float(np.sqrt(((points - middle) ** 2).sum(axis=1).mean()))
    moved = np.einsum("nij,j->ni", turns, middle) + shifts
    # A turn moves the body by its size times the difference between the matrices.
    places = np.hstack([moved, turns.reshape(-1, 9) * size / np.sqrt(3)])
    places -= places.mean(axis=0)
    length = (places**2).sum(axis=1)
    apart = length[:, None] + length[None] - 2 * places @ places.T
    votes = (apart < (RADIUS * voxel) ** 2).sum(axis=1)
    found: list[FloatArray] = []
    left = votes.copy()
    while len(found) < count and left.max() > 0:
        near = apart[int(np.argmax(left))] / (RADIUS * voxel) ** 2
        left[near < 4] = 0
        # One pair of points is good to a voxel or two; their mean is far better.
        weights = np.where(near < 1, (1 - near) ** 2, 0)
        turned = nearest_rotation(np.tensordot(weights, turns, 1) / weights.sum())
        goal = weights @ moved / weights.sum()
        found.append(from_parts(turned, goal - turned @ middle))
    return found
