"""A clock that ran ahead and is put right: nothing waits for the time it had shown."""

import io
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from heritage.archive import due
from heritage.archive.actions.check import due_objects
from heritage.archive.actions.deposit import deposit_files, finish_interrupted
from heritage.archive.actions.preserve import preserve_due
from heritage.archive.models import Deposit, PreservedRecord
from heritage.archive.places import incoming
from heritage.captures.lease import free_runs, take_up
from heritage.captures.models import Capture, Run
from heritage.catalogue.models import Relic
from tests.heritage.factories import make_collection, make_relic

pytestmark = pytest.mark.django_db

AHEAD = timedelta(days=400)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def relic() -> Relic:
    return make_relic(make_collection())


def put_right(clock: Any) -> None:
    clock.shift(-AHEAD)


def test_a_record_is_preserved_all_the_same(clock: Any, relic: Relic) -> None:
    clock.shift(AHEAD)
    preserve_due()
    put_right(clock)
    relic.name_en = "Another name"
    relic.save()
    preserve_due()
    row = PreservedRecord.objects.get(kind="relic", key=relic.key)
    assert row.version == 2
    assert row.changed_at is None


def test_a_run_whose_worker_died_is_taken_up(clock: Any, relic: Relic) -> None:
    run = Run.objects.create(capture=Capture.objects.create(relic=relic))
    clock.shift(AHEAD)
    assert take_up(run.key, worker="one")
    put_right(clock)
    clock.shift(timedelta(minutes=5))
    assert run in free_runs()
    assert take_up(run.key, worker="two")


def test_a_lease_that_holds_is_not_taken_for_a_small_step_back(
    clock: Any, relic: Relic
) -> None:
    run = Run.objects.create(capture=Capture.objects.create(relic=relic))
    assert take_up(run.key, worker="one")
    clock.shift(timedelta(seconds=-20))
    assert take_up(run.key, worker="two") is None


def test_files_are_checked_in_their_turn(clock: Any) -> None:
    clock.shift(AHEAD)
    deposit = deposit_files([("a", io.BytesIO(b"a"))], by=None)
    put_right(clock)
    assert deposit in list(due_objects("checked_at", 90))


def test_what_was_left_behind_goes_within_a_day_or_two(clock: Any) -> None:
    incoming().mkdir(parents=True)
    left = incoming() / "left-by-a-kill"
    left.write_bytes(b"x")
    ahead = (timezone.now() + AHEAD).timestamp()
    os.utime(left, (ahead, ahead))
    clock.shift(timedelta(days=2))
    due.remove_leftovers()
    assert not left.exists()


def test_a_stale_upload_as_well(clock: Any, settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    left = settings.FILE_UPLOAD_TEMP_DIR / "tmp.upload"
    left.write_bytes(b"x")
    ahead = (timezone.now() + AHEAD).timestamp()
    os.utime(left, (ahead, ahead))
    due.remove_stale_uploads()
    assert not left.exists()


def test_a_deposit_under_way_is_none_the_worse(clock: Any) -> None:
    clock.shift(AHEAD)
    deposit = Deposit.objects.create()
    put_right(clock)
    assert finish_interrupted() == 1
    deposit.refresh_from_db()
    assert deposit.state == Deposit.State.REFUSED
