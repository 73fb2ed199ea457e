"""Who may write to a run's row, and when a run is given up."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from heritage.captures.actions import cancel_run
from heritage.captures.lease import (
    MOST_LAPSES,
    Lease,
    LeaseLost,
    close_hopeless,
    free_runs,
    take_up,
)
from heritage.captures.messages import run_error_sentence
from heritage.captures.models import Run

from .conftest import Later

LONG_S = 3600.0


def taken(run: Run, worker: str = "one") -> Lease:
    lease = take_up(run.key, worker=worker)
    assert lease is not None
    return lease


def reread(run: Run) -> Run:
    return Run.objects.get(pk=run.pk)


def test_a_waiting_run_is_taken_once(run: Run) -> None:
    assert taken(run).attempt == 1
    assert take_up(run.key, worker="two") is None
    assert reread(run).worker == "one"


def test_a_lapsed_lease_is_taken_over_and_counted(run: Run, later: Later) -> None:
    taken(run)
    later(LONG_S)
    assert taken(run, "two").attempt == 2
    assert (reread(run).worker, reread(run).lapsed_in_stage) == ("two", 1)


def test_a_worker_that_slept_past_its_lease_cannot_write(
    run: Run, later: Later
) -> None:
    sleeper = taken(run)
    later(LONG_S)
    taken(run, "two").save(fraction=0.5)
    writes: list[Callable[[], None]] = [
        lambda: sleeper.save(fraction=0.9),
        lambda: sleeper.conclude(state=Run.State.SUCCEEDED),
        sleeper.renew,
        sleeper.give_up,
    ]
    for write in writes:
        with pytest.raises(LeaseLost):
            write()
    assert sleeper.lost.is_set()
    assert (reread(run).fraction, reread(run).state) == (0.5, Run.State.RUNNING)


def test_a_worker_cannot_write_to_a_run_that_is_over(run: Run) -> None:
    lease = taken(run)
    lease.conclude(state=Run.State.CANCELLED)
    with pytest.raises(LeaseLost):
        lease.save(fraction=0.9)


def test_renewing_keeps_others_away(run: Run, later: Later) -> None:
    lease = taken(run)
    for _ in range(5):
        later(20)
        lease.renew()
    assert take_up(run.key, worker="two") is None
    assert not free_runs().exists()


def test_the_third_lapse_in_one_stage_fails_the_run(run: Run, later: Later) -> None:
    for _ in range(MOST_LAPSES):
        taken(run).save(stage="surface")
        later(LONG_S)
    assert take_up(run.key, worker="one") is None
    failed = reread(run)
    assert (failed.state, failed.attempt) == (Run.State.FAILED, MOST_LAPSES)
    assert failed.leased_until is None
    assert "{" not in run_error_sentence(failed)


def test_a_lapsed_run_whose_cancelling_was_asked_is_cancelled(
    run: Run, curator: User, later: Later
) -> None:
    taken(run)
    cancel_run(run, by=curator)
    assert reread(run).state == Run.State.RUNNING
    later(LONG_S)
    assert close_hopeless() == 1
    assert reread(run).state == Run.State.CANCELLED


def test_a_run_given_up_is_free_at_once(run: Run) -> None:
    taken(run).give_up()
    assert [free.key for free in free_runs()] == [run.key]
    assert taken(run, "two").attempt == 2


@pytest.mark.django_db(transaction=True)
def test_the_lease_is_renewed_beside_the_work(run: Run, settings: Settings) -> None:
    lease = taken(run)
    before = reread(run).leased_until
    settings.LEASE_S = 0.03
    with lease.kept():
        while reread(run).leased_until == before:
            pass
    assert reread(run).state == Run.State.RUNNING
