"""Poses that files state are the start; one that cannot be right is found out."""

import numpy as np
import pytest

from scans.geometry.rigid import FloatArray, angle_between, carry, from_twist, inverse
from scans.geometry.scan import Scan
from scans.reconstruction.posed import Start, poses_off, settled, start_from
from scans.reconstruction.refine import refine
from scans.reconstruction.views import View, view_of
from tests.scans.shapes import scans_of

VOXEL = 0.0035
Made = list[tuple[FloatArray, FloatArray]]


@pytest.fixture(scope="module")
def made() -> Made:
    return scans_of(seed=7, count=6)


@pytest.fixture(scope="module")
def views(made: Made) -> list[View]:
    scans = [Scan(f"scan-{k}", "PTX", cloud) for k, (cloud, _) in enumerate(made)]
    return [view_of(scan, coarse_m=VOXEL, finest_m=0.0) for scan in scans]


def refined(views: list[View], start: Start) -> dict[int, FloatArray]:
    index = sorted(start.poses)
    found = refine(
        [views[k] for k in index],
        [start.poses[k] for k in index],
        voxel=VOXEL,
        samples=1000,
        progress=lambda _: None,
    )
    return dict(zip(index, found.poses, strict=True))


def shaken(made: Made, size: float, seed: int) -> list[FloatArray | None]:
    """Stated poses: the true ones, off by about `size` metres and radians."""
    random = np.random.default_rng(seed)
    return [from_twist(random.normal(size=6) * size) @ pose for _, pose in made]


def worst_degrees(found: dict[int, FloatArray], made: Made) -> float:
    first = min(found)
    back = made[first][1] @ inverse(found[first])
    return max(
        float(np.degrees(angle_between(back @ pose, made[k][1])))
        for k, pose in found.items()
    )


@pytest.mark.slow
def test_stated_poses_are_refined_together(made: Made, views: list[View]) -> None:
    stated = shaken(made, 0.004, seed=1)
    start = start_from(views, stated, voxel=VOXEL, seed=1)
    assert sorted(start.poses) == list(range(6))
    assert start.agrees()
    found = refined(views, start)
    before = {k: pose for k, pose in enumerate(stated) if pose is not None}
    assert worst_degrees(found, made) < 0.2 < worst_degrees(before, made)


@pytest.mark.slow
@pytest.mark.parametrize("size", [0.5, 0.02])
def test_a_pose_that_is_off_is_told_with_how_far(
    size: float, made: Made, views: list[View]
) -> None:
    stated = shaken(made, 0.0001, seed=2)
    wrong = from_twist(np.array([0, size, 0, size / 10, 0, 0]))
    stated[3] = wrong @ made[3][1]
    found = refined(views, start_from(views, stated, voxel=VOXEL, seed=1))
    (off,) = poses_off(views, stated, found, voxel=VOXEL)
    assert off.name == "scan-3"
    assert off.turn_rad == pytest.approx(size, rel=0.1)
    apart = carry(made[3][0], wrong @ made[3][1]) - carry(made[3][0], made[3][1])
    expected = float(np.sqrt((apart**2).sum(axis=1).mean()))
    assert off.shift_m == pytest.approx(expected, rel=0.1)
    assert worst_degrees(found, made) < 0.2


@pytest.mark.slow
def test_a_scan_without_a_pose_is_fitted_to_the_others(
    made: Made, views: list[View]
) -> None:
    stated = shaken(made, 0.0001, seed=3)
    stated[2] = None
    start = start_from(views, stated, voxel=VOXEL, seed=1)
    assert worst_degrees(start.poses, made) < 1.0


@pytest.mark.slow
def test_a_station_that_shares_nothing_keeps_its_pose(
    made: Made, views: list[View]
) -> None:
    stated = shaken(made, 0.0001, seed=4)
    far = from_twist(np.array([0, 0, 0, 5.0, 0, 0])) @ made[5][1]
    stated[5] = far
    start = start_from(views, stated, voxel=VOXEL, seed=1)
    # It would fit where the others are: that says the pose is off, not that it is alone.
    assert 5 in start.poses
    strange = scans_of(seed=99, count=1)[0][0]
    scan = Scan("stranger", "PTX", strange)
    alone = view_of(scan, coarse_m=VOXEL, finest_m=0.0)
    start = start_from([*views[:4], alone], [*stated[:4], far], voxel=VOXEL, seed=1)
    assert start.alone == [4]
    assert np.array_equal(start.poses[4], far)


def test_poses_of_which_no_two_agree_are_no_start(
    made: Made, views: list[View]
) -> None:
    stated = shaken(made, 1.0, seed=5)
    start = start_from(views[:3], stated[:3], voxel=VOXEL, seed=1)
    assert not start.agrees()


def test_what_a_person_picked_does_not_slide_away(made: Made) -> None:
    """Two caps of one body share nothing that would hold them where they belong."""
    caps = []
    for cloud, _ in (made[0], made[2]):
        near = cloud[:, 2] > np.quantile(cloud[:, 2], 0.6)
        caps.append(
            view_of(Scan("cap", "PLY", cloud[near]), coarse_m=VOXEL, finest_m=0)
        )
    true = inverse(made[2][1]) @ made[0][1]
    picked = from_twist(np.full(6, 0.002)) @ true
    found = settled(caps[0], caps[1], picked, VOXEL)
    points = caps[0].points
    apart = np.linalg.norm(carry(points, found) - carry(points, true), axis=1)
    assert apart.max() < 0.01
