"""`manage.py export`: write a collection's relics as CSV, XLSX, JSON or LIDO."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person
from heritage.exchange.exporting import plain_rows
from heritage.exchange.formats import FORMATS

from .load import collection_named


class Command(BaseCommand):
    help = "Write a collection's relics, with all that administrators see, to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--from", dest="collection", required=True)
        parser.add_argument("--as", dest="form", choices=sorted(FORMATS), default="csv")

    def handle(self, *, file: Path, collection: str, form: str, **options: Any) -> None:
        relics = Relic.objects.filter(collection=collection_named(collection))
        rows = plain_rows(relics, Person(is_administrator=True))
        with file.open("wb") as out:
            for piece in FORMATS[form].write(rows):
                out.write(piece)
        self.stdout.write(f"{file}: {file.stat().st_size} bytes")
