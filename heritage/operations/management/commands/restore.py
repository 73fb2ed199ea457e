"""Make this museum what it was when a backup was taken."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from heritage.archive.errors import ArchiveError
from heritage.operations.backup.errors import BackupError
from heritage.operations.backup.restoring import restore


class Command(BaseCommand):
    help = "Restore database, archive and key from a backup; every byte is verified."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--generation", default="", help="its name; else the newest"
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="even where there is a museum, which is set aside; stop it first",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = restore(
                options["folder"].resolve(),
                generation=options["generation"],
                replace=options["replace"],
            )
        except (BackupError, ArchiveError, OSError) as error:
            raise CommandError(str(error)) from None
        about = done.about
        self.stdout.write(
            f"Restored {done.generation.name}: {about.files} files, as of {about.created}."
        )
        for name in done.from_others:
            self.stdout.write(f"damaged here, taken from another generation: {name}")
        for path in done.aside:
            self.stdout.write(f"what was here before: {path}")
        if done.purged:
            self.stdout.write(
                f"Lawfully erased since, and not brought back: in {done.purged} objects."
            )
        if done.other_settings:
            told = ", ".join(done.other_settings)
            self.stdout.write(f"Settings that were others then (settings.json): {told}")
        self.stdout.write("Next: manage.py migrate, manage.py graph rebuild.")
