"""Put scans together from their matched pairs, best first, and leave out what fits nowhere.

A pair is believed when the two share enough surface and neither floats in space that the
other saw to be empty. Two groups are joined only if that holds between all their scans.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import angle_between, carry, inverse, turn
from scans.reconstruction.evidence import DepthImage, Evidence, depth_image, weigh
from scans.reconstruction.pairs import (
    Match,
    all_coloured,
    featured,
    match,
    match_patiently,
)
from scans.reconstruction.views import View, thin_indices

FloatArray = NDArray[np.float64]

SAME_TURN_RAD = np.radians(6.0)  # two matches tell the same motion
# Colours that run alike over the whole overlap are not alike by chance.
SURE_COLOUR = 0.85
OVERLAP_IF_SURE = 0.5  # of what shape alone must share
CONFLICT_IF_SURE = 4.0  # of what shape alone may contradict
TRIES = 3  # of fitting one scan to all that are placed
SAME_SHIFT = 4.0  # voxels


@dataclass(frozen=True)
class Trust:
    """When a pair of scans is believed (shares of points, see Evidence)."""

    overlap_min: float
    overlap_in_cycle_min: float
    conflict_max: float
    colour_min: float

    def believes(self, evidence: Evidence, *, seconded: bool = False) -> bool:
        """Tell whether a pair holds; `seconded` when another pair says the same."""
        least = self.overlap_in_cycle_min if seconded else self.overlap_min
        if evidence.colour is not None and evidence.colour >= SURE_COLOUR:
            least *= OVERLAP_IF_SURE
        told = evidence.colour is None or evidence.colour >= self.colour_min
        return told and evidence.overlap >= least and self.is_free(evidence)

    def is_free(self, evidence: Evidence) -> bool:
        """Tell whether neither scan floats in what the other saw to be empty."""
        sure = evidence.colour is not None and evidence.colour >= SURE_COLOUR
        return evidence.conflict <= self.conflict_max * (
            CONFLICT_IF_SURE if sure else 1
        )


@dataclass(frozen=True)
class NotPlaced:
    """A scan that fits nowhere, and the scan it came nearest to."""

    name: str
    nearest: str
    overlap: float
    conflict: float


@dataclass
class Groups:
    """Scans put together so far: which group each is in, and its pose there."""

    group: list[int]
    poses: list[FloatArray]
    used: list[tuple[int, int]] = field(default_factory=list)

    def members(self, index: int) -> list[int]:
        """All scans in the group of one."""
        return [k for k, g in enumerate(self.group) if g == self.group[index]]


def place(
    views: list[View],
    matches: list[Match],
    *,
    trust: Trust,
    voxel: float,
    seed: int,
) -> tuple[dict[int, FloatArray], list[NotPlaced], list[tuple[int, int]]]:
    """Place scans in one frame: poses by index, what is left over, pairs that agree."""
    placing = _Placing(views, trust, voxel, seed)
    groups = Groups(list(range(len(views))), [np.eye(4) for _ in views])
    placing.join_all(groups, matches)
    largest = _largest(groups)
    largest = placing.add_singly(groups, largest)
    left = [k for k in range(len(views)) if k not in largest]
    base = inverse(groups.poses[largest[0]])
    poses = {k: base @ groups.poses[k] for k in largest}
    missing = [_not_placed(views, matches, k, poses) for k in left if k not in poses]
    agreeing = [
        (m.first, m.second)
        for m in matches
        if m.first in poses and m.second in poses and placing.agrees(m, groups)
    ]
    return poses, missing, agreeing


class _Placing:
    def __init__(
        self, views: list[View], trust: Trust, voxel: float, seed: int
    ) -> None:
        self.views = views
        self.trust = trust
        self.voxel = voxel
        self.seed = seed
        self.images: list[DepthImage | None] = [depth_image(v, voxel) for v in views]

    def join_all(self, groups: Groups, matches: list[Match]) -> None:
        """Join by strong pairs first, then by weak ones that two pairs tell alike."""
        ranked = sorted(
            matches, key=lambda m: (-m.evidence.weight(), m.first, m.second)
        )
        for found in ranked:
            if self._strong(found):
                self._join(groups, found)
        for found in ranked:
            if self._weak(found) and self._seconded(found, ranked, groups):
                self._join(groups, found)

    def _strong(self, found: Match) -> bool:
        return self.trust.believes(found.evidence)

    def _weak(self, found: Match) -> bool:
        return self.trust.believes(found.evidence, seconded=True)

    def _seconded(self, found: Match, matches: list[Match], groups: Groups) -> bool:
        """Tell whether another weak pair between the two groups says the same."""
        ends = (groups.group[found.first], groups.group[found.second])
        joint = self._joining(groups, found)
        for other in matches:
            if other is found or not self._weak(other):
                continue
            reached = (groups.group[other.first], groups.group[other.second])
            if reached == ends and self._near(joint, self._joining(groups, other)):
                return True
            if reached == ends[::-1] and self._near(
                joint, inverse(self._joining(groups, other))
            ):
                return True
        return False

    def _joining(self, groups: Groups, found: Match) -> FloatArray:
        """The motion from the first scan's group frame into the second's."""
        onto = groups.poses[found.second] @ found.motion
        return onto @ inverse(groups.poses[found.first])

    def _join(self, groups: Groups, found: Match) -> None:
        first, second = groups.members(found.first), groups.members(found.second)
        if found.second in first:
            return
        motion = self._joining(groups, found)
        if len(first) + len(second) > 2 and not self._free(
            groups, first, second, motion
        ):
            return
        target = groups.group[found.second]
        for member in first:
            groups.poses[member] = motion @ groups.poses[member]
            groups.group[member] = target

    def _free(
        self, groups: Groups, first: list[int], second: list[int], motion: FloatArray
    ) -> bool:
        """Tell whether no scan of one group floats in what one of the other saw."""
        lenient = replace(self.trust, conflict_max=2 * self.trust.conflict_max)
        return all(
            lenient.is_free(
                self._evidence(
                    i, j, inverse(groups.poses[j]) @ motion @ groups.poses[i]
                )
            )
            for i in first
            for j in second
        )

    def _evidence(self, i: int, j: int, motion: FloatArray) -> Evidence:
        images = (self.images[i], self.images[j])
        return weigh(
            self.views[i], self.views[j], motion, voxel=self.voxel, images=images
        )

    def _near(self, first: FloatArray, second: FloatArray) -> bool:
        turned = angle_between(first, second)
        middle = np.mean([v.points.mean(axis=0) for v in self.views], axis=0)
        apart = carry(middle[None], first) - carry(middle[None], second)
        shift = float(np.linalg.norm(apart))
        return turned < SAME_TURN_RAD and shift < SAME_SHIFT * self.voxel

    def agrees(self, found: Match, groups: Groups) -> bool:
        """Tell whether a pair's own motion is the one between the final poses."""
        final = inverse(groups.poses[found.second]) @ groups.poses[found.first]
        return self._near(found.motion, final)

    def add_singly(self, groups: Groups, placed: list[int]) -> list[int]:
        """Fit what is left to all that is placed, until nothing more fits."""
        for number in range(TRIES if len(placed) > 1 else 0):
            for index in sorted(set(range(len(self.views))) - set(placed)):
                if self.try_against(groups, index, placed, seed=self.seed + number):
                    placed = sorted([*placed, index])
        return placed

    def try_against(
        self, groups: Groups, index: int, placed: list[int], *, seed: int
    ) -> bool:
        """Try to fit one scan to all placed ones together; place it if that holds."""
        view = self.views[index]
        coloured = all_coloured(self.views)
        points, normals, colours = self._union(groups, placed, coloured=coloured)
        few = (
            view.colours[view.coarse] if view.colours is not None and coloured else None
        )
        source = featured(
            view.points[view.coarse], view.normals[view.coarse], few, self.voxel
        )
        target = featured(points, normals, colours, self.voxel)
        # Features alone failed on single pairs: from the second try on, sample patiently.
        method = match if seed == self.seed else match_patiently
        pose = method(source, target, self.voxel, seed=seed)
        found = [
            self._evidence(index, k, inverse(groups.poses[k]) @ pose) for k in placed
        ]
        if not all(self.trust.is_free(e) for e in found):
            return False
        if not any(self.trust.believes(e) for e in found):
            return False
        groups.poses[index] = pose
        groups.group[index] = groups.group[placed[0]]
        return True

    def _union(
        self, groups: Groups, placed: list[int], *, coloured: bool
    ) -> tuple[FloatArray, FloatArray, NDArray[np.uint8] | None]:
        chosen = [(self.views[k], groups.poses[k]) for k in placed]
        points = np.vstack([carry(v.points[v.coarse], p) for v, p in chosen])
        normals = np.vstack([turn(v.normals[v.coarse], p) for v, p in chosen])
        keep = thin_indices(points, self.voxel)
        parts = [v.colours[v.coarse] for v, _ in chosen if v.colours is not None]
        colours = np.vstack(parts)[keep] if coloured else None
        return points[keep], normals[keep], colours


def _largest(groups: Groups) -> list[int]:
    sizes = {g: groups.group.count(g) for g in groups.group}
    best = max(sizes, key=lambda g: (sizes[g], -groups.group.index(g)))
    return [k for k, g in enumerate(groups.group) if g == best]


def _not_placed(
    views: list[View], matches: list[Match], index: int, poses: dict[int, FloatArray]
) -> NotPlaced:
    def other(found: Match) -> int:
        return found.second if found.first == index else found.first

    about = [m for m in matches if index in (m.first, m.second) and other(m) in poses]
    if not about:
        return NotPlaced(views[index].name, "", 0.0, 0.0)
    best = max(about, key=lambda m: m.evidence.overlap - m.evidence.conflict)
    return NotPlaced(
        name=views[index].name,
        nearest=views[other(best)].name,
        overlap=round(best.evidence.overlap, 4),
        conflict=round(best.evidence.conflict, 4),
    )
