"""Bells: rung with the run, rung again when lost, never piled up."""

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from heritage.captures import bell
from heritage.captures.actions import start_run
from heritage.captures.lease import take_up
from heritage.captures.models import Capture, Run
from heritage.captures.tasks import compute_run
from heritage.lib import bells


def test_the_bell_is_in_the_runs_own_transaction(
    filled: Capture, curator: User
) -> None:
    with transaction.atomic():
        start_run(filled, by=curator)
        assert bell.keys_rung()
        transaction.set_rollback(True)
    assert not bell.keys_rung()
    assert not Run.objects.exists()


def test_a_queue_elsewhere_is_rung_after_the_commit(
    filled: Capture,
    curator: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr(bells, "is_in_database", lambda task: False)
    with django_capture_on_commit_callbacks() as callbacks:
        run = start_run(filled, by=curator)
    assert not DBTaskResult.objects.exists()
    callbacks[-1]()
    assert [task.args_kwargs["args"] for task in DBTaskResult.objects.all()] == [
        [run.key]
    ]


def test_the_sweep_rings_again_for_a_lost_bell(run: Run) -> None:
    DBTaskResult.objects.all().delete()
    assert bell.sweep() == 1
    assert bell.keys_rung() == {run.key}


def test_sweeping_again_and_again_piles_nothing_up(run: Run) -> None:
    for _ in range(5):
        assert bell.sweep() == 0
    assert DBTaskResult.objects.count() == 1


def test_nobody_rings_for_a_run_in_good_hands(run: Run) -> None:
    take_up(run.key, worker="test")
    DBTaskResult.objects.all().delete()
    assert bell.sweep() == 0


def test_a_bell_for_a_run_that_is_over_does_nothing(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(state=Run.State.CANCELLED)
    compute_run.call(run.key)
    run.refresh_from_db()
    assert (run.state, run.attempt) == (Run.State.CANCELLED, 0)


def test_reconstructions_are_heavy() -> None:
    assert compute_run.queue_name == "heavy"


def test_one_bell_is_looked_for_by_one_query(
    filled: Capture, curator: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run = start_run(filled, by=curator)
    with django_assert_num_queries(2):
        assert bells.is_rung(compute_run, run.key)
        assert not bells.is_rung(compute_run, "another")
