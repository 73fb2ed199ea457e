"""Look again at each placed scan: would it fit as well, or better, somewhere else?

A square box has four ways to stand, a jug looks alike all round but for its handle. Scans
are joined by the pair that speaks loudest; what its other pairs say is weighed here
against all scans together, at poses that are refined.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import carry, inverse
from scans.reconstruction.bridging import union_view
from scans.reconstruction.evidence import Evidence, weigh
from scans.reconstruction.joining import Trust
from scans.reconstruction.matching import Match, Prepared, distinct
from scans.reconstruction.polish import polish
from scans.reconstruction.views import View

FloatArray = NDArray[np.float64]

SEVERAL = "one of several positions"
ELSEWHERE = 4.0  # voxels, from which a place is another one
PLACES = 4  # other places of a scan that are weighed
# Share of its pairs that put a scan elsewhere. Bodies that look like nothing but themselves
# have none; of a plain box with a lock, scans placed wrongly had three in ten and more.
DISPUTED = 0.25
SHARED = 0.6  # of what a scan shares where it is: heaped on another it shares more
# What speaks for a place falls with the square of the distance between surfaces. Between
# copies of one body those differ by up to a fourth; on wrong places by half and more.
ALIKE = 0.6
# Colours of a right pair run together to a few hundredths; what is less than that is noise.
FAINT = 0.05


@dataclass(frozen=True)
class Looked:
    """What came of it.

    poses : of all scans; those that fit better elsewhere were moved there
    open  : scans that fit as well elsewhere
    moved : scans that were moved
    """

    poses: list[FloatArray]
    open: set[int]
    moved: set[int]


def look_again(
    prepared: list[Prepared],
    poses: list[FloatArray],
    matches: list[Match],
    *,
    trust: Trust,
    voxel: float,
    known: Sequence[bool] | None = None,
) -> Looked:
    """Weigh other places that pairs believed in; matches count scans as `prepared` does.

    known : scans to look at, True for each that nothing else leaves open; all by default
    """
    looked = Looked(list(poses), set(), set())
    for index in range(len(prepared)):
        if known is not None and not known[index]:
            continue
        places = _elsewhere(prepared, looked.poses, matches, index, trust, voxel)
        if places:
            _weigh_places(prepared, looked, index, places, trust, voxel)
    return looked


def disputed(
    prepared: list[Prepared],
    poses: list[FloatArray],
    matches: list[Match],
    *,
    trust: Trust,
    voxel: float,
) -> list[float]:
    """What share of the pairs believed of each scan puts it elsewhere, 0 to 1.

    A wrong set that agrees with itself forbids the right place of each of its scans; the
    pairs, matched one by one, do not.
    """
    sides = np.zeros((2, len(prepared)))
    for found in _told(matches, trust):
        final = inverse(poses[found.second]) @ poses[found.first]
        off = _apart(prepared[found.first].view, found.motion, final, voxel)
        for index in (found.first, found.second):
            sides[int(off), index] += found.evidence.weight(trust.apart_max_m)
    total = sides.sum(axis=0)
    return [float(s) for s in sides[1] / np.where(total > 0, total, 1.0)]


def _told(matches: list[Match], trust: Trust) -> list[Match]:
    """Matches that are believed, without ways to lie that another of the pair outdoes.

    A plain box fits in several ways nearly as well by shape; where its colours run
    together in one of them, the others say nothing.
    """
    believed = [m for m in matches if trust.believes(m.evidence, seconded=True)]
    least: dict[tuple[int, int], float] = {}
    for found in believed:
        if found.evidence.colour is not None:
            pair, unlike = (found.first, found.second), 1.0 - found.evidence.colour
            least[pair] = min(least.get(pair, 1.0), unlike)
    return [
        m
        for m in believed
        if m.evidence.colour is None
        or ALIKE * (1.0 - m.evidence.colour) <= max(least[m.first, m.second], FAINT)
    ]


def _elsewhere(
    prepared: list[Prepared],
    poses: list[FloatArray],
    matches: list[Match],
    index: int,
    trust: Trust,
    voxel: float,
) -> list[FloatArray]:
    """Poses that believed pairs give a scan, other than the one it has."""
    told = [m for m in _told(matches, trust) if index in (m.first, m.second)]
    told.sort(key=lambda m: -m.evidence.weight(trust.apart_max_m))
    said = [
        poses[m.second] @ m.motion
        if m.first == index
        else poses[m.first] @ inverse(m.motion)
        for m in told
    ]
    here = poses[index]
    found = distinct([here, *said], prepared[index].view, voxel=ELSEWHERE * voxel)
    return found[1 : 1 + PLACES]


def _weigh_places(
    prepared: list[Prepared],
    looked: Looked,
    index: int,
    places: list[FloatArray],
    trust: Trust,
    voxel: float,
) -> None:
    """Say of one scan whether another place is as good, or take a better one."""
    round_it = _Round(prepared, looked.poses, index, trust, voxel)
    here = looked.poses[index]
    now = round_it.weigh(here)
    for place in places:
        settled = polish(round_it.view, round_it.rest, place, voxel=voxel, share=2)
        if not _apart(round_it.view, settled, here, voxel):
            continue
        there = round_it.weigh(settled)
        if there.overlap < SHARED * now.overlap or not round_it.allows(settled):
            continue
        ours, theirs = _compared(now, there)
        if theirs * ALIKE > ours:
            looked.poses[index], now = settled, there
            looked.moved.add(index)
            looked.open.discard(index)
        elif theirs >= ALIKE * ours:
            looked.open.add(index)


def _compared(now: Evidence, there: Evidence) -> tuple[float, float]:
    """What speaks for two places, as if both shared as much.

    Scans that are heaped on one another share more than those that lie side by side, and
    are no more right for it.
    """
    usual = min(now.apart, there.apart)
    first, second = (replace(e, overlap=1.0).weight(usual) for e in (now, there))
    return first, second


def _apart(view: View, first: FloatArray, second: FloatArray, voxel: float) -> bool:
    points = view.points[view.sample[::8]]
    off = carry(points, first) - carry(points, second)
    return bool((off**2).sum(axis=1).mean() > (ELSEWHERE * voxel) ** 2)


class _Round:
    """All other scans, round the place of one."""

    def __init__(
        self,
        prepared: list[Prepared],
        poses: list[FloatArray],
        index: int,
        trust: Trust,
        voxel: float,
    ) -> None:
        self.others = [
            (entry, poses[k]) for k, entry in enumerate(prepared) if k != index
        ]
        self.mine = prepared[index]
        self.view = self.mine.view
        self.trust, self.voxel = trust, voxel
        self.rest = union_view([(e.view, pose) for e, pose in self.others], voxel)

    def weigh(self, place: FloatArray) -> Evidence:
        """What all others together say of a place."""
        images = (self.mine.image, None)
        return weigh(self.view, self.rest, place, voxel=self.voxel, images=images)

    def allows(self, place: FloatArray) -> bool:
        """Tell whether none of the others speaks against a place."""
        return all(
            self.trust.allows(
                weigh(
                    self.view,
                    entry.view,
                    inverse(pose) @ place,
                    voxel=self.voxel,
                    images=(self.mine.image, entry.image),
                )
            )
            for entry, pose in self.others
        )
