"""`manage.py work --queue heavy`: compute what the queue rings for."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from heritage.captures.worker import work


class Command(BaseCommand):
    help = "Work on a queue until stopped (SIGTERM puts the run in hand back)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queue", required=True, choices=settings.QUEUES)
        parser.add_argument(
            "--until-empty",
            action="store_true",
            help="end when no task waits, for scripts and tests",
        )

    def handle(self, *, queue: str, until_empty: bool, **options: Any) -> None:
        work(queue, until_empty=until_empty)
