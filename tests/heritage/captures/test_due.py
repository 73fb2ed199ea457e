"""What time brings about for captures and runs."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.actions.discard import discard_derived
from heritage.archive.errors import OriginalsStay
from heritage.archive.models import Deposit, StoredFile
from heritage.archive.signals import sight_changed
from heritage.captures import due
from heritage.captures.actions import start_run
from heritage.captures.actions.files import deposit_note as upload_note
from heritage.captures.heartbeat import beat
from heritage.captures.lease import take_up
from heritage.captures.models import Capture, CaptureFile, Heartbeat, Run
from heritage.captures.usable import named_scans
from heritage.captures.worker_results import deposit_note as output_note
from heritage.captures.worker_run import work_folder
from heritage.lib.due import bring_about, due_functions

from .conftest import Later, item

HOURS = 3600.0
DAYS = 24 * HOURS


def test_a_lapsed_lease_is_rung_for_once(run: Run, later: Later) -> None:
    take_up(run.key, worker="test")
    DBTaskResult.objects.all().delete()
    later(HOURS)
    assert due.ring_for_runs() == 1
    assert due.ring_for_runs() == 0


def test_an_upload_whose_process_died_reaches_its_capture(
    capture: Capture, curator: User, later: Later
) -> None:
    deposit_files([item()], by=curator, note=upload_note(capture))
    assert due.adopt_uploads() == 0
    later(2 * HOURS)
    assert due.adopt_uploads() == 1
    assert [name for name, _ in named_scans(capture)] == ["front.ply"]
    assert due.adopt_uploads() == 0


def test_files_that_nobody_looked_at_are_looked_at(
    filled: Capture, later: Later
) -> None:
    CaptureFile.objects.all().update(figures={}, findings=[])
    later(2 * HOURS)
    assert due.look_at_files_unseen() == 2
    assert due.look_at_files_unseen() == 0
    assert all(file.figures["points"] for file in filled.files.all())


def test_outputs_of_an_attempt_that_died_are_discarded(run: Run, later: Later) -> None:
    orphan = deposit_files(
        [item("thumb.glb")], kind="derived", by=None, note=output_note(run, 1)
    )
    folder = Path(settings.ARCHIVE_ROOT) / orphan.object_path
    assert folder.is_dir()
    later(2 * HOURS)
    assert due.discard_orphaned_outputs() == 1
    assert not folder.exists()
    assert not Deposit.objects.filter(pk=orphan.pk).exists()


def test_outputs_of_an_attempt_still_at_work_stay(run: Run, later: Later) -> None:
    lease = take_up(run.key, worker="test")
    assert lease is not None
    note = output_note(run, lease.attempt)
    deposit_files([item("thumb.glb")], kind="derived", by=None, note=note)
    later(2 * HOURS)
    assert due.discard_orphaned_outputs() == 0


def test_outputs_of_a_run_stay_for_ever(
    run: Run, work: Callable[[Run], Run], later: Later
) -> None:
    work(run)
    later(1000 * DAYS)
    bring_about()
    run.refresh_from_db()
    for derivative in run.derivatives.all():
        assert derivative.stored_file.absolute_path().is_file()


def test_originals_are_never_discarded(filled: Capture) -> None:
    file = filled.files.first()
    assert file is not None
    with pytest.raises(OriginalsStay):
        discard_derived(file.stored_file.deposit)


def test_work_folders_of_finished_runs_are_removed(
    filled: Capture, run: Run, curator: User, work: Callable[[Run], Run]
) -> None:
    Run.objects.filter(pk=run.pk).update(state=Run.State.CANCELLED)
    waiting = start_run(filled, by=curator)
    yesterday = (timezone.now() - timedelta(days=2)).timestamp()
    for one in (run, waiting):
        work_folder(one).mkdir()
        os.utime(work_folder(one), (yesterday, yesterday))
    assert due.remove_work_folders() == 1
    assert not work_folder(run).exists()
    assert work_folder(waiting).exists()


def test_old_clouds_and_questions_are_swept_and_new_ones_stay(capture: Capture) -> None:
    before = (timezone.now() - timedelta(days=8)).timestamp()
    root = Path(settings.WORK_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    for name in ("clouds-a-1", "ask-b", "clouds-c-2"):
        (root / name).mkdir()
    for name in ("clouds-a-1", "ask-b"):
        os.utime(root / name, (before, before))
    assert due.remove_work_folders() == 2
    assert (root / "clouds-c-2").is_dir()


def test_clouds_go_when_a_scan_goes_out_of_sight(
    filled: Capture, django_capture_on_commit_callbacks: Any
) -> None:
    root = Path(settings.WORK_ROOT)
    own, other = root / f"clouds-{filled.key}-1", root / "clouds-other-1"
    for folder in (own, other):
        folder.mkdir(parents=True)
    files = StoredFile.objects.filter(pk=filled.files.all()[0].stored_file_id)
    with django_capture_on_commit_callbacks(execute=True):
        sight_changed.send(StoredFile, files=files)
    assert not own.exists()
    assert other.exists()


def test_tasks_of_dead_workers_and_silent_processes_are_forgotten(
    run: Run, later: Later
) -> None:
    beat("heavy", "heavy@here:1")
    task = DBTaskResult.objects.get()
    task.claim("heavy@here:1")
    assert due.forget_bells() == 0
    later(2 * DAYS)
    assert due.forget_bells() == 1
    assert due.forget_processes() == 1
    assert not Heartbeat.objects.exists()


def test_the_tick_knows_every_rooms_functions() -> None:
    rooms = {name.rsplit(".", 2)[0] for name in due_functions()}
    assert {"heritage.archive", "heritage.captures", "heritage.catalogue"} <= rooms


def test_rounds_come_to_rest(run: Run, later: Later) -> None:
    later(2 * DAYS)
    # What is done in slices of time takes more rounds on a slow machine.
    assert next((n for n in range(30) if bring_about() == {}), None) is not None
