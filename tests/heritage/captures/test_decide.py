"""Accept or refuse: by name, with a reason where one is owed, never changed after."""

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.state import ProjectState
from django.test import Client
from django.utils.translation import override

from heritage.archive.models import RecordChange
from heritage.captures.actions import confirm_upright, start_run
from heritage.captures.actions.decide import decide_run
from heritage.captures.errors import NotPermitted, ReasonMissing, RunHasNoModel
from heritage.captures.judging import judge_run
from heritage.captures.models import Calibration, Device, FieldSheet, Run, RunDecision
from heritage.catalogue.actions.release import find_gaps, release
from heritage.catalogue.errors import NotReady
from heritage.catalogue.models import RecordEvent

from .test_run import TURNED

Work = Callable[..., Run]


@pytest.fixture
def done(run: Run, work: Work) -> Run:
    return work(run)


def measured(run: Run, uncertainty_mm: float, *, passed: bool = True) -> Run:
    run.report |= {
        "dimensions": {"uncertainty_m": uncertainty_mm / 1000},
        "quality": {"acceptance": [
            {"profile": "other", "passed": passed,
             "lines": [{"measure": "deviation.rms_mm", "value": 0.2, "limit": 0.1,
                        "unit": "mm", "passed": passed}]},
        ]},
    }  # fmt: skip
    run.save(update_fields=["report"])
    return run


def address(run: Run) -> str:
    return f"/admin/captures/capture/{run.capture_id}/work/{run.key}/decide/"


def test_it_is_accepted_by_name_and_stays_written(done: Run, curator: User) -> None:
    made = decide_run(done, verdict="accepted", by=curator)
    assert (made.run, made.checker, made.profile) == (done, curator.username, "other")
    done.refresh_from_db()
    assert done.is_accepted
    with pytest.raises(TypeError):
        made.save()


def test_a_refusal_says_why_and_takes_the_master_away(done: Run, curator: User) -> None:
    decide_run(done, verdict="accepted", by=curator)
    with pytest.raises(ReasonMissing):
        decide_run(done, verdict="refused", by=curator, reason="  ")
    made = decide_run(done, verdict="refused", by=curator, reason="The lid is missing.")
    done.refresh_from_db()
    assert not done.is_accepted
    assert made.replaced == done


def test_what_misses_the_target_is_accepted_only_with_a_reason(
    done: Run, curator: User
) -> None:
    measured(done, 0.2)
    FieldSheet.objects.create(capture=done.capture, target_accuracy_mm=0.1)
    with pytest.raises(ReasonMissing):
        decide_run(done, verdict="accepted", by=curator)
    made = decide_run(done, verdict="accepted", by=curator, reason="For display only.")
    assert (made.target_accuracy_mm, made.accuracy_mm) == (0.1, 0.2)


def test_the_device_adds_its_own_uncertainty(done: Run) -> None:
    measured(done, 0.03)
    device = Device.objects.create(name="Atos")
    Calibration.objects.create(
        device=device, certificate="C", calibrated_on=done.capture.captured_on,
        uncertainty_mm=0.08,
    )  # fmt: skip
    FieldSheet.objects.create(
        capture=done.capture, target_accuracy_mm=0.08, device=device
    )
    judged = judge_run(done)
    assert judged.accuracy_mm == pytest.approx(np.hypot(0.03, 0.08))  # both k = 2
    assert judged.is_accurate is False


def test_a_better_run_replaces_the_master_with_history(
    done: Run, curator: User, work: Work
) -> None:
    decide_run(done, verdict="accepted", by=curator)
    second = work(start_run(done.capture, by=curator))
    made = decide_run(second, verdict="accepted", by=curator)
    done.refresh_from_db()
    assert (done.is_accepted, made.replaced) == (False, done)
    assert RunDecision.objects.count() == 2


def test_release_waits_for_the_decision(done: Run, curator: User) -> None:
    relic = done.capture.relic
    with override("en"):
        assert any("none is accepted" in gap for gap in find_gaps(relic))
    with pytest.raises(NotReady):
        release(relic, by=curator)
    decide_run(done, verdict="accepted", by=curator)
    release(relic, by=curator)


def test_only_a_finished_run_and_a_curator(
    run: Run, work: Work, curator: User, volunteer: User
) -> None:
    with pytest.raises(RunHasNoModel):
        decide_run(run, verdict="accepted", by=curator)
    work(run)
    with pytest.raises(NotPermitted):
        decide_run(run, verdict="accepted", by=volunteer)


def test_the_page_shows_figures_and_takes_the_decision(
    client: Client, curator: User, done: Run
) -> None:
    measured(done, 0.2, passed=False)
    client.force_login(curator)
    english: Any = {"HTTP_ACCEPT_LANGUAGE": "en"}
    shown = client.get(address(done), **english).text
    assert "0.2" in shown
    assert "project default, other objects" in shown
    refused = client.post(
        address(done), {"verdict": "accepted", "reason": ""}, **english
    )
    assert refused.status_code == 422
    assert "Say why it is accepted" in refused.text
    values = {"verdict": "refused", "reason": "Blurred.", "profile": "other"}
    assert client.post(address(done), values).status_code == 302
    assert "Blurred." in client.get(address(done)).text


@pytest.mark.parametrize(
    "values", [{}, {"verdict": "maybe"}, {"verdict": "accepted", "profile": "none"}]
)
def test_what_is_no_decision_is_refused(
    values: dict[str, str], client: Client, curator: User, done: Run
) -> None:
    client.force_login(curator)
    assert client.post(address(done), values).status_code == 422
    assert not RunDecision.objects.exists()


def test_a_volunteer_looks_and_a_stranger_does_not(
    client: Client, volunteer: User, stranger: User, done: Run
) -> None:
    client.force_login(volunteer)
    shown = client.get(address(done))
    assert shown.status_code == 200
    assert 'name="verdict"' not in shown.text
    assert client.post(address(done), {"verdict": "accepted"}).status_code == 403
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    assert client.get(address(done)).status_code == 404
    assert client.post(address(done), {"verdict": "accepted"}).status_code == 404


def test_other_files_than_the_relics_are_told_of(
    client: Client, curator: User, done: Run
) -> None:
    done.report |= {"quality": {"scale": {"matches": False}}}
    done.save(update_fields=["report"])
    client.force_login(curator)
    shown = client.get(address(done), HTTP_ACCEPT_LANGUAGE="en").text
    assert "another relic" in shown


def test_a_refused_model_set_upright_stays_refused(
    done: Run, curator: User, work: Work
) -> None:
    decide_run(done, verdict="refused", by=curator, reason="Blurred.")
    confirm_upright(done, matrix=done.report["upright"]["used"], by=curator)
    delivery = confirm_upright(done, matrix=TURNED, by=curator)
    assert delivery is not None
    assert work(delivery).state == Run.State.SUCCEEDED
    done.upright.refresh_from_db()
    assert done.upright.confirmed_by == curator
    assert not Run.objects.filter(is_accepted=True).exists()


def test_setting_upright_judges_nothing_and_keeps_what_was_judged(
    done: Run, curator: User, work: Work
) -> None:
    measured(done, 0.2, passed=False)
    confirm_upright(done, matrix=done.report["upright"]["used"], by=curator)
    (first,) = RunDecision.objects.all()
    assert (first.verdict, first.figures["passed"]) == ("accepted", False)
    assert first.reason  # nobody judged it, and the decision says so
    decide_run(done, verdict="accepted", by=curator, reason="For display only.")
    confirm_upright(done, matrix=done.report["upright"]["used"], by=curator)
    kept = RunDecision.objects.exclude(pk=first.pk).values_list("verdict", "reason")
    assert list(kept) == [("accepted", "For display only.")] * 2


def test_the_relic_is_not_measured_by_what_was_refused(
    done: Run, curator: User
) -> None:
    decide_run(done, verdict="accepted", by=curator)
    relic = done.capture.relic
    relic.dimensions.create(kind="height", value=3, unit="cm", origin="caliper")
    assert relic.dimensions.filter(origin="scan").count() == 3
    decide_run(done, verdict="refused", by=curator, reason="The lid is missing.")
    assert [row.origin for row in relic.dimensions.all()] == ["caliper"]
    last = RecordEvent.objects.filter(record_key=relic.key).first()
    assert last is not None
    assert (last.verb, last.reason) == ("refused", "The lid is missing.")


def test_a_relic_whose_models_were_all_refused_is_released(
    done: Run, curator: User
) -> None:
    decide_run(done, verdict="refused", by=curator, reason="Blurred.")
    release(done.capture.relic, by=curator)


def test_a_decision_that_an_upgrade_writes_down_is_noted_for_the_archive(
    done: Run,
) -> None:
    Run.objects.filter(pk=done.pk).update(is_accepted=True)
    RecordChange.objects.all().delete()
    name = "heritage.captures.migrations.0008_write_decisions_of_earlier_acceptances"
    told = ProjectState.from_apps(apps).apps  # as a migration has them: no signal
    import_module(name).write_decisions(told, SimpleNamespace(connection=connection))
    assert RunDecision.objects.get().run == done
    key = done.capture.relic.key
    assert RecordChange.objects.filter(kind="relic", key=key).exists()
