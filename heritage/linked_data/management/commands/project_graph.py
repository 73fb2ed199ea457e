"""Keep the knowledge graph in step with the records, for as long as the museum is open."""

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, close_old_connections
from django.utils.translation import gettext as _

from heritage.captures.heartbeat import beat, process_name, say_goodbye
from heritage.linked_data.projector import Projector
from heritage.linked_data.stores import open_store
from knowledge_graph.errors import GraphError, StoreInUse

ROLE: Final = "projector"
POLL_S: Final = 0.2
AFTER_FAILURE_S: Final = 2.0
TIDY_EVERY_S: Final = 3600.0

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Build the graph of every record that changed and publish it for queries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="do what waits, and end"
        )

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        try:
            store = open_store()
        except StoreInUse as error:
            raise CommandError(str(error)) from error
        try:
            self._run(Projector(store), once=once)
        finally:
            store.close()

    def _run(self, projector: Projector, *, once: bool) -> None:
        projector.reconcile()
        if once:
            count = projector.drain()
            self.stdout.write(_("%(count)d changes projected") % {"count": count})
        else:
            _loop(projector, _stop_on_signal())


def _loop(projector: Projector, stop: threading.Event) -> None:
    name, tidied = process_name(ROLE), 0.0
    while not stop.is_set():
        close_old_connections()
        is_idle = not _step(projector)
        beat(ROLE, name)
        if is_idle and time.monotonic() - tidied > TIDY_EVERY_S:
            tidied = time.monotonic()
            _tidy(projector)
        if is_idle:
            stop.wait(POLL_S)
    say_goodbye(name)


def _step(projector: Projector) -> bool:
    """Do one batch; tell whether there may be more at once."""
    try:
        return projector.step() > 0
    except (GraphError, OperationalError, OSError):
        logger.exception("the graph cannot be written now; trying again")
        time.sleep(AFTER_FAILURE_S)
        return False


def _tidy(projector: Projector) -> None:
    try:
        projector.tidy()
    except (GraphError, OperationalError, OSError):
        logger.exception("the graph cannot be tidied now; trying again in an hour")


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
