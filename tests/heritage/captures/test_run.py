"""A run from its start to what it leaves behind."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from heritage.archive.errors import StoreAbsent, StoreUnreachable
from heritage.archive.models import Deposit
from heritage.captures import worker_results
from heritage.captures.actions import confirm_upright, decide_run, start_run
from heritage.captures.due import discard_orphaned_outputs
from heritage.captures.errors import NotPermitted, NotRigid, RunHasNoModel
from heritage.captures.messages import run_error_sentence
from heritage.captures.models import Capture, Derivative, Run, Upright
from heritage.captures.published import (
    published_models,
    published_pictures,
    published_run,
)
from heritage.captures.worker_run import work_folder
from heritage.catalogue.models import RecordEvent
from tests.heritage.captures.standin import PROPOSED, STAGES

from .conftest import Later

HOUR_S = 3600.0
Work = Callable[..., Run]
TURNED: list[list[float]] = [
    [0.0, 0, 1, 0],
    [0, 1, 0, 0.5],
    [-1, 0, 0, 0],
    [0, 0, 0, 1],
]


def test_a_run_leaves_derivatives_stages_and_a_proposal(run: Run, work: Work) -> None:
    work(run)
    assert run.state == Run.State.SUCCEEDED
    assert run.fraction == 1.0
    assert [stage.name for stage in run.stages.all()] == list(STAGES)
    kinds = {(d.role, d.profile) for d in run.derivatives.all()}
    assert {("master", "master"), ("model", "web"), ("picture", "view-7")} <= kinds
    assert {("quality", "sheet"), ("quality", "heat-map")} <= kinds
    assert len(kinds) == 1 + 3 + 9 + 2 + 2
    assert run.upright.matrix == PROPOSED
    assert run.upright.confirmed_at is None
    assert not run.is_accepted


def test_outputs_lie_in_one_sealed_deposit_and_the_work_folder_is_gone(
    run: Run, work: Work
) -> None:
    work(run)
    assert run.outputs is not None
    assert run.outputs.kind == "derived"
    for derivative in run.derivatives.all():
        assert derivative.stored_file.deposit == run.outputs
        assert derivative.stored_file.absolute_path().is_file()
    assert not work_folder(run).exists()


def test_death_between_the_deposit_and_the_rows_leaves_no_half_record(
    run: Run, work: Work, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(worker_results, "_stand_up", sys.exit)
        with pytest.raises(SystemExit):
            work(run)
    run.refresh_from_db()
    assert (run.state, run.outputs) == (Run.State.RUNNING, None)
    assert not run.derivatives.exists()
    later(3 * HOUR_S)
    work(run)
    assert run.state == Run.State.SUCCEEDED
    assert Deposit.objects.filter(kind="derived").count() == 2
    later(3 * HOUR_S)
    assert discard_orphaned_outputs() == 1
    assert Deposit.objects.get(kind="derived") == run.outputs


@pytest.mark.parametrize(
    "away", [StoreAbsent("/archive"), StoreUnreachable("s3://b", "ConnectTimeout")]
)
def test_while_the_archive_is_away_a_run_waits_with_what_it_has(
    run: Run, work: Work, away: StoreAbsent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_words: Any, **_named: Any) -> None:
        raise away

    with monkeypatch.context() as patch:
        patch.setattr(worker_results, "deposit_files", refuse)
        work(run)
    assert (run.state, run.worker, run.error_code) == (Run.State.WAITING, "", "")
    assert (work_folder(run) / "out" / "report.json").is_file()
    work(run)
    assert (run.state, run.attempt) == (Run.State.SUCCEEDED, 2)


def test_figures_of_the_report_reach_the_models(run: Run, work: Work) -> None:
    work(run)
    web = run.derivatives.get(role="model", profile="web")
    assert (web.triangles, web.gpu_bytes, web.draws) == (100, 2000, 1)


def test_nothing_is_published_before_a_curator_accepts(
    run: Run, work: Work, curator: User
) -> None:
    relic = work(run).capture.relic
    assert published_run(relic) is None
    decide_run(run, verdict="accepted", by=curator)
    assert published_run(relic) == run
    assert published_models(relic).count() == 3
    assert published_pictures(relic).count() == 9


def test_accepting_measures_the_relic(run: Run, work: Work, curator: User) -> None:
    decide_run(work(run), verdict="accepted", by=curator)
    rows = run.capture.relic.dimensions.filter(origin="scan")
    values = {row.kind: (row.value, row.unit, row.uncertainty) for row in rows}
    assert values["height"] == (25.0, "cm", 0.01)
    assert values["width"] == (10.0, "cm", 0.01)
    assert rows.filter(run_key=run.key).count() == 3


def test_a_relic_has_one_accepted_run(
    filled: Capture, run: Run, work: Work, curator: User
) -> None:
    decide_run(work(run), verdict="accepted", by=curator)
    second = work(start_run(filled, by=curator))
    decide_run(second, verdict="accepted", by=curator)
    run.refresh_from_db()
    assert not run.is_accepted
    assert published_run(filled.relic) == second


def test_only_a_curator_accepts(
    run: Run, work: Work, volunteer: User, stranger: User
) -> None:
    work(run)
    for person in (volunteer, stranger):
        with pytest.raises(NotPermitted):
            decide_run(run, verdict="accepted", by=person)
        with pytest.raises(NotPermitted):
            confirm_upright(run, matrix=PROPOSED, by=person)


def test_an_unfinished_run_is_not_accepted(run: Run, curator: User) -> None:
    with pytest.raises(RunHasNoModel):
        decide_run(run, verdict="accepted", by=curator)


def test_the_proposed_upright_confirmed_accepts_at_once(
    run: Run, work: Work, curator: User
) -> None:
    work(run)
    assert confirm_upright(run, matrix=PROPOSED, by=curator) is None
    run.refresh_from_db()
    assert run.is_accepted
    assert run.upright.confirmed_by == curator
    verbs = RecordEvent.objects.filter(record_key=run.capture.relic.key)
    assert set(verbs.values_list("verb", flat=True)) == {"accepted", "set-upright"}


def test_a_turned_upright_delivers_again_and_is_then_accepted(
    run: Run, work: Work, curator: User
) -> None:
    work(run)
    delivery = confirm_upright(run, matrix=TURNED, by=curator)
    assert delivery is not None
    assert not Upright.objects.filter(confirmed_at__isnull=False).exists()
    work(delivery)
    run.upright.refresh_from_db()
    assert run.upright.matrix == TURNED
    assert run.upright.confirmed_at is not None
    assert published_run(run.capture.relic) == delivery
    assert not delivery.derivatives.filter(role=Derivative.Role.MASTER).exists()


def test_a_second_turn_replaces_the_first(run: Run, work: Work, curator: User) -> None:
    work(run)
    first = confirm_upright(run, matrix=TURNED, by=curator)
    assert first is not None
    confirm_upright(run, matrix=PROPOSED, by=curator)
    work(first)
    assert first.state == Run.State.CANCELLED
    assert published_run(run.capture.relic) == run


@pytest.mark.parametrize(
    "matrix",
    [
        [[2.0, 0, 0, 0], [0, 2.0, 0, 0], [0, 0, 2.0, 0], [0, 0, 0, 1.0]],
        [[-1.0, 0, 0, 0], [0, 1.0, 0, 0], [0, 0, 1.0, 0], [0, 0, 0, 1.0]],
        [[float("nan"), 0, 0, 0], *PROPOSED[1:]],
        [*PROPOSED[:3], [0, 0, 1.0, 1.0]],
        PROPOSED[:3],
        "upright",
    ],
)
def test_a_transform_that_is_not_rigid_is_refused(
    matrix: Any, run: Run, work: Work, curator: User
) -> None:
    work(run)
    with pytest.raises(NotRigid):
        confirm_upright(run, matrix=matrix, by=curator)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("refuse_in", "nothing-fits"),
        ("break_in", "engine-crashed"),
        ("swell_in", "memory-limit"),
    ],
)
def test_a_run_that_cannot_succeed_says_why(
    how: str, code: str, filled: Capture, work: Work, curator: User
) -> None:
    run = work(start_run(filled, by=curator, parameters={how: "surface"}))
    assert run.state == Run.State.FAILED
    assert run.error_code == code
    assert "{" not in run_error_sentence(run)
    assert run.outputs is None
    assert not run.derivatives.exists()


def test_a_missing_file_of_the_archive_fails_the_run_by_name(
    run: Run, work: Work
) -> None:
    stored = run.capture.files.get(stored_file__name="back.ply").stored_file
    stored.absolute_path().unlink()
    work(run)
    assert run.error_code == "file-missing"
    assert "back.ply" in run_error_sentence(run)
