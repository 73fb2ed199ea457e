"""A handle tells how far a scan of a round body is turned; alike handles do not."""

import numpy as np
import pytest

from scans.geometry.rigid import (
    FloatArray,
    angle_between,
    carry,
    from_parts,
    inverse,
    turn,
    turning_axis,
)
from scans.geometry.scan import Scan
from scans.reconstruction.evidence import depth_image
from scans.reconstruction.matching import Prepared
from scans.reconstruction.modes import Featured
from scans.reconstruction.round_body import RoundBody
from scans.reconstruction.spin import Spun, spun
from scans.reconstruction.views import view_of

VOXEL = 0.0035
POINTS = 8_000
VIEWS = 6
Z = np.array([0.0, 0.0, 1.0])
# Turns are found in steps of a voxel; refining does the rest.
STEP_RAD = VOXEL / 0.12


def jar(random: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Points and normals of a jar, round about z, 0.2 m high."""
    height, around = random.uniform(0.02, 0.98, POINTS), random.uniform(0, 7, POINTS)
    radius = 0.06 + 0.03 * np.sin(np.pi * height)
    slope = 0.03 * np.pi * np.cos(np.pi * height) / 0.2
    out = np.column_stack([np.cos(around), np.sin(around), np.zeros(POINTS)])
    points = out * radius[:, None] + Z * (0.2 * height - 0.1)[:, None]
    normals = out - Z * slope[:, None]
    return points, normals / np.linalg.norm(normals, axis=1, keepdims=True)


def handle(random: np.random.Generator, at: float) -> tuple[FloatArray, FloatArray]:
    """Points and normals of half a ring that stands off a jar, at an angle."""
    along, round_it = random.uniform(-1.5, 1.5, 1500), random.uniform(0, 7, 1500)
    out = np.column_stack([np.cos(along), np.zeros(1500), np.sin(along)])
    side = np.array([0.0, 1.0, 0.0])
    normals = out * np.cos(round_it)[:, None] + side * np.sin(round_it)[:, None]
    points = np.array([0.088, 0.0, 0.0]) + 0.03 * out + 0.007 * normals
    turned = turning_axis(Z, at)
    return carry(points, turned), turn(normals, turned)


def knob(random: np.random.Generator, at: float) -> tuple[FloatArray, FloatArray]:
    """Points and normals of a ball on a jar, at an angle."""
    normals = random.normal(size=(1500, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    points = np.array([0.095, 0.0, 0.03]) + 0.018 * normals
    turned = turning_axis(Z, at)
    return carry(points, turned), turn(normals, turned)


def scanned(
    handles: list[float], knobs: tuple[float, ...] = ()
) -> tuple[list[Prepared], list[FloatArray]]:
    """Scans from all sides, each in its scanner's frame, and their true poses."""
    random = np.random.default_rng(3)
    prepared, poses = [], []
    for k in range(VIEWS):
        towards = 2 * np.pi * k / VIEWS + 0.2
        eye = 0.8 * np.array([np.cos(towards), np.sin(towards), 0.0])
        parts = [jar(random), *(handle(random, at) for at in handles)]
        parts += [knob(random, at) for at in knobs]
        points = np.vstack([part[0] for part in parts])
        normals = np.vstack([part[1] for part in parts])
        pose = from_parts(np.eye(3), eye)
        facing = (normals * (eye - points)).sum(axis=1) > 0.1
        # What lies behind the jar is hidden by it, unless it stands out at its sides.
        aside = np.abs(points @ np.cross(Z, eye / 0.8))
        facing &= (points @ eye > 0) | (aside > 0.092)
        seen = carry(points[facing], inverse(pose))
        scan = Scan(f"scan-{k}", "PLY", seen, viewpoint=np.zeros(3))
        view = view_of(scan, coarse_m=VOXEL, finest_m=0.0)
        none = Featured(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 1)))
        prepared.append(Prepared(view, none, depth_image(view, VOXEL)))
        poses.append(pose)
    return prepared, poses


def found_from_any_turn(
    prepared: list[Prepared], poses: list[FloatArray]
) -> Spun | None:
    """Turn each scan by chance, as pairs do that see a round body only; settle."""
    random = np.random.default_rng(1)
    wrong = [turning_axis(Z, random.uniform(0, 7)) @ pose for pose in poses]
    body = RoundBody(prepared, wrong, VOXEL)
    assert body.is_round
    assert all(body.holds(*each) for each in zip(prepared, wrong, strict=True))
    return spun(prepared, wrong, body)


def test_a_handle_tells_how_each_scan_is_turned() -> None:
    prepared, poses = scanned([0.0], (2.8,))
    found = found_from_any_turn(prepared, poses)
    assert found is not None
    assert found.settled == set(range(VIEWS))
    onto = poses[0] @ inverse(found.poses[0])
    for k in range(VIEWS):
        assert angle_between(onto @ found.poses[k], poses[k]) < 2 * STEP_RAD
    assert len(found.agreeing) >= VIEWS - 1


@pytest.mark.parametrize("count", [0, 2, 3])
def test_no_handle_and_alike_handles_tell_nothing(count: int) -> None:
    prepared, poses = scanned([2 * np.pi * k / count for k in range(count)])
    assert found_from_any_turn(prepared, poses) is None


def test_a_lump_is_no_round_body() -> None:
    prepared, poses = scanned([0.0])
    tilted = [
        pose @ turning_axis(np.array([1.0, 0.0, 0.0]), 0.5 * k)
        for k, pose in enumerate(poses)
    ]
    assert not RoundBody(prepared, tilted, VOXEL).is_round
