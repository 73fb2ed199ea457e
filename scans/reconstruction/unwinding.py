"""Give placed scans of a round body the turns that its handle tells."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import inverse
from scans.reconstruction.determinacy import ROTATION, judge
from scans.reconstruction.evidence import weigh
from scans.reconstruction.joining import Placed, Trust
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
    if not _is_loose(prepared, kept, placed.poses, voxel):
        return same
    body = RoundBody(
        [prepared[k] for k in kept], [placed.poses[k] for k in kept], voxel
    )
    if not body.is_round:
        return same
    poses = {k: placed.poses[k] for k in kept}
    poses |= _adopted(prepared, matches, poses, body, placed.trust)
    members = sorted(poses)
    found = spun([prepared[k] for k in members], [poses[k] for k in members], body)
    if found is None:
        return same
    return _told(prepared, matches, placed, members, found, voxel)


def _is_loose(
    prepared: list[Prepared], kept: list[int], poses: list[FloatArray], voxel: float
) -> bool:
    """Tell whether shape leaves the turn of some scan open."""
    known = judge(
        [prepared[k].view for k in kept],
        [poses[k] for k in kept],
        voxel=voxel,
        coloured=False,
    )
    return any(ROTATION in words for words in known.undetermined)


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
    others = [[k for k in group if k not in kept] for group in placed.groups[1:]]
    agreeing = [(members[i], members[j]) for i, j in found.agreeing]
    said = [_match(prepared, poses, pair, voxel) for pair in agreeing]
    outside = [m for m in matches if not {m.first, m.second} <= set(kept)]
    return Unwound(
        replace(
            placed,
            groups=[kept, *[group for group in others if group]],
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
