"""What shape and colour leave open is told, and noise does not pass for shape."""

import numpy as np
import pytest

from scans.geometry.rigid import from_parts, inverse
from scans.reconstruction.determinacy import ROTATION, judge
from scans.reconstruction.refine import refine
from tests.scans.reconstruction.round_about import (
    NOISE_M,
    VIEWS,
    VOXEL,
    lumpy,
    placed,
    turned,
)


@pytest.mark.parametrize("noise_m", [NOISE_M, 5 * NOISE_M])
def test_a_turned_body_leaves_its_rotation_open(noise_m: float) -> None:
    views, poses = placed(turned, noise_m=noise_m)
    known = judge(views, poses, voxel=VOXEL, coloured=False)
    assert known.undetermined == [[ROTATION]] * VIEWS


@pytest.mark.parametrize("noise_m", [NOISE_M, 5 * NOISE_M])
def test_a_lumpy_body_leaves_nothing_open(noise_m: float) -> None:
    views, poses = placed(lumpy, noise_m=noise_m)
    assert judge(views, poses, voxel=VOXEL, coloured=False).is_whole


def test_painting_tells_how_a_turned_body_lies() -> None:
    views, poses = placed(turned, painted=True)
    assert not judge(views, poses, voxel=VOXEL, coloured=False).is_whole
    assert judge(views, poses, voxel=VOXEL, coloured=True).is_whole


def test_colours_turn_a_scan_back_that_shape_does_not_hold() -> None:
    views, poses = placed(turned, painted=True)
    angle = np.radians(0.8)
    spin = np.array(
        [
            [np.cos(angle), -np.sin(angle), 0],
            [np.sin(angle), np.cos(angle), 0],
            [0, 0, 1],
        ]
    )
    moved = [*poses[:1], from_parts(spin, np.zeros(3)) @ poses[1], *poses[2:]]
    found = refine(
        views, moved, voxel=VOXEL, samples=1500, progress=lambda _: None, coloured=True
    )
    for before, after in zip(poses, found.poses, strict=True):
        apart = inverse(found.poses[0]) @ after @ inverse(before) @ poses[0]
        turn_deg = np.degrees(np.abs(np.arctan2(apart[1, 0], apart[0, 0])))
        assert turn_deg < 0.05
