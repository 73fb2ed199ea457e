"""What a run's row shows while an engine works."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heritage.captures.actions import cancel_run
from heritage.captures.lease import LeaseLost, take_up
from heritage.captures.models import Run
from heritage.captures.views.shown import shown_progress
from heritage.captures.worker_progress import ProgressPen
from scans.events import Event


class Clock:
    """A clock that stands until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def pen_for(run: Run, clock: Clock, *, is_stopping: bool = False) -> ProgressPen:
    lease = take_up(run.key, worker="test")
    assert lease is not None
    run.refresh_from_db()
    return ProgressPen(run, lease, lambda: is_stopping, clock)


def test_progress_is_saved_about_once_a_second(run: Run, clock: Clock) -> None:
    pen = pen_for(run, clock)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for step in range(100):
            clock.now += 0.03
            pen.hear(Event("progress", "read", fraction=step / 100))
    assert len(queries) <= 4


def test_what_was_heard_is_saved_at_the_next_look(run: Run, clock: Clock) -> None:
    pen = pen_for(run, clock)
    pen.hear(Event("progress", "read", fraction=0.1))
    clock.now += 0.5
    pen.hear(Event("progress", "read", fraction=0.2, peak_bytes=900 * 2**20))
    clock.now += 0.4
    assert not pen.should_stop()
    run.refresh_from_db()
    assert (run.fraction, run.peak_bytes) == (0.2, 900 * 2**20)
    assert shown_progress(run).memory == "900 MiB"


def test_progress_never_goes_back_not_even_for_a_new_attempt(
    run: Run, clock: Clock
) -> None:
    pen = pen_for(run, clock)
    pen.hear(Event("progress", "surface", fraction=0.6))
    pen.hear(Event("progress", "surface", fraction=0.4))
    pen.flush()
    pen.lease.give_up()
    again = pen_for(run, clock)
    again.hear(Event("stage-started", "read", fraction=0.0))
    again.flush()
    run.refresh_from_db()
    assert run.fraction == 0.6


def test_the_first_estimate_stays(run: Run, clock: Clock) -> None:
    pen = pen_for(run, clock)
    pen.hear(Event("plan", detail={"stages": ["read"], "estimate_s": 90}))
    pen.lease.give_up()
    again = pen_for(run, clock)
    again.hear(Event("plan", detail={"stages": ["read"], "estimate_s": 30}))
    again.flush()
    run.refresh_from_db()
    assert run.estimate_s == 90


def test_a_new_stage_forgives_lapses_and_a_resumed_one_does_not(
    run: Run, clock: Clock
) -> None:
    finished = Event("stage-finished", "read", detail={"seconds": 1.0})
    pen = pen_for(run, clock)
    pen.hear(finished)
    pen.lease.give_up()
    again = pen_for(run, clock)
    again.hear(finished)
    run.refresh_from_db()
    assert run.lapsed_in_stage == 1
    again.hear(Event("stage-finished", "register", detail={"seconds": 1.0}))
    run.refresh_from_db()
    assert run.lapsed_in_stage == 0
    assert list(run.stages.values_list("name", "attempt")) == [
        ("read", 1),
        ("register", 2),
    ]


def test_a_lost_lease_writes_no_stage(run: Run, clock: Clock) -> None:
    pen = pen_for(run, clock)
    pen.lease.give_up()
    pen_for(run, clock)
    with pytest.raises(LeaseLost):
        pen.hear(Event("stage-finished", "read", detail={"seconds": 1.0}))
    assert not run.stages.exists()
    assert pen.should_stop()


def test_a_wish_to_cancel_is_seen_within_a_second(
    run: Run, clock: Clock, curator: User
) -> None:
    pen = pen_for(run, clock)
    assert not pen.should_stop()
    cancel_run(run, by=curator)
    clock.now += 1.0
    assert pen.should_stop()


def test_a_worker_that_shuts_down_stops_its_engine(run: Run, clock: Clock) -> None:
    assert pen_for(run, clock, is_stopping=True).should_stop()
