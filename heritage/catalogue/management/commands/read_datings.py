"""Read the datings of relics that have no years yet."""

from typing import Any

from django.core.management.base import BaseCommand

from heritage.catalogue.actions.datings import read_datings


class Command(BaseCommand):
    help = (
        "Fill the years of relics from their datings as written; count those in doubt."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        read, doubted = read_datings()
        self.stdout.write(f"{read} datings read, {doubted} in doubt.")
