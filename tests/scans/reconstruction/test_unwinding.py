"""Of a body whose turns nobody can tell no scan is left out for its turn."""

import numpy as np
import pytest

from scans.geometry.rigid import FloatArray, inverse, turning_axis
from scans.reconstruction.evidence import Evidence
from scans.reconstruction.joining import Placed, Trust
from scans.reconstruction.matching import Match, Prepared, prepare
from scans.reconstruction.round_body import UP
from scans.reconstruction.unwinding import unwound
from tests.scans.reconstruction.round_about import (
    VIEWS,
    VOXEL,
    Shape,
    lumpy,
    placed,
    turned,
)

TRUST = Trust(0.3, 0.2, 0.02, 0.65, apart_max_m=0.0003)


def left_out(shape: Shape, lost: int) -> tuple[list[Prepared], Placed, list[Match]]:
    """Scans in their places but for one, that a pair puts there at another turn."""
    views, poses = placed(shape)
    kept = [k for k in range(VIEWS) if k != lost]
    told = [inverse(poses[kept[0]]) @ pose for pose in poses]
    other = kept[-1]
    # The jar's axis is the world's: a turn about it is one that shape allows.
    said = turning_axis(UP, np.radians(40.0)) @ poses[lost]
    motion = inverse(poses[other]) @ said
    if lost > other:
        pair, motion = (other, lost), inverse(motion)
    else:
        pair = (lost, other)
    match = Match(*pair, motion, Evidence(0.5, 0.0, None, 0.0001))
    poses = [np.eye(4) if k == lost else pose for k, pose in enumerate(told)]
    found = Placed([kept, [lost]], poses, [], TRUST)
    return prepare(views, VOXEL), found, [match]


@pytest.mark.parametrize("lost", [0, 3])
def test_a_scan_of_a_plain_jar_is_told_open_like_the_rest(lost: int) -> None:
    prepared, before, matches = left_out(turned, lost)
    after = unwound(prepared, matches, before, voxel=VOXEL)
    assert after.placed.groups == [list(range(VIEWS))]
    assert after.loose == {lost}
    np.testing.assert_allclose(after.placed.poses[0], np.eye(4), atol=1e-9)
    axes = [
        pose[:3, :3] @ inverse(true)[:3, :3] @ UP
        for pose, true in zip(after.placed.poses, placed(turned)[1], strict=True)
    ]
    np.testing.assert_allclose(axes, np.tile(axes[0], (VIEWS, 1)), atol=1e-9)


def test_a_scan_of_a_body_that_is_not_round_stays_left_out() -> None:
    prepared, before, matches = left_out(lumpy, 3)
    after = unwound(prepared, matches, before, voxel=VOXEL)
    assert after.placed.groups == before.groups
    assert after.loose == set()


@pytest.mark.slow
def test_groups_of_a_plain_jar_are_joined_along_its_axis() -> None:
    """From below and from above: no pair was found across, but both know the axis."""
    prepared, before, poses, others = halves(turned)
    after = unwound(prepared, [], before, voxel=VOXEL)
    assert after.placed.groups == [[*before.groups[0], *before.groups[1]]]
    assert after.loose == set(before.groups[1])
    for pose, true in zip(after.placed.poses, [*poses, *others], strict=True):
        home = pose @ inverse(true)  # from the jar's frame
        np.testing.assert_allclose(home[:3, 3], inverse(poses[0])[:3, 3], atol=5e-4)
        np.testing.assert_allclose(home[:3, 2], inverse(poses[0])[:3, 2], atol=5e-3)


@pytest.mark.slow
def test_groups_of_two_jars_are_not() -> None:
    """What stands far off the other's wall is another body."""
    prepared, before, _, _ = halves(swollen)
    after = unwound(prepared, [], before, voxel=VOXEL)
    assert after.placed.groups == before.groups


def halves(
    upper: Shape,
) -> tuple[list[Prepared], Placed, list[FloatArray], list[FloatArray]]:
    """A jar from below and a shape from above, placed apart; the true poses of both."""
    below, poses = placed(turned, band=(0.02, 0.65))
    above, others = placed(upper, band=(0.3, 0.98))
    told = [inverse(group[0]) @ pose for group in (poses, others) for pose in group]
    groups = [list(range(VIEWS)), list(range(VIEWS, 2 * VIEWS))]
    found = Placed(groups, told, [], TRUST)
    return prepare([*below, *above], VOXEL), found, poses, others


def swollen(height: FloatArray, around: FloatArray) -> FloatArray:
    """The jar, a tenth wider."""
    return turned(height, around) * [1.1, 1.1, 1.0]
