"""What is left aside before scans are placed, and that it can be taken back."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scans.constraints import Constraints, parse_constraints
from scans.errors import BadConstraints, NoSurface
from scans.geometry.rigid import from_twist, inverse
from scans.geometry.scan import Scan
from scans.readers import read_scan
from scans.reconstruction.fixture import Plane
from scans.reconstruction.seating import moved_between
from scans.stages.preparing import ASIDE, Prepared, prepare
from scans.synthetic import Scanning, synthesize
from tests.scans.shapes import body, sphere

SPREAD = np.random.default_rng(0).random((400, 3))


def prepared(scans: list[Scan], said: Constraints, *, mask: bool = False) -> Prepared:
    return prepare(
        scans, said, mask_fixture=mask, voxel_share=0.01, outlier_spacings=8.0, seed=1
    )


def three() -> list[Scan]:
    return [Scan(name, "PLY", SPREAD) for name in ("a", "b", "c")]


def test_nothing_said_leaves_everything(tmp_path: Path) -> None:
    ready = prepared(three(), Constraints())
    assert [len(scan.points) for scan in ready.scans] == [400] * 3
    assert ready.findings == []
    assert ready.figures() == {"points_aside": 0, "fixture_points": 0}


def test_what_was_asked_is_told_and_kept_by_index(tmp_path: Path) -> None:
    half = {"scan": "b", "point": [0.5] * 3, "normal": [1, 0, 0], "cut": "above"}
    said = parse_constraints({"leave_out": ["c"], "planes": [half]})
    ready = prepared(three(), said)
    assert [scan.name for scan in ready.scans] == ["a", "b"]
    assert ready.scans[1].points[:, 0].max() <= 0.5
    (finding,) = ready.findings
    gone = int((SPREAD[:, 0] > 0.5).sum())
    assert finding.facts == {"scans": 1, "points": gone}
    ready.save(tmp_path)
    with np.load(tmp_path / ASIDE) as held:
        assert held["names"].tolist() == ["a", "b", "c"]
        assert np.array_equal(held["0001"], np.flatnonzero(SPREAD[:, 0] > 0.5))
        assert len(held["0000"]) == 0
        assert len(held["0002"]) == 400


def test_a_cut_that_leaves_nothing_is_refused() -> None:
    all_of_it = {"scan": "a", "min": [-1] * 3, "max": [2] * 3}
    with pytest.raises(BadConstraints, match="hardly a point of it is left"):
        prepared(three(), parse_constraints({"boxes": [all_of_it]}))


def test_a_scan_of_a_few_points_is_not_placed() -> None:
    few = Scan("few", "E57", SPREAD[:3])
    ready = prepared([*three(), few], Constraints())
    assert [scan.name for scan in ready.scans] == ["a", "b", "c"]
    assert ready.small == ["few"]
    with pytest.raises(NoSurface, match="too few points"):
        prepared([few, replace(few, name="fewer")], Constraints())


def test_points_strewn_about_a_scan_are_left_aside_and_told(tmp_path: Path) -> None:
    points, strewn = body(sphere(3000), seed=1), SPREAD - 0.5
    scans = [
        Scan("clean", "PLY", points),
        Scan("strewn", "PLY", np.vstack([points, strewn])),
    ]
    ready = prepared(scans, Constraints())
    (finding,) = ready.findings
    assert (finding.code, finding.facts) == ("strays-aside", {"files": "strewn"})
    assert len(ready.scans[0].points) == 3000
    left = ready.scans[1].points
    assert 2990 <= len(left) <= 3020
    assert len(ready.aside["strewn"]) == 3400 - len(left)
    assert len(prepared(scans[1:], Constraints()).scans[0].points) == 3400


def test_a_sheet_that_was_scanned_thinly_is_no_swarm() -> None:
    dice = np.random.default_rng(2)
    near = np.column_stack([dice.random((4000, 2)) * 0.1, np.zeros(4000)])
    far = np.column_stack([dice.random((800, 2)) * 10, np.ones(800)])
    both = Scan("both", "E57", np.vstack([near, far]))
    ready = prepared([both, replace(both, name="again")], Constraints())
    assert [len(scan.points) for scan in ready.scans] == [4800, 4800]


@pytest.fixture(scope="module")
def on_a_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("table")
    scanning = Scanning(scans=6, points=2_500, noise_m=0.0001, fixture="turntable")
    moved = replace(scanning, plant="moved-turntable")
    synthesize("handled-jug", folder, seed=3, scanning=moved)
    return folder


@pytest.mark.slow
def test_a_fixture_is_masked_and_can_be_kept(on_a_table: Path) -> None:
    scans = [read_scan(path)[0] for path in sorted(on_a_table.glob("*.ply"))]
    ready = prepared(scans, Constraints(), mask=True)
    assert ready.fixture is not None
    assert [finding.code for finding in ready.findings] == ["fixture-masked"]
    for before, after in zip(scans, ready.scans, strict=True):
        aside = ready.aside[before.name]
        kept = np.delete(before.points, aside, axis=0)
        assert np.array_equal(kept, after.points)
    whole = prepared(scans, Constraints(), mask=False)
    assert whole.fixture is None
    assert [len(s.points) for s in whole.scans] == [len(s.points) for s in scans]


@pytest.mark.slow
def test_a_moved_table_is_found_between_the_right_scans(on_a_table: Path) -> None:
    scans = [read_scan(path)[0] for path in sorted(on_a_table.glob("*.ply"))]
    fixture = prepared(scans, Constraints(), mask=True).fixture
    assert fixture is not None
    assert fixture.support is not None
    truth = json.loads((on_a_table / "truth" / "poses.json").read_text())
    poses = [np.array(pose) for pose in truth.values()]
    assert moved_between(poses, fixture.support, voxel=0.003) == [2]


def test_an_object_that_only_turns_was_not_moved() -> None:
    axis = Plane(np.array([0.0, 1.0, 0.0]), -0.1)
    about = from_twist(np.array([0, 0, 0, 0.3, 0.0, -0.7]))
    turns = [from_twist(np.array([0, k * 0.6, 0, 0, 0, 0])) for k in range(6)]
    poses = [inverse(about @ turn @ inverse(about)) for turn in turns]
    assert moved_between(poses, axis, voxel=0.001) == []
    tipped = from_twist(np.array([0.4, 0, 0, 0, 0, 0]))
    poses[4:] = [inverse(tipped) @ pose for pose in poses[4:]]
    assert moved_between(poses, axis, voxel=0.001) == [3]
