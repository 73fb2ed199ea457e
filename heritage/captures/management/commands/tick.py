"""`manage.py tick`: bring about what time changes."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection

from heritage.captures.heartbeat import EVERY_S, beat, process_name, say_goodbye
from heritage.lib.due import bring_about

ROLE = "tick"


class Command(BaseCommand):
    help = "Release, withdraw and tidy up by the clock until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *, once: bool, **options: Any) -> None:
        if once:
            bring_about()
            return
        over = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: over.set())
        _go_round(over)


def _go_round(over: threading.Event) -> None:
    name = process_name(ROLE)
    waited_s = settings.TICK_S
    while not over.is_set():
        if waited_s >= settings.TICK_S:
            waited_s = 0.0
            bring_about()
        _beat(name)
        pause_s = min(EVERY_S, settings.TICK_S)
        waited_s += pause_s
        connection.close_if_unusable_or_obsolete()
        over.wait(pause_s)
    say_goodbye(name)


def _beat(name: str) -> None:
    try:
        beat(ROLE, name)
    except DatabaseError:
        connection.close()
