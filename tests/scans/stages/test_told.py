"""What a person says of places and cuts holds in the run."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from scans.constraints import parse_constraints
from scans.geometry.rigid import angle_between, carry, inverse
from scans.geometry.scan import Scan
from scans.recipe import Parameters
from scans.runner import Bench
from scans.scan_store import load_cloud, save_scans
from scans.stages.cutting import cut_in_world
from scans.stages.registering import RegisterStage
from tests.scans.shapes import scans_of


@pytest.mark.slow
def test_told_places_and_a_cut_in_the_world_hold(tmp_path: Path) -> None:
    (cloud, pose), (other, other_pose) = scans_of(seed=7, count=6)[:2]
    true = inverse(other_pose) @ pose
    random = np.random.default_rng(0)
    mine = cloud[random.integers(0, len(cloud), 4)]
    # Clicked, so a millimetre off.
    theirs = carry(mine, true) + random.normal(size=mine.shape) * 0.001
    places = np.stack([mine, theirs], axis=1).tolist()
    middle = other.mean(axis=0).tolist()
    said = {
        "pairs": [{"first": "a", "second": "b", "points": places}],
        "planes": [{"point": middle, "normal": [0, 1, 0], "cut": "above"}],
    }
    scans = [Scan("b", "PLY", other, unit="m"), Scan("a", "PLY", cloud, unit="m")]
    register = tmp_path / "register"
    told = registered(tmp_path, scans, said)
    poses = json.loads((register / "poses.json").read_text())
    found = inverse(np.array(poses["b"])) @ np.array(poses["a"])
    assert np.degrees(angle_between(found, true)) < 0.5
    kept = cut(tmp_path, said)
    assert 0 < len(kept) < len(cloud) + len(other)
    assert kept[:, 1].max() <= middle[1]
    assert "scan-not-placed" not in told


def cut(folder: Path, said: dict[str, Any]) -> Any:
    """Cut what was placed; give the points that are left."""
    (folder / "surface").mkdir()
    finished: Any = {"register": SimpleNamespace(folder=folder / "register")}
    bench = Bench(folder / "surface", finished, lambda _: None, lambda _: None)
    cloud = load_cloud(folder / "register" / "cloud.npz")
    return cut_in_world(cloud, parse_constraints(said), bench).points


def registered(folder: Path, scans: list[Scan], said: dict[str, Any]) -> list[str]:
    """Run the stage; give the codes of what it found."""
    for name in ("read", "register"):
        (folder / name).mkdir()
    save_scans(folder / "read", scans)
    told: list[str] = []
    finished: Any = {"read": SimpleNamespace(folder=folder / "read")}
    bench = Bench(
        folder / "register",
        finished,
        lambda _: None,
        lambda finding: told.append(finding.code),
    )
    # Alone, the machine would not believe so little: it asks for more than there is.
    RegisterStage(Parameters(overlap_min=0.95), parse_constraints(said)).run(bench)
    return told
