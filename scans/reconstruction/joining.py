"""Put scans together from their matched pairs, best first, and leave out what fits nowhere.

A pair is believed when the two share enough surface, lie as close there as pairs of this
set do, and neither floats in space that the other saw to be empty. Two groups are joined
only if nothing between any of their scans speaks against it.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import angle_between, carry, inverse
from scans.reconstruction.bridging import gathered
from scans.reconstruction.evidence import Evidence, weigh, weigh_roughly
from scans.reconstruction.groups import Groups
from scans.reconstruction.matching import Match, Prepared, match
from scans.reconstruction.polish import polish

FloatArray = NDArray[np.float64]

SAME_TURN_RAD = np.radians(6.0)  # two matches tell the same motion
SAME_SHIFT = 4.0  # voxels
# Colours that run alike over the whole overlap are not alike by chance.
SURE_COLOUR = 0.85
OVERLAP_IF_SURE = 0.5  # of what shape alone must share
CONFLICT_IF_SURE = 4.0  # of what shape alone may contradict
# Of all right pairs measured, bunny's and generated ones, those that share a third lie
# within 1.5 of the usual distance; wrong ones begin at 2.
APART_MAX = 1.75
APART_ALWAYS = 0.05  # voxels: closer than that tells nothing, however little noise
APART_AT_ALL = 0.25  # voxels: no right pair lies farther, even where noise is strong
# Right pairs that share little lie up to 2.4 apart, at steps and rims; wrong ones lie so
# too at times, but not all of a group's pairs at once: those are pooled.
APART_ONE = 1.75  # of APART_MAX, that one pair across two groups may be apart
WORTH_CHECKING = 0.15  # overlap from which two scans must also lie close
TRIES = 2  # of bridging two groups
SECONDED = 2  # scans of the largest group that must believe one taken out of another
BRIDGES = 16  # guesses how one group lies to another


@dataclass(frozen=True)
class Trust:
    """When a pair of scans is believed (shares of points, see Evidence).

    apart_max_m : how far apart surfaces of a right pair may lie, metres
    """

    overlap_min: float
    overlap_in_cycle_min: float
    conflict_max: float
    colour_min: float
    apart_max_m: float = float(np.inf)

    def believes(self, evidence: Evidence, *, seconded: bool = False) -> bool:
        """Tell whether a pair holds; `seconded` when another pair says the same."""
        least = self.overlap_in_cycle_min if seconded else self.overlap_min
        if evidence.colour is not None and evidence.colour >= SURE_COLOUR:
            least *= OVERLAP_IF_SURE
        told = evidence.colour is None or evidence.colour >= self.colour_min
        close = evidence.apart <= self.apart_max_m
        return told and close and evidence.overlap >= least and self.is_free(evidence)

    def is_free(self, evidence: Evidence) -> bool:
        """Tell whether neither scan floats in what the other saw to be empty."""
        sure = evidence.colour is not None and evidence.colour >= SURE_COLOUR
        return evidence.conflict <= self.conflict_max * (
            CONFLICT_IF_SURE if sure else 1
        )

    def allows(self, evidence: Evidence) -> bool:
        """Tell whether nothing between two scans of one frame speaks against it."""
        lenient = replace(self, conflict_max=2 * self.conflict_max)
        if not lenient.is_free(evidence):
            return False
        if evidence.overlap < WORTH_CHECKING:
            return True
        told = evidence.colour is None or evidence.colour >= self.colour_min / 2
        return told and evidence.apart <= self.apart_max_m * APART_ONE


@dataclass(frozen=True)
class Placed:
    """What came of placing.

    groups    : indices, the largest group first; single scans are groups of one
    poses     : of all scans, each in the frame of its group's first
    agreeing  : pairs whose own match says what the final poses say
    trust     : when a pair is believed, with how far apart this set's pairs may lie
    """

    groups: list[list[int]]
    poses: list[FloatArray]
    agreeing: list[tuple[int, int]]
    trust: Trust


def usual_distance(matches: list[Match], trust: Trust) -> float:
    """How far apart surfaces of right pairs lie: the median of each scan's best match."""
    best: dict[int, float] = {}
    for found in matches:
        evidence = found.evidence
        if evidence.overlap < trust.overlap_in_cycle_min or not trust.is_free(evidence):
            continue
        for index in (found.first, found.second):
            best[index] = min(evidence.apart, best.get(index, np.inf))
    return float(np.median(list(best.values()))) if best else float(np.inf)


def place(
    prepared: list[Prepared],
    matches: list[Match],
    *,
    trust: Trust,
    voxel: float,
    seed: int,
) -> Placed:
    """Place scans in one frame, or in as many as do not connect."""
    usual = usual_distance(matches, trust)
    limit = float(
        np.clip(APART_MAX * usual, APART_ALWAYS * voxel, APART_AT_ALL * voxel)
    )
    placing = Placing(prepared, replace(trust, apart_max_m=limit), voxel, seed)
    groups = Groups(list(range(len(prepared))), [np.eye(4) for _ in prepared])
    placing.join_all(groups, matches, usual)
    placing.bridge_all(groups)
    if placing.free_all(groups, matches):
        placing.bridge_all(groups)
    found = groups.all()
    poses = list(groups.poses)
    for members in found:
        base = inverse(groups.poses[members[0]])
        for k in members:
            poses[k] = base @ groups.poses[k]
    agreeing = sorted(
        {(m.first, m.second) for m in matches if placing.agrees(m, groups)}
    )
    return Placed(found, poses, agreeing, placing.trust)


@dataclass
class Placing:
    """Joins groups of scans as long as something speaks for it and nothing against."""

    prepared: list[Prepared]
    trust: Trust
    voxel: float
    seed: int
    refused: set[tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=set)

    @cached_property
    def middle(self) -> FloatArray:
        """A place amid the scans, (1, 3), at which motions are compared."""
        middles = [entry.view.points.mean(axis=0) for entry in self.prepared]
        return np.asarray(np.mean(middles, axis=0)[None])

    def join_all(self, groups: Groups, matches: list[Match], usual: float) -> None:
        """Join by strong pairs first, then by weak ones that two pairs tell alike."""
        weak = [m for m in matches if self.trust.believes(m.evidence, seconded=True)]
        weak.sort(key=lambda m: (-m.evidence.weight(usual), m.first, m.second))
        for found in weak:
            if self.trust.believes(found.evidence):
                self.join(groups, found.first, found.second, found.motion)
        for found in weak:
            if self._seconded(found, weak, groups):
                self.join(groups, found.first, found.second, found.motion)

    def _seconded(self, found: Match, weak: list[Match], groups: Groups) -> bool:
        """Tell whether another weak pair between the two groups says the same."""
        ends = (groups.group[found.first], groups.group[found.second])
        joint = groups.between(found.first, found.second, found.motion)
        for other in weak:
            if {other.first, other.second} == {found.first, found.second}:
                continue
            reached = (groups.group[other.first], groups.group[other.second])
            said = groups.between(other.first, other.second, other.motion)
            if reached == ends and self._near(joint, said):
                return True
            if reached == ends[::-1] and self._near(joint, inverse(said)):
                return True
        return False

    def join(self, groups: Groups, i: int, j: int, motion: FloatArray) -> bool:
        """Join the groups of two scans by a motion between the two, if all allows it."""
        first, second = groups.members(i), groups.members(j)
        if j in first:
            return False
        onto = groups.between(i, j, motion)
        if len(first) + len(second) > 2 and not self._allowed(
            groups, first, second, onto
        ):
            return False
        groups.merge(first, onto, j)
        return True

    def _allowed(
        self, groups: Groups, first: list[int], second: list[int], onto: FloatArray
    ) -> bool:
        """Tell whether nothing across two groups speaks against it, alone or pooled."""
        met = []
        for i in first:
            for j in second:
                motion = inverse(groups.poses[j]) @ onto @ groups.poses[i]
                found = self._across(i, j, motion)
                if not self.trust.allows(found):
                    return False
                if found.overlap >= WORTH_CHECKING:
                    met.append((found.overlap, found.apart))
        if not met:
            return True
        overlap, apart = np.array(met).T
        pooled = float(np.sqrt((overlap * apart**2).sum() / overlap.sum()))
        return pooled <= self.trust.apart_max_m

    def _across(self, i: int, j: int, motion: FloatArray) -> Evidence:
        """Weigh how two scans of two groups lie; small errors of a chain are mended."""
        sides = (self.prepared[i].view, self.prepared[j].view)
        rough = weigh_roughly(*sides, motion, voxel=self.voxel)
        if rough.overlap >= WORTH_CHECKING:
            mended = polish(*sides, motion, voxel=self.voxel, share=4)
            if self._near(mended, motion):
                motion = mended
        return self.evidence(i, j, motion)

    def evidence(self, i: int, j: int, motion: FloatArray) -> Evidence:
        """Weigh a motion between two scans."""
        first, second = self.prepared[i], self.prepared[j]
        images = (first.image, second.image)
        return weigh(first.view, second.view, motion, voxel=self.voxel, images=images)

    def _near(self, first: FloatArray, second: FloatArray) -> bool:
        turned = angle_between(first, second)
        apart = carry(self.middle, first) - carry(self.middle, second)
        shift = float(np.linalg.norm(apart))
        return turned < SAME_TURN_RAD and shift < SAME_SHIFT * self.voxel

    def agrees(self, found: Match, groups: Groups) -> bool:
        """Tell whether a pair's own motion is the one between the final poses."""
        if groups.group[found.first] != groups.group[found.second]:
            return False
        final = inverse(groups.poses[found.second]) @ groups.poses[found.first]
        return self._near(found.motion, final)

    def bridge_all(self, groups: Groups) -> None:
        """Match groups as wholes until no two fit: they share more than single scans do."""
        for number in range(TRIES):
            while self._bridge_any(groups, number):
                pass

    def _bridge_any(self, groups: Groups, number: int) -> bool:
        found = groups.all()
        for place, large in enumerate(found):
            for small in found[place + 1 :]:
                # Two single scans were matched as a pair already.
                if len(large) == 1 and len(found) > 2:
                    continue
                if self._bridge(groups, small, large, number):
                    return True
        return False

    def _bridge(
        self, groups: Groups, small: list[int], large: list[int], number: int
    ) -> bool:
        key = ((number, *small), tuple(large))
        if key in self.refused:
            return False
        ends = [
            gathered(self.prepared, members, groups.poses, self.voxel)
            for members in (small, large)
        ]
        ways = match(*ends, voxel=self.voxel, seed=self.seed + number, guesses=BRIDGES)
        for motion, evidence in ways:
            if evidence.overlap < self.trust.overlap_in_cycle_min:
                continue
            if self.join_groups(groups, small, large, motion):
                return True
        self.refused.add(key)
        return False

    def join_groups(
        self, groups: Groups, small: list[int], large: list[int], onto: FloatArray
    ) -> bool:
        """Join two groups by a motion of their frames, if a pair across is believed."""
        i, j = small[0], large[0]
        between = inverse(groups.poses[j]) @ onto @ groups.poses[i]
        return self._believed(groups, small, large, onto) and self.join(
            groups, i, j, between
        )

    def free_all(self, groups: Groups, matches: list[Match]) -> bool:
        """Take scans out of small groups that hold them wrongly; tell whether any was.

        One false pair makes a group that fits nowhere. A scan of it that several of the
        largest group believe, and none speaks against, is placed by itself.
        """
        strong = [m for m in matches if self.trust.believes(m.evidence)]
        freed = False
        for found in sorted(strong, key=lambda m: -m.evidence.weight()):
            large = groups.all()[0]
            ends = (found.first, found.second)
            outside = [k for k in ends if k not in large]
            if len(outside) != 1 or len(groups.members(outside[0])) == 1:
                continue
            (index,) = outside
            onto = groups.poses[ends[0] if index == ends[1] else ends[1]]
            to_other = found.motion if index == ends[0] else inverse(found.motion)
            freed |= self._free(groups, index, large, onto @ to_other)
        return freed

    def _free(
        self, groups: Groups, index: int, large: list[int], place: FloatArray
    ) -> bool:
        meets = [
            self._across(index, k, inverse(groups.poses[k]) @ place) for k in large
        ]
        believed = sum(self.trust.believes(e, seconded=True) for e in meets)
        if believed < SECONDED or not all(self.trust.allows(e) for e in meets):
            return False
        groups.poses[index] = place
        groups.group[index] = groups.group[large[0]]
        return True

    def _believed(
        self, groups: Groups, first: list[int], second: list[int], onto: FloatArray
    ) -> bool:
        """Tell whether one pair across is believed."""
        for i in first:
            for j in second:
                motion = inverse(groups.poses[j]) @ onto @ groups.poses[i]
                sides = (self.prepared[i].view, self.prepared[j].view)
                if weigh_roughly(*sides, motion, voxel=self.voxel).overlap < 0.1:
                    continue
                mended = polish(*sides, motion, voxel=self.voxel, share=2)
                if self._near(mended, motion) and self.trust.believes(
                    self.evidence(i, j, mended)
                ):
                    return True
        return False
