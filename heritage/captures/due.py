"""What time does to captures and runs: lapsed leases, orphans, leftovers."""

import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from heritage.archive.actions.discard import discard_derived
from heritage.archive.models import Deposit
from heritage.lib.due import due

from . import bell
from .actions.files import NOTE_PREFIX as UPLOAD_NOTE
from .actions.files import attach_deposit, inspect_rows
from .clouds_sweep import KEPT as CLOUDS_KEPT
from .letters import send_letters
from .models import Capture, CaptureFile, Heartbeat, Run
from .worker_results import NOTE_PREFIX as OUTPUT_NOTE
from .worker_results import deposit_note

GRACE = timedelta(hours=1)  # whoever is between two steps has long taken the second
DAY = timedelta(days=1)
# Stages are worth hours of computing; they make way at once where a run needs the room.
KEPT = dict.fromkeys(("run-*", "inspect-*", "ask-*"), DAY) | {
    "clouds-*": CLOUDS_KEPT,
    "stages-*": 7 * DAY,
}
PROCESSES_KEPT = timedelta(days=1)
BELLS_KEPT = timedelta(days=7)
WORKER_IS_DEAD = timedelta(minutes=2)


due(send_letters)


@due
def ring_for_runs() -> int:
    """Ring for waiting runs and lapsed leases, also where no worker sweeps."""
    return bell.sweep()


@due
def adopt_uploads() -> int:
    """Give uploads to their capture whose process died before it could."""
    count = 0
    used = CaptureFile.objects.filter(stored_file__deposit=OuterRef("pk"))
    for deposit in _orphans(Deposit.Kind.ORIGINAL, UPLOAD_NOTE, used):
        key = deposit.note.removeprefix(UPLOAD_NOTE)
        capture = Capture.objects.filter(key=key).first()
        if capture is not None:
            attach_deposit(capture, deposit)
            count += 1
    return count


@due
def look_at_files_unseen() -> int:
    """Inspect files whose process died before it had looked at them."""
    unseen = CaptureFile.objects.filter(
        role=CaptureFile.Role.SCAN,
        findings=[],
        figures={},
        stored_file__created_at__lt=timezone.now() - GRACE,
    )
    rows = list(unseen.select_related("stored_file")[:100])
    inspect_rows(rows)
    return len(rows)


@due
def discard_orphaned_outputs() -> int:
    """Remove outputs whose attempt died, or lost its lease, before it named them."""
    used = Run.objects.filter(outputs=OuterRef("pk"))
    running = {
        deposit_note(run, run.attempt)
        for run in Run.objects.filter(state=Run.State.RUNNING)
    }
    orphans = _orphans(Deposit.Kind.DERIVED, OUTPUT_NOTE, used)
    dead = [deposit for deposit in orphans if deposit.note not in running]
    for deposit in dead:
        discard_derived(deposit)
    return len(dead)


@due
def remove_work_folders() -> int:
    """Remove what runs that are over, and questions that died, have left; old clouds."""
    root, now = Path(settings.WORK_ROOT), timezone.now()
    alive = Run.objects.filter(state__in=[Run.State.WAITING, Run.State.RUNNING])
    kept = {f"run-{key}" for key in alive.values_list("key", flat=True)}
    stale = [
        folder
        for pattern, days in KEPT.items()
        for folder in root.glob(pattern)
        if folder.name not in kept and _is_older(folder, now - days)
    ]
    for folder in stale:
        shutil.rmtree(folder, ignore_errors=True)
    return len(stale)


@due
def forget_processes() -> int:
    """Forget processes that have been silent for a day."""
    before = timezone.now() - PROCESSES_KEPT
    return Heartbeat.objects.filter(at__lt=before).delete()[0]


@due
def forget_bells() -> int:
    """Forget tasks that are long done, and those whose worker died with them in hand."""
    done = DBTaskResult.objects.finished()
    count = int(done.filter(finished_at__lt=timezone.now() - BELLS_KEPT).delete()[0])
    lately = timezone.now() - WORKER_IS_DEAD
    alive = set(Heartbeat.objects.filter(at__gte=lately).values_list("name", flat=True))
    held = DBTaskResult.objects.running().filter(started_at__lt=lately)
    dead = [task.pk for task in held if not _is_held(task.worker_ids, alive)]
    return count + DBTaskResult.objects.filter(pk__in=dead).delete()[0]


def _orphans(kind: str, note: str, users: QuerySet[Run]) -> QuerySet[Deposit]:
    """Give sealed deposits that were made for something of ours and that none names."""
    rows = Deposit.objects.filter(
        kind=kind,
        state=Deposit.State.SEALED,
        note__startswith=note,
        sealed_at__lt=timezone.now() - GRACE,
    )
    return rows.filter(~Exists(users))


def _is_older(folder: Path, before: datetime) -> bool:
    try:
        return folder.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


def _is_held(worker_ids: Iterable[str], alive: set[str]) -> bool:
    return any(worker in alive for worker in worker_ids)
