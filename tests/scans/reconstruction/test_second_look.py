"""A body that looks alike from several sides is told so; one that does not is known."""

import numpy as np
import pytest

from scans.geometry.rigid import FloatArray, carry, from_parts, inverse, turning_axis
from scans.geometry.scan import Scan
from scans.reconstruction.evidence import Evidence
from scans.reconstruction.joining import Trust
from scans.reconstruction.matching import Match, Prepared, prepare
from scans.reconstruction.second_look import Looked, disputed, look_again
from scans.reconstruction.views import view_of

VOXEL = 0.0035
POINTS = 6_000
NOISE_M = 0.0001
VIEWS = 4
TRUST = Trust(
    overlap_min=0.3, overlap_in_cycle_min=0.2, conflict_max=0.02, colour_min=0.65
)
Z = np.array([0.0, 0.0, 1.0])
QUARTER = turning_axis(Z, np.pi / 2)


def lobed(height: FloatArray, around: FloatArray, *, wart: float) -> FloatArray:
    """Points of a vessel of four lobes about z, with or without a wart on one of them."""
    radius = 0.06 + 0.02 * np.sin(np.pi * height) + 0.006 * np.cos(4 * around)
    off = np.hypot((np.angle(np.exp(1j * around))) / 0.35, (height - 0.5) / 0.15)
    radius = radius + wart * np.exp(-(off**2))
    flat = np.stack([np.cos(around), np.sin(around)], axis=1) * radius[:, None]
    return np.column_stack([flat, 0.2 * height - 0.1])


def scanned(wart: float) -> tuple[list[Prepared], list[FloatArray]]:
    """Scans from all sides, with noise, and their true poses."""
    random = np.random.default_rng(3)
    views, poses = [], []
    for k in range(VIEWS):
        towards = 2 * np.pi * k / VIEWS
        around = towards + random.uniform(-1.2, 1.2, POINTS)
        points = lobed(random.uniform(0.02, 0.98, POINTS), around, wart=wart)
        eye = 0.8 * np.array([np.cos(towards), np.sin(towards), 0.0])
        pose = from_parts(np.eye(3), eye)
        away = carry(points, inverse(pose))
        lines = away / np.linalg.norm(away, axis=1, keepdims=True)
        noisy = away + lines * random.normal(size=(POINTS, 1)) * NOISE_M
        scan = Scan(f"scan-{k}", "PLY", noisy, viewpoint=np.zeros(3))
        views.append(view_of(scan, coarse_m=VOXEL, finest_m=0.0))
        poses.append(pose)
    return prepare(views, VOXEL), poses


def looked_at(
    prepared: list[Prepared], poses: list[FloatArray], goal: list[FloatArray]
) -> Looked:
    """Look again, where some pairs say that the second scan is turned by a quarter."""
    return look_again(prepared, poses, said(goal), trust=TRUST, voxel=VOXEL)


def said(goal: list[FloatArray]) -> list[Match]:
    """One pair that puts the second scan a quarter off, and one that is right."""
    return [
        Match(0, 1, inverse(QUARTER @ goal[1]) @ goal[0], Evidence(0.6, 0.0)),
        Match(1, 2, inverse(goal[2]) @ goal[1], Evidence(0.6, 0.0)),
    ]


@pytest.fixture(scope="module")
def alike() -> tuple[list[Prepared], list[FloatArray]]:
    return scanned(wart=0.0)


@pytest.fixture(scope="module")
def marked() -> tuple[list[Prepared], list[FloatArray]]:
    return scanned(wart=0.008)


def test_a_scan_that_fits_as_well_elsewhere_is_open(
    alike: tuple[list[Prepared], list[FloatArray]],
) -> None:
    prepared, poses = alike
    looked = looked_at(prepared, poses, poses)
    assert 1 in looked.open
    assert looked.moved == set()


def test_a_mark_tells_how_a_scan_lies(
    marked: tuple[list[Prepared], list[FloatArray]],
) -> None:
    prepared, poses = marked
    looked = looked_at(prepared, poses, poses)
    assert looked.open == looked.moved == set()


def test_a_scan_in_the_wrong_place_is_moved_to_the_right_one(
    marked: tuple[list[Prepared], list[FloatArray]],
) -> None:
    prepared, poses = marked
    wrong = [poses[0], QUARTER @ poses[1], *poses[2:]]
    looked = looked_at(prepared, wrong, poses)
    assert looked.moved == {1}
    off = carry(prepared[1].view.points, looked.poses[1]) - carry(
        prepared[1].view.points, poses[1]
    )
    assert np.linalg.norm(off, axis=1).mean() < VOXEL / 10


def test_pairs_that_say_otherwise_are_counted(
    marked: tuple[list[Prepared], list[FloatArray]],
) -> None:
    prepared, poses = marked
    shares = disputed(prepared, poses, said(poses), trust=TRUST, voxel=VOXEL)
    assert shares == [1.0, 0.5, 0.0, 0.0]


@pytest.mark.parametrize(("colour", "share"), [(0.97, 0.5), (0.8, 0.0), (None, 0.5)])
def test_a_way_that_the_pair_s_own_colours_outdo_puts_nothing_in_doubt(
    colour: float | None,
    share: float,
    marked: tuple[list[Prepared], list[FloatArray]],
) -> None:
    prepared, poses = marked
    right = inverse(poses[1]) @ poses[0]
    wrong = inverse(QUARTER @ poses[1]) @ poses[0]
    matches = [
        Match(0, 1, right, Evidence(0.6, 0.0, None if colour is None else 0.98)),
        Match(0, 1, wrong, Evidence(0.6, 0.0, colour)),
    ]
    shares = disputed(prepared, poses, matches, trust=TRUST, voxel=VOXEL)
    assert shares[:2] == pytest.approx([share, share], abs=0.01)
