"""What a museum's own process can be asked (see museum.py)."""

import io
import os
import signal
import sys
import traceback
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django
from django.apps import apps

# The test process imports this module too, to name its functions: there it must not
# change anything.
if "HERITAGE_DATA" in os.environ and not apps.ready:
    django.setup()

from django.core.management import call_command
from django.db import connections
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from heritage.captures import bell
from heritage.captures.actions import add_files, cancel_run, start_run
from heritage.captures.models import Capture, Heartbeat, Run
from heritage.captures.worker_run import work_folder
from heritage.images.tasks import read_image
from heritage.lib import bells as all_bells
from scans import child
from tests.heritage.factories import make_collection, make_relic

IS_MUSEUM = "HERITAGE_DATA" in os.environ
if IS_MUSEUM and not os.environ.get("HERITAGE_TEST_REAL_ENGINE"):
    child.ENGINE = (sys.executable, "-I", str(Path(__file__).with_name("standin.py")))


def be_ready() -> None:
    """Do nothing: whoever calls this has imported the module, and so set Django up."""


def found_museum() -> None:
    call_command("migrate", verbosity=0)


def fork_command(log: str, *words: str) -> int:
    """Run a management command in a process forked from this one; give its id."""
    # A connection shared by two processes would mix their conversations up.
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        _become(log, words)
    return pid


def reap(pid: int) -> int:
    """Wait for a forked process; give its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _become(log: str, words: tuple[str, ...]) -> None:
    # Pipes of the answering process: while we held them its end would go unseen.
    os.closerange(3, 256)
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(out, 1)
    os.dup2(out, 2)
    code = 1
    try:
        call_command(*words)
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        if code:
            traceback.print_exc()
        os._exit(code)


def make_capture(scans: dict[str, bytes]) -> str:
    """Hand in these files for a new relic; give the capture's key."""
    capture = Capture.objects.create(relic=make_relic(make_collection()), unit="m")
    items = [(name, io.BytesIO(data)) for name, data in scans.items()]
    add_files(capture, items, by=None)
    return str(capture.key)


def start(capture_key: str, parameters: dict[str, Any] | None = None) -> str:
    capture = Capture.objects.get(key=capture_key)
    return start_run(capture, by=None, parameters=parameters).key


def start_and_die_before_ringing(capture_key: str) -> None:
    """Be killed between the commit of a run and the call to a queue elsewhere."""

    def die(key: str) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    deadly: Any = SimpleNamespace(enqueue=die, using=lambda **how: deadly)
    bell.compute_run = deadly  # type: ignore[attr-defined]
    all_bells.is_in_database = lambda task: False
    start(capture_key)


def newest(capture_key: str) -> str:
    return str(Run.objects.filter(capture__key=capture_key).latest("pk").key)


def cancel(key: str) -> None:
    cancel_run(Run.objects.get(key=key), by=None)


def cancel_all() -> None:
    unfinished = Run.objects.filter(state__in=["waiting", "running"])
    unfinished.update(state="cancelled", leased_until=None)


def let_lapse(key: str) -> None:
    """Move the lease of a run into the past, as time would."""
    past = timezone.now() - timedelta(seconds=1)
    Run.objects.filter(key=key, state=Run.State.RUNNING).update(leased_until=past)


def look(key: str) -> dict[str, Any]:
    """Tell all there is to know of a run."""
    run = Run.objects.get(key=key)
    columns = (
        "state", "attempt", "stage", "lapsed_in_stage", "fraction", "error_code",
        "worker", "stop_asked",
    )  # fmt: skip
    return {name: getattr(run, name) for name in columns} | {
        "folder_exists": work_folder(run).exists(),
        "stages": list(run.stages.values_list("name", "attempt")),
    }


def digests(key: str) -> dict[str, str]:
    """Give the digests of what a run made, but for its report, which holds times.

    The engine promises the same bytes of masters, models and pictures. Its poses are sums
    of several threads: they may differ in the fifteenth digit, which no float32 shows.
    """
    rows = Run.objects.get(key=key).derivatives.exclude(role="report")
    return dict(rows.values_list("stored_file__name", "stored_file__sha512"))


def bells() -> int:
    return len(bell.keys_rung())


def ring_thinning_first(capture_key: str) -> list[str]:
    """Ring twice for clouds, then for an image and a run; name the quick ones in order."""
    capture = Capture.objects.get(key=capture_key)
    bell.ring_for_clouds(capture)
    bell.ring_for_clouds(capture)
    read_image.enqueue(capture_key)
    bell.ring(Run(key=capture_key, type=Run.Type.DELIVER))
    assert capture_key in bell.keys_rung()
    return [name for name, key in _waiting_on("quick") if key == capture_key]


def _waiting_on(queue: str) -> list[tuple[str, str]]:
    if all_bells.is_in_database(read_image):
        rows = DBTaskResult.objects.ready().filter(queue_name=queue)
        return [(row.task_name, row.args_kwargs["args"][0]) for row in rows]
    import django_rq
    from django_tasks_rq.backend import Job

    jobs = django_rq.get_queue(queue, job_class=Job).jobs
    return [(job.func.name, job.args[0]) for job in jobs]


def heard() -> dict[str, str]:
    """Give the processes that have beaten, by name with their part."""
    return dict(Heartbeat.objects.values_list("name", "role"))
