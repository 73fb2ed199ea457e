"""Each known defect, planted in a generated set, is told on the quality sheet by name.

What registration finds is looked for after a real registration; what the measures find,
with the true poses, so that these tests do not hang on how well scans were placed.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scans.cost import Clock, Load, estimate
from scans.geometry.spacing import point_spacing
from scans.inputs import find_inputs
from scans.monitor import Monitor
from scans.recipe import RANGE_SCANS, Parameters, read_recipe
from scans.reconstruction.surface import merge
from scans.reconstruction.views import view_of
from scans.runner import Bench, Stage, run_stages, write_json
from scans.scan_store import load_scans, save_cloud
from scans.stages.delivering import QUALITY, Source
from scans.stages.measuring import Claims, MeasureStage
from scans.stages.reading import ReadStage
from scans.stages.registering import RegisterStage
from scans.stages.surfacing import OrientStage, SurfaceStage
from scans.synthetic import Scanning, synthesize

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

KIND = "painted-jar"  # closed all round: a hole in it is a fault
SEED = 4
COARSE_M = 0.003
SETTINGS = ("depth=7",)


@dataclass
class TruePosesStage:
    """Stands in for registration: the poses are those that the scanner had."""

    folder: Path
    times: float = 1.0  # what the scans' lengths were multiplied by
    name: str = "register"
    version: int = 1

    def depends(self) -> dict[str, Any]:
        return {}

    def run(self, bench: Bench) -> dict[str, Any]:
        truth = json.loads((self.folder / "truth" / "poses.json").read_text())
        scans = load_scans(bench.output("read"))
        spacing = float(np.median([point_spacing(scan.points) for scan in scans]))
        coarse_m = COARSE_M * self.times
        views = [view_of(scan, coarse_m=coarse_m, finest_m=0.0) for scan in scans]
        poses = [np.array(truth[scan.name]) for scan in scans]
        for pose in poses:
            pose[:3, 3] *= self.times
        write_json(bench.folder / "poses.json", truth)
        placed = {"placed": [scan.name for scan in scans], "not_placed": []}
        write_json(bench.folder / "placed.json", placed)
        cloud = merge(views, poses, cell_m=spacing / 2)
        save_cloud(bench.folder / "cloud.npz", cloud)
        return {"spacing_m": spacing}


def parameters_of_sets() -> Parameters:
    return read_recipe(RANGE_SCANS, SETTINGS).parameters


def sheet_of(
    folder: Path,
    out: Path,
    *,
    register: Stage | None = None,
    cm: tuple[float, ...] = (),
) -> dict[str, Any]:
    """The quality sheet of a set, reconstructed as far as that takes."""
    inputs = find_inputs(folder)
    parameters = parameters_of_sets()
    source = Source(reconstructed=True, given=None)
    stages: list[Stage] = [
        ReadStage(inputs, ""),
        register or TruePosesStage(folder),
        SurfaceStage(parameters, exact=False, from_mesh=False),
        OrientStage(),
        MeasureStage(source, Claims(registered_cm=cm), from_mesh=False),
    ]
    load = Load(points=1, scans=len(inputs), exact=False)
    clock = Clock(estimate(load, [stage.name for stage in stages], speed=1.0))
    monitor = Monitor(lambda _: None, clock)
    records = run_stages(stages, out, key="planted", monitor=monitor)
    sheet = json.loads((records["measure"].folder / QUALITY).read_text())
    return dict(sheet)


def planted(
    plant: str,
    folder: Path,
    *,
    kind: str = KIND,
    scans: int = 9,
    fixture: str = "",
    points: int = 6_000,
) -> dict[str, Any]:
    """Make a set with a defect; give what is known of it."""
    scanning = Scanning(scans=scans, points=points, plant=plant, fixture=fixture)
    synthesize(kind, folder, seed=SEED, scanning=scanning)
    truth = json.loads((folder / "truth" / "truth.json").read_text())
    return dict(truth["plant"] or {})


def codes(sheet: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in sheet["findings"]}


def finding(sheet: dict[str, Any], code: str) -> dict[str, Any]:
    found = [entry for entry in sheet["findings"] if entry["code"] == code]
    assert len(found) == 1, sheet["findings"]
    return dict(found[0]["facts"])


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    place = tmp_path_factory.mktemp("clean")
    planted("", place / "in")
    return sheet_of(place / "in", place / "out")


def test_a_clean_set_has_none_of_the_measured_faults(clean: dict[str, Any]) -> None:
    assert codes(clean) & {"noisy", "noisy-scan", "unit-differs", "unit-doubtful"} == (
        set()
    )


def test_missing_scans_leave_holes(tmp_path: Path) -> None:
    """Seven scans of a box see all of it; without two of them they do not."""
    sheets = []
    for plant in ("", "missing-scan"):
        place = tmp_path / (plant or "whole")
        planted(plant, place / "in", kind="box-wood", scans=7)
        sheets.append(sheet_of(place / "in", place / "out"))
    whole, missing = sheets
    assert not codes(whole) & {"hole", "surface-incomplete"}
    assert codes(missing) & {"hole", "surface-incomplete"}
    assert missing["completeness"]["share"] < whole["completeness"]["share"] - 0.005


def test_a_hole_is_found_at_its_place(tmp_path: Path) -> None:
    known = planted("hole", tmp_path / "in")
    sheet = sheet_of(tmp_path / "in", tmp_path / "out")
    assert codes(sheet) & {"hole", "hole-filled"}
    # With true poses the master's frame is the object's own.
    places = sheet["completeness"]["places"]
    away = [np.linalg.norm(np.subtract(p["at_m"], known["place"])) for p in places]
    nearest = places[int(np.argmin(away))]
    assert min(away) < known["radius_m"] / 4
    assert nearest["width_mm"] / 2000 == pytest.approx(known["radius_m"], rel=0.35)


def test_five_times_the_noise_is_noticed(clean: dict[str, Any], tmp_path: Path) -> None:
    # The denser the points, the more their noise hides.
    known = planted("noise", tmp_path / "in", points=11_000)
    sheet = sheet_of(tmp_path / "in", tmp_path / "out")
    facts = finding(sheet, "noisy")
    # Planted along the ray; across the surface it is less where that is seen aslant.
    assert facts["noise_mm"] == pytest.approx(known["noise_m"] * 1000, rel=0.25)
    assert facts["noise_mm"] > 3.5 * clean["points"]["noise_mm"]


def test_a_wrong_unit_is_named(clean: dict[str, Any], tmp_path: Path) -> None:
    known = planted("wrong-unit", tmp_path / "in")
    sheet = sheet_of(
        tmp_path / "in",
        tmp_path / "out",
        register=TruePosesStage(tmp_path / "in", times=1000.0),
        cm=tuple(round(side / 10, 1) for side in clean["size"]["oriented_mm"]),
    )
    assert sheet["scale"]["matches"] is False
    assert sheet["scale"]["proposal"] == {"unit": known["meant"], "factor": 0.001}
    assert codes(sheet) >= {"unit-proposed", "unit-doubtful"}


def test_a_doubled_scan_is_named(tmp_path: Path) -> None:
    known = planted("doubled-scan", tmp_path / "in", kind="ewer")
    register = RegisterStage(parameters_of_sets())
    sheet = sheet_of(tmp_path / "in", tmp_path / "out", register=register)
    facts = finding(sheet, "doubled-scan")
    assert {facts["file"], facts["other"]} == set(known["scans"])


def test_scans_of_another_object_are_told_apart(tmp_path: Path) -> None:
    known = planted("two-objects", tmp_path / "in", kind="ewer")
    register = RegisterStage(parameters_of_sets())
    sheet = sheet_of(tmp_path / "in", tmp_path / "out", register=register)
    assert codes(sheet) & {"groups-apart", "scan-not-placed"}
    assert set(known["scans"]) <= set(sheet["registration"]["not_placed"])


def test_a_moved_turntable_is_noticed(tmp_path: Path) -> None:
    planted("moved-turntable", tmp_path / "in", kind="ewer", fixture="turntable")
    register = RegisterStage(parameters_of_sets())
    sheet = sheet_of(tmp_path / "in", tmp_path / "out", register=register)
    assert "moved-fixture" in codes(sheet)
