"""What placed scans say of each other at their final poses: pairs, trust, doubles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scans.geometry.rigid import inverse
from scans.reconstruction.determinacy import Determinacy
from scans.reconstruction.evidence import DepthImage, Evidence, weigh
from scans.reconstruction.joining import Trust
from scans.reconstruction.matching import Match
from scans.reconstruction.refine import Refined
from scans.reconstruction.views import View

SAME_POINTS = 0.99  # overlap of two scans that may be one and the same
# Two measurements always differ by more.
LEAST_NOISE = 0.02  # of the usual residual
LEAST_APART = 1e-3  # voxels


@dataclass(frozen=True)
class PairFound:
    """Two scans that were held against one another.

    overlap    : share they have in common
    residual_m : how close they lie; None where they do not meet
    used       : whether the poses were refined by it
    """

    first: str
    second: str
    overlap: float
    residual_m: float | None
    used: bool


@dataclass(frozen=True)
class ScanFound:
    """A placed scan: how sure its place is (0..1, None where nobody can tell)."""

    name: str
    confidence: float | None
    residual_m: float | None
    undetermined: list[str]


class Standing:
    """What placed scans say of each other at their final poses."""

    def __init__(
        self,
        views: list[View],
        images: list[DepthImage | None],
        refined: Refined,
        trust: Trust,
        voxel: float,
    ) -> None:
        self.views = views
        self.refined = refined
        self.trust = trust
        self.voxel = voxel
        self.evidence = {
            (i, j): weigh(
                views[i],
                views[j],
                inverse(refined.poses[j]) @ refined.poses[i],
                voxel=voxel,
                images=(images[i], images[j]),
            )
            for i, j in refined.pairs
        }

    def pairs(
        self, matches: Sequence[Match] = (), names: Sequence[str] = ()
    ) -> list[PairFound]:
        """All pairs that meet; then those that were matched and not believed.

        matches : counted as `names` are
        """
        return self._used() + self._refused(matches, names)

    def _used(self) -> list[PairFound]:
        return [
            PairFound(
                first=self.views[i].name,
                second=self.views[j].name,
                overlap=round(self.evidence[i, j].overlap, 4),
                residual_m=residual,
                used=True,
            )
            for (i, j), residual in sorted(self.refined.pairs.items())
        ]

    def _refused(
        self, matches: Sequence[Match], names: Sequence[str]
    ) -> list[PairFound]:
        """The best that each other pair came to."""
        used = {(self.views[i].name, self.views[j].name) for i, j in self.refined.pairs}
        best: dict[tuple[str, str], Evidence] = {}
        for match in matches:
            pair = (names[match.first], names[match.second])
            if pair in used or pair[::-1] in used:
                continue
            if pair not in best or match.evidence.overlap > best[pair].overlap:
                best[pair] = match.evidence
        return [
            PairFound(
                first=first,
                second=second,
                overlap=round(evidence.overlap, 4),
                residual_m=evidence.apart if np.isfinite(evidence.apart) else None,
                used=False,
            )
            for (first, second), evidence in sorted(best.items())
        ]

    def scans(self, known: Determinacy, agreeing: list[int]) -> list[ScanFound]:
        """All scans, each with its confidence."""
        usual = max(float(np.median(self.refined.each)), LEAST_APART * self.voxel)
        return [
            ScanFound(
                name=view.name,
                confidence=None
                if words
                else round(self._confidence(k, usual, agreeing[k]), 3),
                residual_m=self.refined.each[k],
                undetermined=words,
            )
            for k, (view, words) in enumerate(
                zip(self.views, known.undetermined, strict=True)
            )
        ]

    def _confidence(self, index: int, usual: float, agreeing: int) -> float:
        """Product of what speaks for a scan's place, each from 0 to 1."""
        about = [e for pair, e in self.evidence.items() if index in pair]
        if not about:
            return 0.0
        # Matches were made one by one: that several agree by chance gets unlikely fast.
        seconded = 1.0 - 0.5 ** (1 + agreeing)
        shared = min(1.0, sum(e.overlap for e in about) / (2 * self.trust.overlap_min))
        close = min(1.0, 1.5 * usual / max(self.refined.each[index], 1e-12))
        conflict = max(e.conflict for e in about)
        free = 1.0 - min(1.0, conflict / max(4 * self.trust.conflict_max, 1e-12))
        return seconded * shared * close * free

    def doubled(self) -> list[tuple[str, str]]:
        """Pairs that are one scan twice: all points meet, closer than two scans can."""
        usual = float(np.median(list(self.refined.pairs.values()) or [0.0]))
        least = max(LEAST_NOISE * usual, LEAST_APART * self.voxel)
        return [
            (self.views[i].name, self.views[j].name)
            for (i, j), residual in sorted(self.refined.pairs.items())
            if residual < least and self.evidence[i, j].overlap > SAME_POINTS
        ]
