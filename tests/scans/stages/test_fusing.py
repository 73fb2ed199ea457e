"""A real sequence from its files to a fused surface, with and without its poses."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scans.cost import Clock
from scans.events import Event
from scans.geometry.mesh_file import read_master
from scans.geometry.rigid import inverse
from scans.monitor import Monitor
from scans.recipe import RGBD_SEQUENCE, read_recipe
from scans.runner import Stage, run_stages
from scans.sequences import given_sequence, sequence_inputs
from scans.stages.frames import FramesStage
from scans.stages.fusing import FuseStage, TrackStage
from scans.stages.surfacing import MASTER

EVERY = 2  # frames that are taken: half of them keep the test short


@pytest.fixture(scope="module")
def frames(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty frames of the living room, two of them spoilt, in a folder of their own."""
    source = shared_data / "rgbd" / "livingroom1-micro"
    folder = tmp_path_factory.mktemp("room")
    for part in ("depth", "image"):
        (folder / part).mkdir()
        for path in sorted((source / part).iterdir())[: 20 * EVERY : EVERY]:
            shutil.copyfile(path, folder / part / path.name)
    spoilt = sorted((folder / "depth").iterdir())
    Image.fromarray(np.zeros((480, 640), np.uint16)).save(spoilt[5])
    Image.fromarray(np.full((240, 320), 900, np.uint16)).save(spoilt[9])
    return folder


@pytest.fixture(scope="module")
def truth(shared_data: Path) -> list[np.ndarray]:
    log = shared_data / "rgbd" / "livingroom1-micro" / "test_scene" / "trajectory.log"
    rows = [line.split() for line in log.read_text().splitlines()]
    return [np.array(rows[5 * n + 1 : 5 * n + 5], dtype=float) for n in range(40)]


def test_frames_become_a_surface(
    frames: Path, truth: list[np.ndarray], tmp_path: Path
) -> None:
    told: list[Event] = []
    clock = Clock({"read": 1.0, "register": 1.0, "surface": 1.0})
    monitor = Monitor(told.append, clock)
    sequence = given_sequence(frames, tmp_path)
    assert sequence is not None
    parameters = read_recipe(RGBD_SEQUENCE, ["voxel_m=0.02"]).parameters
    stages: list[Stage] = [
        FramesStage(sequence, sequence_inputs(sequence), parameters.far_m),
        TrackStage(parameters),
        FuseStage(parameters),
    ]
    records = run_stages(stages, tmp_path, key="x", monitor=monitor)
    codes = [finding.code for finding in monitor.findings]
    assert codes == ["intrinsics-assumed", "frame-left-out", "frame-left-out"]
    poses = json.loads((records["register"].folder / "poses.json").read_text())
    assert len(poses) == 18
    last = np.array(poses["00038"])
    drift = np.linalg.norm(last[:3, 3] - (inverse(truth[0]) @ truth[38])[:3, 3])
    assert drift < 0.015  # of 0.73 m; 0.008 is measured
    mesh = read_master(records["surface"].folder / MASTER)
    assert 5.0 < float(mesh.areas().sum()) < 10.0
    assert mesh.colours is not None
    held = json.loads((records["register"].folder / "registration.json").read_text())
    assert {pair["used"] for pair in held["pairs"]} == {True}
    assert held["groups"] == [list(poses)]
