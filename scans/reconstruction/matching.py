"""Match pairs of scans: several guesses by features, the best settled at full resolution."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import carry
from scans.reconstruction.evidence import (
    DepthImage,
    Evidence,
    depth_image,
    weigh,
    weigh_roughly,
)
from scans.reconstruction.features import all_coloured, featured
from scans.reconstruction.modes import Featured, guess
from scans.reconstruction.pair_store import PairStore, content_digest
from scans.reconstruction.polish import FROM_AFAR, polish_all
from scans.reconstruction.views import View

FloatArray = NDArray[np.float64]

GUESSES = 10  # a box has four ways to stand and features mix in others
SETTLED = 4  # of those, that are worth the full resolution
KEPT = 3  # of those, that are told
CLOSE_ENOUGH = 0.1  # voxels: right pairs lie closer
SAME = 1.0  # voxels between motions that are one
THREADS = 2  # tree look-ups and large products let others run


@dataclass(frozen=True)
class Match:
    """A way a pair may lie: carries scan `first` into the frame of `second`."""

    first: int
    second: int
    motion: FloatArray
    evidence: Evidence


@dataclass(frozen=True)
class Prepared:
    """A scan ready to be matched."""

    view: View
    cloud: Featured
    image: DepthImage | None


def prepare(views: list[View], voxel: float) -> list[Prepared]:
    """Compute what all matches of a scan share."""
    coloured = all_coloured(views)

    def one(view: View) -> Prepared:
        cloud = featured(view, voxel, coloured=coloured)
        return Prepared(view, cloud, depth_image(view, voxel))

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, views))


def match_pairs(
    prepared: list[Prepared],
    pairs: Iterable[tuple[int, int]],
    *,
    voxel: float,
    seed: int,
    progress: Callable[[float], None],
    store: PairStore,
) -> list[Match]:
    """Match pairs; each gives a few ways to lie, best first, and what speaks for them.

    store : of pairs that were matched before, and what is found now
    """
    asked = list(pairs)
    found: list[Match] = []
    contents = {
        k: content_digest(prepared[k]) for k in {k for pair in asked for k in pair}
    }

    def one(pair: tuple[int, int]) -> list[Match]:
        first, second = pair
        key = store.key(contents[first], contents[second], voxel, seed)
        ways = store.find(key)
        if ways is None:
            ways = match(prepared[first], prepared[second], voxel=voxel, seed=seed)
            store.keep(key, ways)
        return [Match(first, second, motion, evidence) for motion, evidence in ways]

    with ThreadPoolExecutor(THREADS) as pool:
        for number, ways in enumerate(pool.map(one, asked)):
            found += ways
            progress((number + 1) / len(asked))
    return found


def match(
    first: Prepared,
    second: Prepared,
    *,
    voxel: float,
    seed: int,
    guesses: int = GUESSES,
) -> list[tuple[FloatArray, Evidence]]:
    """Find ways the first scan may lie to the second, best first."""
    sides = (first.view, second.view)
    guessed = guess(first.cloud, second.cloud, voxel=voxel, count=guesses, seed=seed)
    rough = polish_all(*sides, guessed, voxel=voxel, reaches=FROM_AFAR, share=4)
    scale = CLOSE_ENOUGH * voxel
    weighed = [(weigh_roughly(*sides, m, voxel=voxel).weight(scale), m) for m in rough]
    weighed.sort(key=lambda entry: -entry[0])
    ranked = [motion for weight, motion in weighed if weight > 0]
    promising = distinct(ranked, first.view, voxel=SAME * voxel)[:SETTLED]
    settled = polish_all(*sides, promising, voxel=voxel, share=2)
    images = (first.image, second.image)
    ways = [(m, weigh(*sides, m, voxel=voxel, images=images)) for m in settled]
    ways.sort(key=lambda way: -way[1].weight(scale))
    kept = distinct([m for m, _ in ways], first.view, voxel=SAME * voxel)[:KEPT]
    return [way for way in ways if any(way[0] is motion for motion in kept)]


def distinct(
    motions: list[FloatArray], view: View, *, voxel: float
) -> list[FloatArray]:
    """Leave out motions that move a scan's points as one before them does."""
    found: list[FloatArray] = []
    points = view.points[view.sample[::8]]
    places: list[FloatArray] = []
    for motion in motions:
        moved = carry(points, motion)
        if all(
            ((moved - other) ** 2).sum(axis=1).mean() > voxel**2 for other in places
        ):
            places.append(moved)
            found.append(motion)
    return found
