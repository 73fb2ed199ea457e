"""Bring the vocabularies and the period scheme into the register."""

from typing import Any

from django.core.management.base import BaseCommand

from heritage.catalogue.actions.periods import load_periods
from heritage.catalogue.actions.vocabularies import load_vocabularies


class Command(BaseCommand):
    help = "Load the vocabularies whose edition is new, and add the periods that lack."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_vocabularies()} vocabularies loaded.")
        self.stdout.write(f"{load_periods()} periods added.")
