"""Keep the search index in step with the records, for as long as the museum is open."""

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
from heritage.search.building import BUILD_ERRORS
from heritage.search.index import IndexInUse, open_writer
from heritage.search.keeper import Keeper

ROLE: Final = "index"
POLL_S: Final = 0.3
AFTER_FAILURE_S: Final = 2.0

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Bring every record that changed into the search index."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="do what waits, and end"
        )

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        try:
            with open_writer() as writer:
                self._run(Keeper(writer), once=once)
        except IndexInUse as error:
            raise CommandError(_("Another process keeps the search index.")) from error

    def _run(self, keeper: Keeper, *, once: bool) -> None:
        if once:
            count = keeper.drain()
            self.stdout.write(_("%(count)d changes indexed") % {"count": count})
        else:
            _loop(keeper, _stop_on_signal())


def _loop(keeper: Keeper, stop: threading.Event) -> None:
    name = process_name(ROLE)
    while not stop.is_set():
        close_old_connections()
        is_idle = not _step(keeper)
        beat(ROLE, name)
        if is_idle:
            stop.wait(POLL_S)
    say_goodbye(name)


def _step(keeper: Keeper) -> bool:
    """Do one batch; tell whether there may be more at once."""
    try:
        return keeper.step() > 0
    # ValueError is what tantivy raises; others come of a row that is like no other.
    except (OperationalError, OSError, *BUILD_ERRORS):
        logger.exception("the index cannot be written now; trying again")
        time.sleep(AFTER_FAILURE_S)
        return False


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
