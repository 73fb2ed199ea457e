"""`manage.py undo_load KEY`: take a whole load back, but for what was edited since."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from heritage.exchange.actions import begin_undo, run_undo
from heritage.exchange.errors import ExchangeError
from heritage.exchange.lease import WorkLost
from heritage.exchange.models import Load, LoadedRow


class Command(BaseCommand):
    help = "Take a load back by its key; what was edited since stays and is listed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key")

    def handle(self, *, key: str, **options: Any) -> None:
        load = Load.objects.filter(key=key).first()
        if load is None:
            raise CommandError(f"There is no load {key}.")
        try:
            if load.state != Load.State.UNDOING:
                begin_undo(load, by=None)
            done = run_undo(load.pk)
        except (ExchangeError, WorkLost) as error:
            raise CommandError(str(error)) from error
        if done is None:
            raise CommandError("Another process is at this load.")
        rows = load.results.filter(undo=LoadedRow.Undo.TAKEN_BACK).count()
        self.stdout.write(f"load {key}: {rows} rows taken back")
        for row in load.results.filter(undo=LoadedRow.Undo.EDITED):
            self.stdout.write(
                f"  row {row.number}, relic {row.relic_key}: edited since, left as it is"
            )
