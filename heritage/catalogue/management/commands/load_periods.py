"""Bring the period scheme into the register."""

from typing import Any

from django.core.management.base import BaseCommand

from heritage.catalogue.actions.periods import load_periods


class Command(BaseCommand):
    help = "Add the periods of the vocabulary that the register does not have yet."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_periods()} periods added.")
