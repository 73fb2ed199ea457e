"""Take the demo's records out of the museum again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from heritage.operations.demo.remove import remove_demo


class Command(BaseCommand):
    help = "Take the demo's records, runs, files and account out of the museum."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        if (
            not options["yes"]
            and input("Remove all demo records? [y/N] ").lower() != "y"
        ):
            self.stdout.write("Nothing was removed.")
            return
        for name, count in sorted(remove_demo().items()):
            self.stdout.write(f"{count:6d} {name}")
