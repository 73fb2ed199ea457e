"""Join groups of scans of one round body along its axis.

Scans of a dish from above and from below share little more than its rim, of which features
find nothing. But each group knows the axis: all that is left is which end is up, and how
far along the axis the one lies from the other. Turns are not told.
"""

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import carry, from_parts, inverse, turning_axis
from scans.reconstruction.bridging import union_view
from scans.reconstruction.evidence import weigh
from scans.reconstruction.matching import CLOSE_ENOUGH, SAME, Prepared, distinct
from scans.reconstruction.polish import polish
from scans.reconstruction.round_body import UP, RoundBody
from scans.reconstruction.views import View

FloatArray = NDArray[np.float64]

STEP = 0.5  # voxels along the axis
SETTLED = 6  # ways to lie that are worth a closer look
ACROSS = np.array([1.0, 0.0, 0.0])


def ways_along(
    prepared: list[Prepared],
    poses: list[FloatArray],
    small: list[int],
    large: list[int],
    body: RoundBody,
) -> list[FloatArray]:
    """Motions of a group's frame into that of another, whose body is round; best first.

    Empty where the smaller group shows no round body by itself.
    """
    other = RoundBody(
        [prepared[k] for k in small], [poses[k] for k in small], body.voxel
    )
    if not other.is_round:
        return []
    ours, theirs = (
        union_view([(prepared[k].view, frame @ poses[k]) for k in members], body.voxel)
        for members, frame in ((small, other.frame), (large, body.frame))
    )
    guesses = _likeliest(ours, theirs, body.voxel)
    return [
        inverse(body.frame)
        @ polish(ours, theirs, motion, voxel=body.voxel)
        @ other.frame
        for motion in guesses
    ]


def _likeliest(ours: View, theirs: View, voxel: float) -> list[FloatArray]:
    """Either end up, at each step along the axis: those that most speaks for."""
    motions = []
    for end_up in (0.0, np.pi):
        turned = turning_axis(ACROSS, end_up)
        heights = carry(ours.points, turned)[:, 2]
        lowest = theirs.points[:, 2].min() - heights.max()
        highest = theirs.points[:, 2].max() - heights.min()
        motions += [
            from_parts(turned[:3, :3], shift * UP)
            for shift in np.arange(lowest, highest, STEP * voxel)
        ]
    scale = CLOSE_ENOUGH * voxel
    # Groups may share little: a rough look would meet too few points to tell anything.
    unseen = (None, None)
    weighed = [
        (weigh(ours, theirs, motion, voxel=voxel, images=unseen).weight(scale), motion)
        for motion in motions
    ]
    weighed.sort(key=lambda entry: -entry[0])
    ranked = [motion for weight, motion in weighed if weight > 0]
    return distinct(ranked, ours, voxel=SAME * voxel)[:SETTLED]
