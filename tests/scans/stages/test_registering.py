"""What the stage that places scans writes down."""

import json
from pathlib import Path

import numpy as np
import pye57
import pytest
from scipy.spatial.transform import Rotation

from scans.cost import Clock
from scans.geometry.rigid import angle_between, carry, inverse
from scans.inputs import find_inputs
from scans.monitor import Monitor
from scans.recipe import POSED_SCANS, read_recipe
from scans.runner import Stage, run_stages
from scans.stages.reading import ReadStage
from scans.stages.registering import RegisterStage, rounded, steady
from tests.scans.shapes import scans_of


def test_noise_of_the_last_bit_is_not_written() -> None:
    """Sums over threads leave 1e-16 open, on either side of nought."""
    pose = np.eye(4)
    noise = np.full((4, 4), 3e-16)
    above, below = rounded(pose + noise), rounded(pose - noise)
    assert json.dumps(above.tolist()) == json.dumps(below.tolist())
    assert not np.signbit(below).any()


def test_scans_left_out_change_the_step_only_where_they_were_not_like_the_others() -> (
    None
):
    assert steady(1.0, 1.05) == 1.05
    assert steady(1.0, 8.0) == 1.0
    assert steady(1.0, 0.2) == 1.0


Station = tuple[np.ndarray, np.ndarray]  # points, and the pose that is stated


def placed(folder: Path, stations: list[Station]) -> tuple[list[np.ndarray], list[str]]:
    """Write an E57, place its stations; give their poses and what was said."""
    path = folder / "set.e57"
    with pye57.E57(str(path), mode="w") as file:
        for points, pose in stations:
            names = ("cartesianX", "cartesianY", "cartesianZ")
            held = dict(zip(names, points.T.copy(), strict=True))
            turned = Rotation.from_matrix(pose[:3, :3]).as_quat(scalar_first=True)
            file.write_scan_raw(held, rotation=turned, translation=pose[:3, 3])
    stages: list[Stage] = [
        ReadStage(find_inputs(path), ""),
        RegisterStage(read_recipe(POSED_SCANS).parameters),
    ]
    monitor = Monitor(lambda _: None, Clock({"read": 1.0, "register": 1.0}))
    records = run_stages(stages, folder / "work", key="k", monitor=monitor)
    found = json.loads((records["register"].folder / "poses.json").read_text())
    poses = [np.array(pose) for pose in found.values()]
    return poses, [finding.code for finding in monitor.findings]


def most_apart_rad(found: list[np.ndarray], truth: list[np.ndarray]) -> float:
    """Largest angle between found and true poses, seen from the first scan."""
    start, true_start = inverse(found[0]), inverse(truth[0])
    return max(
        angle_between(start @ pose, true_start @ true)
        for pose, true in zip(found, truth, strict=True)
    )


@pytest.fixture(scope="module")
def turned() -> list[Station]:
    """Six scans from round about, each in its own frame, with the true poses."""
    return scans_of(7, 6, points=6000)


def test_one_pose_for_all_scans_tells_nothing_of_them(
    tmp_path: Path, turned: list[Station]
) -> None:
    """Programs write the identity where they know none; some pairs agree by chance."""
    found, said = placed(tmp_path, [(points, np.eye(4)) for points, _ in turned])
    assert most_apart_rad(found, [pose for _, pose in turned]) < np.radians(0.5)
    assert "given-poses-unused" not in said


def test_scans_that_lie_in_one_frame_already_stay_there(
    tmp_path: Path, turned: list[Station]
) -> None:
    world = [(carry(points, pose), np.eye(4)) for points, pose in turned]
    found, _ = placed(tmp_path, world)
    assert most_apart_rad(found, [np.eye(4)] * 6) < np.radians(0.5)


def test_poses_that_are_written_the_other_way_round_are_not_used(
    tmp_path: Path, turned: list[Station]
) -> None:
    found, said = placed(tmp_path, [(p, inverse(pose)) for p, pose in turned])
    assert most_apart_rad(found, [pose for _, pose in turned]) < np.radians(0.5)
    assert "given-poses-unused" in said
