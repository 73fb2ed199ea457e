"""Fill the demo museum the way a curator would: scan, run, set upright, release.

Every step is looked up in the records, so that a fill that was stopped goes on where it
was, and one that is finished does nothing.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User

from heritage.captures.actions.files import add_files
from heritage.captures.actions.runs import start_run
from heritage.captures.actions.upright import confirm_upright
from heritage.captures.messages import run_error_sentence
from heritage.captures.models import Capture, Run
from heritage.catalogue.actions import release
from heritage.catalogue.models import Record

from .photographs import photograph_one
from .records import Plan, write_records
from .standing import TRUTH, known_upright

LOOK_EVERY_S = 0.5
Say = Callable[[str], None]


def fill(curator: User, *, most_relics: int, say: Say) -> None:
    """Bring the demo to its full size, telling each relic as it is released.

    The first relic goes all the way before the others are scanned, so that there is
    something to see early.
    """
    plans = write_records(curator, most_relics=most_relics)
    start_forgotten(curator)
    for plan in plans[:1]:
        _scan(plan, curator)
        _finish_all(curator, say)
    photograph_one(curator, say)
    for plan in plans[1:]:
        _scan(plan, curator)
        _finish(curator, say)
    _finish_all(curator, say)


def _scan(plan: Plan, curator: User) -> None:
    """Scan a virtual vessel and hand the scans in, as a technician would."""
    settings.WORK_ROOT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=settings.WORK_ROOT, prefix="synthesis-"
    ) as folder:
        command = [sys.executable, "-m", "scans", "synthesize", plan.kind, "--colour"]
        command += ["--out", folder, "--seed", str(plan.seed)]
        subprocess.run(  # noqa: S603
            command, cwd=settings.BASE_DIR, check=True, stdout=subprocess.DEVNULL
        )
        scans = sorted(Path(folder).glob("*.ply"))
        files = [(path.name, path) for path in scans]
        files.append((TRUTH, Path(folder) / "truth" / "poses.json"))
        add_files(plan.capture, files, by=curator)
    start_run(plan.capture, by=curator)


def start_forgotten(curator: User) -> None:
    """Start what an earlier fill was stopped before starting: scans without a run."""
    rows = Capture.objects.filter(relic__is_demo=True, runs=None)
    for capture in rows.exclude(files=None):
        start_run(capture, by=curator)


def _finish_all(curator: User, say: Say) -> None:
    while _finish(curator, say):
        time.sleep(LOOK_EVERY_S)


def _finish(curator: User, say: Say) -> bool:
    """Go on with each relic whose run is over; tell whether any is to be waited for."""
    waits = False
    for run in _newest_runs():
        if not run.is_over:
            waits = True
        elif run.state == Run.State.SUCCEEDED:
            waits |= _publish(run, curator, say)
        elif run.pk not in _told:
            _told.add(run.pk)
            say(f"{run.capture.relic}: {run_error_sentence(run)}")
    return waits


def _newest_runs() -> Iterator[Run]:
    """The last run of each demo relic that is not released yet."""
    rows = Run.objects.filter(
        capture__relic__is_demo=True, capture__relic__state=Record.State.DRAFT
    )
    seen: set[int] = set()
    for run in rows.select_related("capture__relic").order_by("-pk"):
        if run.capture_id not in seen:
            seen.add(run.capture_id)
            yield run


_told: set[int] = set()


def _publish(run: Run, curator: User, say: Say) -> bool:
    """Set upright, then release; tell whether a delivery is to be waited for."""
    if not run.is_accepted and confirm_upright(
        run, matrix=known_upright(run), by=curator
    ):
        return True
    relic = run.capture.relic
    release(relic, by=curator)
    say(f"{relic}: {settings.BASE_IRI}/relics/{relic.key}")
    return False
