"""Acceptance lines and findings follow from the sheet's figures."""

import copy
from typing import Any

import numpy as np
import pytest

from scans.quality.acceptance import judge, read_profiles
from scans.quality.findings import find_faults
from scans.quality.holes import Hole
from scans.quality.sheet import (
    Coverage,
    completeness_part,
    registration_part,
    rounded,
)

GOOD: dict[str, Any] = {
    "points": {
        "spacing_mm": {"mean": 0.09, "p95": 0.12},
        "noise_mm": 0.01,
        "scans": [{"name": f"{k}.ply", "noise_mm": 0.01} for k in range(3)],
    },
    "completeness": {"outlook": "object", "share": 0.99},
    "size": {"oriented_mm": [300.0, 150.0, 100.0]},
    "scale": {"registered_cm": None, "proposal": None, "matches": None},
}


def changed(**parts: dict[str, Any]) -> dict[str, Any]:
    quality = copy.deepcopy(GOOD)
    for name, values in parts.items():
        quality[name] |= values
    return quality


def codes(quality: dict[str, Any], *holes: Hole, **odd: float) -> list[str]:
    return [f.code for f in find_faults(quality, holes, odd_units=odd)]


def test_every_profile_says_that_its_numbers_are_the_project_s_own() -> None:
    assert [profile.name for profile in read_profiles()] == [
        "grade-1",
        "grade-2-3",
        "other",
    ]
    assert all(p.title.startswith("project default") for p in read_profiles())


def test_a_line_passes_fails_or_stays_open() -> None:
    grade_1 = read_profiles()[0]
    told = judge(GOOD, grade_1)
    by_measure = {line["measure"]: line for line in told["lines"]}
    assert by_measure["points.spacing_mm.mean"]["passed"] is True
    assert by_measure["points.spacing_mm.mean"]["limit"] == pytest.approx(0.1, rel=1e-5)
    assert by_measure["completeness.share"]["passed"] is True
    assert by_measure["colour.mean_delta_e"] == {
        "measure": "colour.mean_delta_e",
        "value": None,
        "limit": 3.0,
        "unit": "",
        "passed": None,
    }
    assert told["passed"] is None
    assert judge(changed(completeness={"share": 0.97}), grade_1)["passed"] is False


def test_small_things_are_not_asked_for_more_than_scanners_give() -> None:
    tiny = changed(size={"oriented_mm": [30.0, 10.0, 5.0]})
    line = judge(tiny, read_profiles()[0])["lines"][0]
    assert line["limit"] == pytest.approx(0.05)


def test_a_good_sheet_has_no_findings() -> None:
    assert codes(GOOD) == []


def test_each_fault_is_told_by_its_code() -> None:
    assert codes(changed(completeness={"share": 0.9})) == ["surface-incomplete"]
    assert codes(changed(points={"noise_mm": 0.02})) == ["noisy"]
    loud = copy.deepcopy(GOOD)
    loud["points"]["scans"][1]["noise_mm"] = 0.05
    assert codes(loud) == ["noisy-scan"]
    assert codes(GOOD, **{"1.ply": 1000.0}) == ["unit-differs"]
    assert codes(changed(size={"oriented_mm": [3e5, 1e5, 1e5]})) == ["unit-doubtful"]
    wrong = {"registered_cm": [30.0, 15.0, 10.0], "matches": False}
    assert codes(changed(scale=wrong)) == ["size-disagrees"]
    other = wrong | {"proposal": {"unit": "mm", "factor": 0.001}}
    assert codes(changed(scale=other)) == ["unit-proposed"]
    assert codes(changed(scale=wrong | {"matches": True})) == []


def test_a_hole_is_told_of_when_it_is_wider_than_the_points_are_apart() -> None:
    middle = np.zeros(3)
    pin = Hole(area_m2=1e-8, length_m=4e-4, centre=middle)
    wide = Hole(area_m2=1e-4, length_m=4e-2, centre=middle)
    assert codes(GOOD, pin) == []
    assert codes(GOOD, wide, pin) == ["hole"]
    closed = find_faults(GOOD, [], filled=[wide, pin], odd_units={})
    assert [fault.code for fault in closed] == ["hole-filled"]
    fault = find_faults(GOOD, [wide, pin], odd_units={})[0]
    assert fault.facts["holes"] == 1
    assert fault.facts["width_mm"] == pytest.approx(11.3)


def test_completeness_counts_holes_and_what_was_filled() -> None:
    hole = Hole(area_m2=0.02, length_m=0.5, centre=np.zeros(3))
    patch = Hole(area_m2=0.03, length_m=0.0, centre=np.ones(3))
    seen = Coverage("object", 0.98, [hole], [patch], np.ones(7, np.bool_))
    told = completeness_part(seen, filled_faces=7)
    assert [place["kind"] for place in told["places"]] == ["open", "filled"]
    assert told["share"] == pytest.approx(0.95)
    assert told["hole_area_mm2"] == pytest.approx(20_000)


def test_what_was_seen_from_inside_has_borders_and_no_holes() -> None:
    border = Hole(area_m2=2.0, length_m=9.0, centre=np.zeros(3))
    patch = Hole(area_m2=0.03, length_m=0.0, centre=np.ones(3))
    seen = Coverage("inside", 7.0, [border], [patch], np.ones(7, np.bool_))
    room = changed(completeness=completeness_part(seen, filled_faces=7))
    assert room["completeness"]["share"] is None
    assert room["completeness"]["holes"] is None
    kinds = [place["kind"] for place in room["completeness"]["places"]]
    assert kinds == ["filled"]
    assert codes(room, border) == ["seen-from-inside"]
    lines = {line["measure"]: line for line in judge(room, read_profiles()[0])["lines"]}
    assert lines["completeness.share"]["passed"] is None


def test_registration_is_told_in_millimetres_with_or_without_pairs() -> None:
    placed = {"placed": ["a", "b"], "not_placed": [{"name": "c"}]}
    figures = {"registration_rms_m": 0.0001, "residuals_m": {"a": 0.0001, "b": 0.0002}}
    plain = registration_part(figures, None, placed)
    assert plain["rms_mm"] == pytest.approx(0.1, rel=1e-5)
    assert [scan["residual_mm"] for scan in plain["scans"]] == [0.1, 0.2]
    assert plain["not_placed"] == ["c"]
    pair = {"first": "a", "second": "b", "overlap": 0.5, "residual_m": 0.0003}
    found = {"pairs": [pair | {"used": True}, pair | {"used": False}], "scans": []}
    told = registration_part(
        figures, found | {"groups": [["a", "b"]], "undetermined": False}, placed
    )
    assert [pair["residual_mm"] for pair in told["pairs"]] == [pytest.approx(0.3)]


def test_floats_are_written_with_the_digits_that_mean_something() -> None:
    assert rounded({"a": [0.123456789, -0.0], "b": None, "c": True, "d": 3}) == {
        "a": [0.123457, 0.0],
        "b": None,
        "c": True,
        "d": 3,
    }
