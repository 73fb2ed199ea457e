"""The loops of a worker process: the queue's own loop, with our sweep beside it."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, close_old_connections, connection
from django_tasks_db.management.commands.db_worker import Worker as DatabaseWorker
from redis.exceptions import RedisError

from . import bell
from .clouds_sweep import sweep_clouds
from .heartbeat import beat, process_name, say_goodbye
from .worker_state import THIS_WORKER

LOOK_EVERY_S = 0.5  # how soon a bell in the database is heard
BEAT_EVERY_S = 5.0
CLOUDS_SWEEP_S = 60.0  # how long a worker elsewhere may keep points of an erased scan
AWAY_S = 2.0  # between two looks for a database that does not answer
HEAVY_NICE = 10
log = logging.getLogger(__name__)


def work(queue: str, *, until_empty: bool = False) -> None:
    """Work on one queue until a signal comes, or until it is empty."""
    THIS_WORKER.name = process_name(queue)
    THIS_WORKER.stopping.clear()
    if queue == "heavy":
        be_nice()
        bell.sweep()
    else:
        _carefully(sweep_clouds)
    try:
        with _beside(_beat_and_sweep, queue):
            if settings.REDIS_URL:
                _work_on_redis(queue, until_empty=until_empty)
            else:
                _work_on_database(queue, until_empty=until_empty)
    finally:
        _carefully(say_goodbye, THIS_WORKER.name)


def be_nice() -> None:
    """Step back behind the web processes, however we were started."""
    os.nice(max(0, HEAVY_NICE - os.nice(0)))


class _StoppableWorker(DatabaseWorker):
    """On SIGTERM the run in hand is stopped and goes back to waiting."""

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """Only take note: the loop ends at its next turn, after half a second at most.

        Its own handler leaves by `sys.exit` from wherever the process is just now: within
        a transaction, which then stays open, and what is written afterwards is lost.
        Ctrl-C reaches us twice, from the terminal and from the process manager; the
        second must not break off what the first has begun: putting the run back.
        """
        THIS_WORKER.stopping.set()
        self.running = False


def database_worker(queue: str, *, until_empty: bool) -> DatabaseWorker:
    """Give the queue's own loop, as it is run here."""
    return _StoppableWorker(
        queue_names=[queue],
        interval=LOOK_EVERY_S,
        batch=until_empty,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=THIS_WORKER.name[:64],
        excluded_queue_names=[],
    )


def _work_on_database(queue: str, *, until_empty: bool) -> None:
    worker = database_worker(queue, until_empty=until_empty)
    worker.configure_signals()
    while worker.running:
        try:
            worker.run()
            return
        except OperationalError:
            log.warning("The database is away; trying again.", exc_info=True)
            connection.close()
            THIS_WORKER.stopping.wait(AWAY_S)


def _work_on_redis(queue: str, *, until_empty: bool) -> None:
    # Imported here: both ask for settings that are only there with Redis.
    from django_rq.workers import get_worker
    from django_tasks_rq.backend import Job
    from rq.worker import SimpleWorker

    class StoppableWorker(SimpleWorker):
        """Work in this process: a forked one would outlive our SIGKILL."""

        def handle_warm_shutdown_request(self) -> None:
            THIS_WORKER.stopping.set()
            super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]

        def request_force_stop(self, signum: int, frame: FrameType | None) -> None:
            """Let the first signal take its course, as above."""

        def execute_job(self, job: Any, queue: Any) -> None:
            close_old_connections()
            super().execute_job(job, queue)

        def get_heartbeat_ttl(self, job: Any) -> int:
            # Nobody beats for it while it works: it may take as long as a run.
            return int(settings.RUN_TIME_S) + 60

    name = f"{THIS_WORKER.name}:{threading.get_native_id()}"
    kind: Any = StoppableWorker  # its signature asks for the forking kind
    worker = get_worker(queue, worker_class=kind, job_class=Job, name=name)
    worker.work(burst=until_empty, logging_level="WARNING")


@contextmanager
def _beside(target: Any, *arguments: Any) -> Iterator[None]:
    """Run a function in a thread of its own meanwhile; it gets an event to end by."""
    over = threading.Event()
    thread = threading.Thread(target=target, args=(over, *arguments), name="sweep")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat_and_sweep(over: threading.Event, queue: str) -> None:
    waited_s = 0.0
    is_heavy = queue == "heavy"
    sweep = bell.sweep if is_heavy else sweep_clouds
    every_s = settings.SWEEP_S if is_heavy else CLOUDS_SWEEP_S
    _carefully(_beat, queue)
    pause_s = min(BEAT_EVERY_S, settings.SWEEP_S)
    while not over.wait(pause_s):
        _carefully(_beat, queue)
        waited_s += pause_s
        if waited_s >= every_s:
            waited_s = 0.0
            _carefully(sweep)


def _beat(queue: str) -> None:
    beat(queue, THIS_WORKER.name, {"queue": queue})


def _carefully(act: Any, *arguments: Any) -> None:
    """A database, queue or disk that is away for a moment must not end the thread."""
    try:
        act(*arguments)
    except (DatabaseError, RedisError, OSError):
        log.warning("%s did not work this time.", act.__name__, exc_info=True)
    finally:
        connection.close()
