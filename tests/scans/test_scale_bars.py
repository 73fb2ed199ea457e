"""Scale bars set the scale of files without a unit, and check the others."""

import json
from pathlib import Path

import numpy as np
import pytest

from scans.constraints import parse_constraints
from scans.errors import BadConstraints
from scans.geometry.cloud_file import write_cloud
from scans.geometry.scan import Finding
from scans.inputs import find_inputs
from scans.runner import Bench
from scans.scale_bars import ScaleBar, weigh_bars
from scans.scan_store import load_scans
from scans.stages.reading import ReadStage
from tests.scans.shapes import body, sphere

ZERO = np.zeros(3)


def bar(seen: float, certified: float) -> ScaleBar:
    return ScaleBar("a.ply", ZERO, np.array([0.0, seen, 0.0]), certified)


def test_bars_together_give_the_scale_and_what_error_remains() -> None:
    found = weigh_bars([bar(200.1, 0.2), bar(499.9, 0.5)], apply=True)
    assert found is not None
    assert found.factor == pytest.approx(0.001, rel=1e-3)
    assert found.rmse_m == pytest.approx(1e-4, rel=0.3)
    assert found.max_m is not None
    assert found.rmse_m is not None
    assert found.max_m >= found.rmse_m


def test_one_bar_cannot_check_the_scale_that_it_sets() -> None:
    found = weigh_bars([bar(200.0, 0.2)], apply=True)
    assert found is not None
    assert found.factor == pytest.approx(0.001)
    assert found.rmse_m is None


def test_a_stated_unit_is_checked_and_kept() -> None:
    found = weigh_bars([bar(0.201, 0.2)], apply=False)
    assert found is not None
    assert found.is_applied is False
    assert found.rmse_m == pytest.approx(0.001)


@pytest.mark.parametrize("stated", [True, False])
def test_reading_scales_only_what_states_no_unit(tmp_path: Path, stated: bool) -> None:
    points = body(sphere(500), seed=1)
    path = tmp_path / "a.ply"
    write_cloud(path, points, None)
    if not stated:
        path.write_bytes(path.read_bytes().replace(b"comment unit m\n", b""))
    told: list[Finding] = []
    (tmp_path / "out").mkdir()
    bench = Bench(tmp_path / "out", {}, lambda share: None, told.append)
    stage = ReadStage(find_inputs(path), "", [bar(0.1, 0.05)])
    figures = stage.run(bench)
    (scan,) = load_scans(tmp_path / "out")
    ratio = float(np.ptp(scan.points) / np.ptp(points))
    assert ratio == pytest.approx(1.0 if stated else 0.5, rel=1e-6)
    assert figures["scaling"]["is_applied"] is not stated
    assert ("scale-off" in [f.code for f in told]) is stated


def test_a_bar_is_read_from_constraints() -> None:
    entry = {"scan": "a.ply", "from": [0, 0, 0], "to": [0, 0, 0.2], "length_m": 0.2}
    (found,) = parse_constraints({"scale_bars": [entry]}).scale_bars
    assert found.seen_m() == pytest.approx(found.length_m)
    assert json.loads(parse_constraints({"scale_bars": [entry]}).told)


@pytest.mark.parametrize("wrong", [{"length_m": 0}, {"to": [0, 0, 0]}, {"scan": ""}])
def test_a_bar_without_length_or_scan_is_refused(wrong: dict[str, object]) -> None:
    entry = {"scan": "a.ply", "from": [0, 0, 0], "to": [0, 0, 0.2], "length_m": 0.2}
    with pytest.raises(BadConstraints):
        parse_constraints({"scale_bars": [entry | wrong]})
