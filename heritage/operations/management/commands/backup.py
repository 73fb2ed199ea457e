"""Back up the museum while it runs."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from heritage.archive.errors import ArchiveError
from heritage.operations.backup.errors import BackupError
from heritage.operations.backup.taking import back_up

KEPT = 7


class Command(BaseCommand):
    help = (
        "Save database, archive, key and settings as of one moment. What has not "
        "changed since the backup before takes no room. Ends with 1 if a file of the "
        "archive could not be saved whole."
    )
    requires_system_checks: list[str] = []  # they load every page

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="on another disk, only for this")
        parser.add_argument(
            "--keep",
            type=int,
            default=KEPT,
            help="how many stay; 0 keeps all (%(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            taken = back_up(options["folder"].resolve(), keep=options["keep"])
        except (BackupError, ArchiveError, OSError) as error:
            raise CommandError(str(error)) from None
        mega = 1024**2
        self.stdout.write(
            f"{taken.folder}: {taken.files} files, {taken.bytes / mega:.1f} MB, "
            f"of which {taken.new_bytes / mega:.1f} MB are new in the archive."
        )
        for name in taken.dropped:
            self.stdout.write(f"dropped: {name}")
        for fault in taken.faults:
            self.stderr.write(f"not saved whole: {fault}")
        sys.exit(1 if taken.faults else 0)
