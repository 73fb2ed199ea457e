"""Give placed scans of a round body the turns that its handle tells."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import inverse
from scans.reconstruction.coaxial import ways_along
from scans.reconstruction.determinacy import ROTATION, judge
from scans.reconstruction.evidence import weigh
from scans.reconstruction.features import all_coloured
from scans.reconstruction.groups import Groups
from scans.reconstruction.joining import Placed, Placing, Trust
from scans.reconstruction.matching import Match, Prepared
from scans.reconstruction.refine import refine
from scans.reconstruction.round_body import RoundBody
from scans.reconstruction.spin import Spun, spun

FloatArray = NDArray[np.float64]

ROUGH = 2.0  # voxels: turns are found in steps of one
ROUGH_SAMPLES = 1000


@dataclass(frozen=True)
class Unwound:
    """Scans with new turns.

    matches : those between scans that were turned say what the new poses say
    loose   : scans of the largest group whose turn is still unknown
    """

    placed: Placed
    matches: list[Match]
    loose: set[int]


def unwound(
    prepared: list[Prepared], matches: list[Match], placed: Placed, *, voxel: float
) -> Unwound:
    """Turn scans of a round body to where what stands off it meets.

    Its scans were joined by pairs that agree in all but the turn, of which shape along
    the body tells nothing. Other bodies stay as they were placed.
    """
    same = Unwound(placed, matches, set())
    kept = placed.groups[0]
    if not any(_open_turns(prepared, kept, placed.poses, voxel, coloured=False)):
        return same
    body = RoundBody(
        [prepared[k] for k in kept], [placed.poses[k] for k in kept], voxel
    )
    if not body.is_round:
        return same
    poses = {k: placed.poses[k] for k in kept}
    adopted = _adopted(prepared, matches, poses, body, placed.trust)
    poses |= adopted
    members = sorted(poses)
    found = spun([prepared[k] for k in members], [poses[k] for k in members], body)
    if found is not None:
        return _told(prepared, matches, placed, members, found, voxel)
    if len(placed.groups) == 1:
        return same
    coloured = all_coloured([one.view for one in prepared])
    if not all(_open_turns(prepared, kept, placed.poses, voxel, coloured=coloured)):
        return same
    rest = _without(placed.groups[1:], list(adopted))
    joined = _along_axis(prepared, placed, rest, body)
    return _taken_in(placed, matches, adopted | joined)


def _open_turns(
    prepared: list[Prepared],
    kept: list[int],
    poses: list[FloatArray],
    voxel: float,
    *,
    coloured: bool,
) -> list[bool]:
    """Tell of each scan of a group whether its turn is left open."""
    known = judge(
        [prepared[k].view for k in kept],
        [poses[k] for k in kept],
        voxel=voxel,
        coloured=coloured,
    )
    return [ROTATION in words for words in known.undetermined]


def _taken_in(
    placed: Placed, matches: list[Match], taken: dict[int, FloatArray]
) -> Unwound:
    """Put scans of a body whose turns nobody can tell with the rest of it.

    taken : their poses in the frame of the largest group. They were refused because they
        gainsay some scan in its turn, which is by chance, or share too little to be found.
    """
    kept = sorted({*placed.groups[0], *taken})
    poses = [taken.get(k, pose) for k, pose in enumerate(placed.poses)]
    base = inverse(poses[kept[0]])
    for k in kept:
        poses[k] = base @ poses[k]
    return Unwound(
        replace(placed, groups=[kept, *_without(placed.groups[1:], kept)], poses=poses),
        matches,
        set(taken),
    )


def _along_axis(
    prepared: list[Prepared], placed: Placed, rest: list[list[int]], body: RoundBody
) -> dict[int, FloatArray]:
    """Poses of groups that are joined to the largest along the body's axis."""
    large = placed.groups[0]
    placing = Placing(prepared, placed.trust, body.voxel, seed=0)
    found: dict[int, FloatArray] = {}
    for small in rest:
        number = {k: n for n, group in enumerate((large, small)) for k in group}
        for onto in ways_along(prepared, placed.poses, small, large, body):
            groups = Groups(
                [number.get(k, -1) for k in range(len(prepared))], list(placed.poses)
            )
            if placing.join_groups(groups, small, large, onto):
                found |= {k: groups.poses[k] for k in small}
                break
    return found


def _without(groups: list[list[int]], taken: list[int]) -> list[list[int]]:
    """Groups without scans that are elsewhere now."""
    left = [[k for k in group if k not in taken] for group in groups]
    return [group for group in left if group]


def _adopted(
    prepared: list[Prepared],
    matches: list[Match],
    poses: dict[int, FloatArray],
    body: RoundBody,
    trust: Trust,
) -> dict[int, FloatArray]:
    """Poses of scans that were left out only because a handle was in the way."""
    found: dict[int, FloatArray] = {}
    for match in sorted(matches, key=lambda m: -m.evidence.weight(trust.apart_max_m)):
        evidence = replace(match.evidence, conflict=0.0)
        ends = (match.first, match.second)
        outside = [k for k in ends if k not in poses and k not in found]
        if len(outside) != 1 or not trust.believes(evidence):
            continue
        (index,) = outside
        other = ends[0] if index == ends[1] else ends[1]
        onto = poses[other] if other in poses else found[other]
        motion = match.motion if index == ends[0] else inverse(match.motion)
        if body.holds(prepared[index], onto @ motion):
            found[index] = onto @ motion
    return found


def _told(
    prepared: list[Prepared],
    matches: list[Match],
    placed: Placed,
    members: list[int],
    found: Spun,
    voxel: float,
) -> Unwound:
    """Put turned scans in the place of what was placed before."""
    settled = {members[k] for k in found.settled}
    kept = sorted(settled | set(placed.groups[0]))
    number = {k: n for n, k in enumerate(members)}
    refined = refine(
        [prepared[k].view for k in kept],
        [found.poses[number[k]] for k in kept],
        voxel=ROUGH * voxel,
        samples=ROUGH_SAMPLES,
        progress=lambda _: None,
    )
    base = inverse(refined.poses[0])
    poses = list(placed.poses)
    for k, pose in zip(kept, refined.poses, strict=True):
        poses[k] = base @ pose
    agreeing = [(members[i], members[j]) for i, j in found.agreeing]
    said = [_match(prepared, poses, pair, voxel) for pair in agreeing]
    outside = [m for m in matches if not {m.first, m.second} <= set(kept)]
    return Unwound(
        replace(
            placed,
            groups=[kept, *_without(placed.groups[1:], kept)],
            poses=poses,
            agreeing=sorted(agreeing),
        ),
        outside + said,
        set(kept) - settled,
    )


def _match(
    prepared: list[Prepared],
    poses: list[FloatArray],
    pair: tuple[int, int],
    voxel: float,
) -> Match:
    first, second = (prepared[k] for k in pair)
    motion = inverse(poses[pair[1]]) @ poses[pair[0]]
    images = (first.image, second.image)
    evidence = weigh(first.view, second.view, motion, voxel=voxel, images=images)
    return Match(*pair, motion, evidence)
