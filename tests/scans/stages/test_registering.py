"""What the stage that places scans writes down."""

import json
from pathlib import Path

import numpy as np
import pye57

from scans.cost import Clock
from scans.geometry.rigid import angle_between, inverse
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


def test_one_pose_for_all_scans_tells_nothing_of_them(tmp_path: Path) -> None:
    """Programs write the identity where they know none; some pairs agree by chance."""
    truth = []
    with pye57.E57(str(tmp_path / "set.e57"), mode="w") as file:
        for points, pose in scans_of(7, 6, points=6000):
            names = ("cartesianX", "cartesianY", "cartesianZ")
            held = dict(zip(names, points.T.copy(), strict=True))
            still = np.array([1.0, 0, 0, 0])
            file.write_scan_raw(held, rotation=still, translation=np.zeros(3))
            truth.append(pose)
    inputs = find_inputs(tmp_path / "set.e57")
    stages: list[Stage] = [
        ReadStage(inputs, ""),
        RegisterStage(read_recipe(POSED_SCANS).parameters),
    ]
    monitor = Monitor(lambda _: None, Clock({"read": 1.0, "register": 1.0}))
    records = run_stages(stages, tmp_path / "work", key="k", monitor=monitor)
    held = json.loads((records["register"].folder / "poses.json").read_text())
    found = [np.array(held[f"set.e57#{k + 1}"]) for k in range(6)]
    for pose, true in zip(found, truth, strict=True):
        apart = inverse(found[0]) @ pose, inverse(truth[0]) @ true
        assert angle_between(*apart) < np.radians(0.5)
