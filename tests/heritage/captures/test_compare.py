"""Two masters compared: as a run like others, kept as a condition check, shown to members."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.translation import override

from heritage.captures.actions import add_files, confirm_upright, start_run
from heritage.captures.actions.compare import compare_runs, keep_as_condition
from heritage.captures.actions.decide import decide_run
from heritage.captures.change_words import told_change
from heritage.captures.errors import (
    AlreadyComputing,
    NotComparable,
    NotPermitted,
    RunHasNoModel,
)
from heritage.captures.judging import is_scale_known, is_surface_known, surface_mm
from heritage.captures.models import (
    Calibration,
    Capture,
    Device,
    FieldSheet,
    Run,
)
from heritage.captures.sameness import ask_for_shape, compare_shape
from heritage.catalogue.models import ConditionCheck
from tests.heritage.factories import make_relic

from .conftest import item

Work = Callable[..., Run]
DAY = date(2026, 5, 4)
ENGLISH: Any = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture
def before(run: Run, work: Work) -> Run:
    return work(run)


@pytest.fixture
def after(before: Run, curator: User, work: Work) -> Run:
    later = Capture.objects.create(relic=before.capture.relic)
    add_files(later, [item(text="points 9")], by=curator)
    return work(start_run(later, by=curator))


@pytest.fixture
def compared(before: Run, after: Run, volunteer: User, work: Work) -> Run:
    return work(compare_runs(before, after, by=volunteer))


def place(run: Run, rest: str = "") -> str:
    return f"/admin/captures/capture/{run.capture_id}/{rest}"


def test_it_is_a_run_with_figures_and_pictures(
    compared: Run, before: Run, after: Run
) -> None:
    assert compared.state == "succeeded"
    assert (compared.compared_with, compared.master_of) == (before, after)
    assert compared.report["masters"][0] != compared.report["masters"][1]
    roles = set(compared.derivatives.values_list("role", "profile"))
    assert {("change", "change"), ("change", "histogram")} <= roles


def test_it_knows_how_sure_both_are_and_how_they_stand(
    before: Run, after: Run, curator: User
) -> None:
    device = Device.objects.create(name="Scanner")
    Calibration.objects.create(
        device=device, certificate="C1", calibrated_on="2020-01-01", uncertainty_mm=0.2
    )
    FieldSheet.objects.create(capture=after.capture, device=device)
    sizes = {"height_m": 0.3, "width_m": 0.0, "depth_m": 0.4, "uncertainty_m": 1.0}
    for run, rms_m in ((before, 2e-5), (after, 5e-5)):
        # How far a length ends between two points says nothing of the surface.
        run.report["dimensions"] = sizes
        run.report.setdefault("figures", {})["registration_rms_m"] = rms_m
        run.save(update_fields=["report"])
        confirm_upright(run, matrix=run.report["upright"]["used"], by=curator)
    asked = compare_runs(before, after, by=curator)
    assert asked.parameters["first_mm"] == pytest.approx(0.02)
    # A tenth of a millimetre in a metre, from the middle to the edge: 0.25 m.
    assert asked.parameters["second_mm"] == pytest.approx(np.hypot(0.05, 0.025))
    assert asked.parameters["start"] == [
        [float(i == j) for j in range(4)] for i in range(4)
    ]


def test_what_is_known_of_a_surface_is_kept_when_other_things_are_not(
    before: Run,
) -> None:
    before.report = {"dimensions": {"height_m": 0.3, "width_m": 0.0, "depth_m": 0.4}}
    sheet = FieldSheet(capture=before.capture)
    assert surface_mm(before, sheet) is None
    sheet.device = Device.objects.create(name="Scanner")
    Calibration.objects.create(
        device=sheet.device, certificate="C1", calibrated_on="2020-01-01",
        uncertainty_mm=0.2,
    )  # fmt: skip
    assert surface_mm(before, sheet) == pytest.approx(0.025)
    assert (is_surface_known(before), is_scale_known(before, sheet)) == (False, True)
    before.report["figures"] = {"registration_rms_m": 2e-5}
    before.report["quality"] = {"points": {"noise_mm": 0.06}}
    assert surface_mm(before, sheet) == pytest.approx(np.hypot(0.06, 0.025))
    before.report["recipe"] = {"name": "mesh-only"}  # its noise was smoothed away
    assert surface_mm(before, sheet) == pytest.approx(np.hypot(0.02, 0.025))
    assert not is_scale_known(before, sheet)


def test_a_certificate_that_had_expired_vouches_for_nothing(before: Run) -> None:
    before.report = {"dimensions": {"height_m": 0.3, "width_m": 0.0, "depth_m": 0.4}}
    before.capture.captured_on = DAY
    sheet = FieldSheet(capture=before.capture)
    sheet.device = Device.objects.create(name="Scanner")
    certificate = Calibration.objects.create(
        device=sheet.device, certificate="C1", calibrated_on="2020-01-01",
        uncertainty_mm=0.2, expires_on=DAY,
    )  # fmt: skip
    assert is_scale_known(before, sheet)
    certificate.expires_on = DAY - timedelta(days=1)
    certificate.save()
    assert not is_scale_known(before, sheet)
    assert surface_mm(before, sheet) == pytest.approx(0.025)  # what it stated counts


@pytest.mark.parametrize(
    ("evidence", "is_known"), [("stated", True), ("measured", False)]
)
def test_bars_vouch_for_a_scale_that_they_did_not_set(
    before: Run, evidence: str, *, is_known: bool
) -> None:
    before.report = {
        "dimensions": {"height_m": 0.3, "depth_m": 0.4},
        "quality": {"scale": {"bars": 2, "factor": 1.0004, "evidence": evidence}},
    }
    assert is_scale_known(before, None) == is_known
    assert surface_mm(before, None) == (pytest.approx(0.1) if is_known else None)


def test_it_tells_a_scale_that_nobody_vouches_for(
    client: Client, curator: User, compared: Run
) -> None:
    assert compared.parameters["free_scale"]
    client.force_login(curator)
    shown = client.get(place(compared, f"work/{compared.key}/change/"), **ENGLISH).text
    assert "Scale not certified" in shown
    assert "1.001200 ± 0.000010" in shown
    with override("en"):
        check = keep_as_condition(compared, by=curator)
    kept = ConditionCheck.objects.get(key=check.check_key)
    assert "Scale not certified" in kept.completeness_note


@pytest.mark.parametrize(
    ("factor", "said"), [(1.003, "larger than before by 0.300 % ± 0.020 %"),
                         (0.997, "smaller than before by 0.300 % ± 0.020 %")],
)  # fmt: skip
def test_it_tells_a_growth_beyond_what_is_certified(factor: float, said: str) -> None:
    scale = {"is_certified": True, "factor": factor, "error": 2e-4}
    run = Run(report={"change": {"scale": {**scale, "is_taken_off": True}}})
    with override("en"):
        assert said in told_change(run)
        run.report["change"]["scale"]["is_taken_off"] = False
        assert told_change(run) == "No change above 0.000 mm was found."


def test_it_is_kept_once_among_the_condition_checks(
    compared: Run, curator: User, volunteer: User
) -> None:
    with pytest.raises(NotPermitted):
        keep_as_condition(compared, by=volunteer)
    with override("en"):
        kept = keep_as_condition(compared, by=curator)
        assert keep_as_condition(compared, by=curator) == kept
    check = ConditionCheck.objects.get(key=kept.check_key)
    assert "4.00 cm², up to 0.50 mm deep" in check.completeness_note
    assert compared.key in check.evidence


def test_it_never_becomes_the_relics_model(compared: Run, curator: User) -> None:
    with pytest.raises(RunHasNoModel):
        decide_run(compared, verdict="accepted", by=curator)


def test_one_model_twice_and_another_relics_are_refused(
    before: Run, curator: User, work: Work
) -> None:
    other = Capture.objects.create(relic=make_relic(before.capture.relic.collection))
    add_files(other, [item()], by=curator)
    strange = work(start_run(other, by=curator))
    for second in (before, strange):
        with pytest.raises(NotComparable):
            compare_runs(before, second, by=curator)


def test_it_is_not_asked_for_twice(before: Run, after: Run, curator: User) -> None:
    compare_runs(before, after, by=curator)
    with pytest.raises(AlreadyComputing):
        compare_runs(before, after, by=curator)


def test_members_read_the_pages_and_strangers_do_not(
    client: Client, volunteer: User, curator: User, stranger: User, compared: Run
) -> None:
    client.force_login(volunteer)
    map_page = place(compared, f"work/{compared.key}/change/")
    shown = client.get(map_page, **ENGLISH).text
    assert "400.0 ± 20.0" in shown
    assert "Keep as a condition check" not in shown
    assert client.get(place(compared, "compare/"), **ENGLISH).status_code == 200
    assert map_page in client.get(place(compared, "work/")).text
    client.force_login(curator)
    client.post(f"{map_page}keep/")
    assert "Kept as a condition check" in client.get(map_page, **ENGLISH).text
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    for address in (map_page, place(compared, "compare/")):
        assert client.get(address).status_code == 404
    assert client.post(f"{map_page}keep/").status_code == 404
    picture = compared.derivatives.filter(role="change")[0]
    client.logout()
    assert client.get(f"/media/{picture.key}/").status_code == 404


def test_the_difference_is_asked_for_on_the_page(
    client: Client, volunteer: User, before: Run, after: Run
) -> None:
    client.force_login(volunteer)
    page = place(after, "compare/")
    assert before.key in client.get(page).text
    client.post(page, {"first": before.key, "second": after.key})
    assert Run.objects.get(type="compare").compared_with == before


def test_what_was_not_chosen_is_not_compared(
    client: Client, before: Run, after: Run, curator: User
) -> None:
    client.force_login(curator)
    for told in ({}, {"first": before.key, "second": "made-up"}):
        assert client.post(place(after, "compare/"), told).status_code == 404
    assert not Run.objects.filter(type=Run.Type.COMPARE).exists()


def test_a_new_captures_shape_is_compared_by_itself(
    before: Run, curator: User, work: Work
) -> None:
    decide_run(before, verdict="accepted", by=curator)
    work(start_run(before.capture, by=curator))
    asked = Run.objects.filter(type="compare")
    assert not asked.exists()  # the same files: that says nothing of whose they are
    later = Capture.objects.create(relic=before.capture.relic)
    add_files(later, [item(text="points 9")], by=curator)
    run = work(start_run(later, by=curator))
    [one] = asked
    assert (one.compared_with, one.master_of, one.state) == (before, run, "waiting")
    assert (one.capture, one.asked_by) == (later, curator)
    work(one)
    found = compare_shape(run)
    assert found is not None
    assert found.share is not None
    assert ask_for_shape(run) is None  # it is known


def test_the_acceptance_page_tells_a_shape_that_is_not_the_relics(
    client: Client, curator: User, before: Run, after: Run, work: Work
) -> None:
    client.force_login(curator)
    page = place(after, f"work/{after.key}/decide/")

    def told() -> str:
        shown = client.get(page, **ENGLISH).text
        return (
            shown.split("data-sameness")[1].split("</p>")[0]
            if ("data-sameness" in shown)
            else ""
        )

    assert not told()  # no other model stands for the relic yet
    decide_run(before, verdict="accepted", by=curator)
    assert "was not compared" in told()
    compared = compare_runs(before, after, by=curator)
    assert "is being compared" in told()
    compared = work(compared)
    compared.report["change"]["agreeing_share"] = 0.97
    compared.save()
    assert "97 % of its surface agrees" in told()
    compared.report["change"]["agreeing_share"] = 0.41
    compared.save()
    assert "Only 41 % of its surface" in told()
    assert "another relic" in told()
    # What cannot be laid on each other at all tells the same, and refuses nothing.
    compared.state, compared.error_code = "failed", "nothing-in-common"
    compared.error_facts = {"percent": 12}
    compared.save()
    assert "Only 12 % of its surface" in told()
    decide_run(after, verdict="accepted", reason="looked at both", by=curator)
    assert not told()
