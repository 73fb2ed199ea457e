"""Poses of all scans of a set, and how far each can be trusted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scans.reconstruction.candidates import choose_pairs
from scans.reconstruction.determinacy import ROTATION, Determinacy, judge
from scans.reconstruction.evidence import depth_image
from scans.reconstruction.features import all_coloured
from scans.reconstruction.joining import Placed, Trust, place
from scans.reconstruction.left_out import NotPlaced, not_placed
from scans.reconstruction.matching import Match, Prepared, match_pairs, prepare
from scans.reconstruction.pair_store import PairStore
from scans.reconstruction.refine import Refined, refine
from scans.reconstruction.second_look import DISPUTED, SEVERAL, disputed, look_again
from scans.reconstruction.standing import PairFound, ScanFound, Standing
from scans.reconstruction.unwinding import unwound
from scans.reconstruction.views import View

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Rules:
    """How to register (see recipes/schema.toml)."""

    trust: Trust
    voxel: float
    samples: int
    seed: int


@dataclass(frozen=True)
class Registration:
    """What came of registering; poses and views are those of the largest group.

    given : poses that files stated and that were started from
    """

    views: list[View]
    poses: list[FloatArray]
    scans: list[ScanFound]
    pairs: list[PairFound]
    groups: list[list[str]]
    not_placed: list[NotPlaced]
    doubled: list[tuple[str, str]]
    tried: int
    agreeing: int
    residual_m: float | None
    given: int = 0

    @property
    def undetermined(self) -> bool:
        """Tell whether some scan's pose cannot be known."""
        return any(scan.undetermined for scan in self.scans)


def alone(view: View) -> Registration:
    """Take a single scan as it is."""
    scan = ScanFound(view.name, None, None, [])
    return Registration(
        [view], [np.eye(4)], [scan], [], [[view.name]], [], [], 0, 0, None
    )


def register(
    views: list[View],
    rules: Rules,
    progress: Callable[[float], None],
    told: Sequence[Match] = (),
    store: PairStore | None = None,
) -> Registration:
    """Find the poses of several scans; with nothing to go by, one scan is left.

    told : pairs whose motion a person gave; they are believed and not matched again
    store : of pairs that were matched before
    """
    prepared = prepare(views, rules.voxel)
    given = {(match.first, match.second) for match in told}
    chosen = choose_pairs([entry.cloud for entry in prepared], seed=rules.seed)
    pairs = [pair for pair in chosen if pair not in given]
    matches = list(told) + match_pairs(
        prepared,
        pairs,
        voxel=rules.voxel,
        seed=rules.seed,
        progress=lambda f: progress(0.7 * f),
        store=store or PairStore(),
    )
    placed = place(
        prepared, matches, trust=rules.trust, voxel=rules.voxel, seed=rules.seed
    )
    turned = unwound(prepared, matches, placed, voxel=rules.voxel)
    placed, matches = turned.placed, turned.matches
    kept = placed.groups[0]
    refined, known = _settled(
        [prepared[k] for k in kept],
        [placed.poses[k] for k in kept],
        _among(matches, kept),
        replace(rules, trust=placed.trust),
        lambda f: progress(0.8 + 0.2 * f),
    )
    final = Standing(
        [prepared[k].view for k in kept],
        [prepared[k].image for k in kept],
        refined,
        placed.trust,
        rules.voxel,
    )
    known = known.also(ROTATION, {kept.index(k) for k in turned.loose})
    names = [view.name for view in views]
    agreeing = [pair for pair in placed.agreeing if set(pair) <= set(kept)]
    return Registration(
        views=[views[k] for k in kept],
        poses=refined.poses,
        scans=final.scans(known, _agreeing_each(kept, agreeing)),
        pairs=final.pairs(matches, names),
        groups=[[names[k] for k in members] for members in placed.groups],
        not_placed=_left_out(names, matches, placed),
        doubled=final.doubled(),
        tried=len(pairs),
        agreeing=len(agreeing),
        residual_m=refined.residual,
    )


def register_given(
    views: list[View],
    poses: list[FloatArray],
    rules: Rules,
    progress: Callable[[float], None],
    lost: Sequence[NotPlaced] = (),
) -> Registration:
    """Refine poses that are nearly right, and say how far each can be trusted."""
    refined, known = _refined(views, poses, rules, progress)
    final = Standing(
        views,
        [depth_image(v, rules.voxel) for v in views],
        refined,
        rules.trust,
        rules.voxel,
    )
    # A pose that its file states seconds each pair that meets there.
    meets = _agreeing_each(list(range(len(views))), list(refined.pairs))
    return Registration(
        views=views,
        poses=refined.poses,
        scans=final.scans(known, meets),
        pairs=final.pairs(),
        groups=[[view.name for view in views], *[[entry.name] for entry in lost]],
        not_placed=list(lost),
        doubled=final.doubled(),
        tried=0,
        agreeing=len(refined.pairs),
        residual_m=refined.residual,
    )


def _settled(
    prepared: list[Prepared],
    poses: list[FloatArray],
    matches: list[Match],
    rules: Rules,
    progress: Callable[[float], None],
) -> tuple[Refined, Determinacy]:
    """Refine poses, move what fits better elsewhere, and name what fits there as well."""
    views = [entry.view for entry in prepared]
    for final in (False, True):
        refined, known = _refined(views, poses, rules, progress)
        looked = look_again(
            prepared,
            refined.poses,
            matches,
            trust=rules.trust,
            voxel=rules.voxel,
            known=[not words for words in known.undetermined],
        )
        if final or not looked.moved:
            break
        poses = looked.poses
    # What would still be moved goes to and fro: nobody can tell where it belongs.
    shares = disputed(
        prepared, refined.poses, matches, trust=rules.trust, voxel=rules.voxel
    )
    half = {k for k, share in enumerate(shares) if share >= DISPUTED}
    return refined, known.also(SEVERAL, half | looked.open | looked.moved)


def _among(matches: list[Match], kept: list[int]) -> list[Match]:
    """Matches between scans of a group, counted as the group counts them."""
    place = {index: number for number, index in enumerate(kept)}
    return [
        replace(m, first=place[m.first], second=place[m.second])
        for m in matches
        if m.first in place and m.second in place
    ]


def _refined(
    views: list[View],
    poses: list[FloatArray],
    rules: Rules,
    progress: Callable[[float], None],
) -> tuple[Refined, Determinacy]:
    """Refine by shape; where that leaves a direction free, by colours too."""
    refined = refine(
        views, poses, voxel=rules.voxel, samples=rules.samples, progress=progress
    )
    known = judge(views, refined.poses, voxel=rules.voxel, coloured=False)
    if known.is_whole or not all_coloured(views):
        return refined, known
    refined = refine(
        views,
        refined.poses,
        voxel=rules.voxel,
        samples=rules.samples,
        progress=progress,
        coloured=True,
    )
    return refined, judge(views, refined.poses, voxel=rules.voxel, coloured=True)


def _agreeing_each(kept: list[int], agreeing: list[tuple[int, int]]) -> list[int]:
    return [sum(k in pair for pair in agreeing) for k in kept]


def _left_out(
    names: list[str], matches: list[Match], placed: Placed
) -> list[NotPlaced]:
    kept = placed.groups[0]
    return [
        not_placed(names, matches, k, kept) for k in range(len(names)) if k not in kept
    ]
