"""Compute one run: lease it, let the engine work in a child, keep what came out.

The engine resumes from its own `--out` folder, which stays in the work folder until the
run has succeeded; so an attempt that was killed costs only the stage it was in.
"""

import logging
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from heritage.archive.errors import ArchiveError, StoreAbsent
from scans import child

from .engine_order import Facts, RunFailed, engine_arguments, ordered_profiles
from .lease import Lease, LeaseLost, take_up
from .models import Run
from .stage_shelf import keep_stages, take_stages, taken_stages
from .worker_progress import ProgressPen
from .worker_results import ResultsMissing, keep_results, list_results

log = logging.getLogger(__name__)
State = Run.State


def compute(key: str, *, worker: str, is_stopping: Callable[[], bool]) -> None:
    """Take up the run with this key and bring it as far as this process may."""
    lease = take_up(key, worker=worker)
    if lease is None:
        return
    run = Run.objects.select_related("capture__relic", "master_of").get(pk=lease.run_id)
    try:
        with lease.kept():
            _attempt(run, lease, is_stopping)
    except LeaseLost:
        log.warning("Run %s is no longer ours; attempt %s ends.", key, lease.attempt)


def work_folder(run: Run) -> Path:
    return Path(settings.WORK_ROOT) / f"run-{run.key}"


def _attempt(run: Run, lease: Lease, is_stopping: Callable[[], bool]) -> None:
    folder = work_folder(run)
    pen = ProgressPen(run, lease, is_stopping)
    try:
        _run_engine(run, folder, pen)
        profiles = ordered_profiles(folder)
        outputs = list_results(run, folder / "out", profiles)
        keep_results(run, lease, outputs, profiles=profiles)
    except child.ChildStopped:
        _stop(run, lease, folder)
    except child.ChildCrashed as crash:
        _crash(run, lease, folder, crash)
    except child.ChildRefused as refusal:
        _fail(run, lease, RunFailed(refusal.code, refusal.facts))
    except (RunFailed, ResultsMissing) as failure:
        _fail(run, lease, failure)
    except StoreAbsent as absent:  # for now: what was computed is not lost for it
        log.warning("Run %s waits: %s", run.key, absent)
        _stop(run, lease, folder)
    except ArchiveError as error:
        _fail(run, lease, RunFailed("archive-refused", {"reason": str(error)}))
    except OSError as error:
        _fail(run, lease, RunFailed("disk-error", {"reason": error.strerror or ""}))
    else:
        _put_away(run, folder)


def _put_away(run: Run, folder: Path) -> None:
    """Keep what a next run may go on from; a shelf that cannot be filled is no harm."""
    try:
        keep_stages(run, folder)
    except OSError:
        log.warning("The stages of run %s are not kept.", run.key, exc_info=True)
    shutil.rmtree(folder, ignore_errors=True)


def _run_engine(run: Run, folder: Path, pen: ProgressPen) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    take_stages(run, folder)
    pen.taken = taken_stages(folder)
    child.run_engine(
        engine_arguments(run, folder),
        limits=_limits(folder),
        on_event=pen.hear,
        should_stop=pen.should_stop,
        log=folder / "engine.log",
    )
    pen.flush()


def _limits(folder: Path) -> child.Limits:
    return child.Limits(
        memory_bytes=settings.RUN_MEMORY_BYTES,
        wall_s=settings.RUN_TIME_S,
        cpu_s=settings.RUN_TIME_S * (os.cpu_count() or 1),
        file_bytes=shutil.disk_usage(folder).free,
        stage_s=settings.RUN_STAGE_TIME_S,
    )


def _stop(run: Run, lease: Lease, folder: Path) -> None:
    """Cancel the run if that was asked; else this process ends and another goes on."""
    run.refresh_from_db(fields=["stop_asked"])
    if run.stop_asked:
        lease.conclude(state=State.CANCELLED, finished_at=timezone.now(), eta_s=None)
        shutil.rmtree(folder, ignore_errors=True)
    else:
        lease.conclude(state=State.WAITING, worker="", eta_s=None)


def _crash(run: Run, lease: Lease, folder: Path, crash: child.ChildCrashed) -> None:
    log.warning("Run %s: %s\n%s", run.key, crash, crash.log_tail)
    if crash.limit:
        _fail(run, lease, RunFailed(f"{crash.limit}-limit", _limit_facts(crash)))
    elif crash.exit_code == -signal.SIGKILL:
        # Somebody else killed it, mostly the kernel for want of memory: as if the
        # worker had died, so the run may try again and its attempts are counted.
        lease.give_up()
    else:
        _fail(run, lease, RunFailed("engine-crashed", {"exit_code": crash.exit_code}))


def _limit_facts(crash: child.ChildCrashed) -> Facts:
    return {
        "stage": crash.stage,
        "memory_gb": round(settings.RUN_MEMORY_BYTES / 1024**3, 1),
        "minutes": round(settings.RUN_TIME_S / 60),
        "stage_minutes": round(settings.RUN_STAGE_TIME_S / 60),
    }


def _fail(run: Run, lease: Lease, failure: RunFailed | ResultsMissing) -> None:
    """Mark the run failed; its log stays for the operator, its bulk does not."""
    log.warning("Run %s failed: %s %s", run.key, failure.code, failure.facts)
    lease.conclude(
        state=State.FAILED,
        error_code=failure.code,
        error_facts=failure.facts,
        finished_at=timezone.now(),
        eta_s=None,
    )
    for part in ("inputs", "out"):
        shutil.rmtree(work_folder(run) / part, ignore_errors=True)
