"""Recreate the records from the archive's objects, on an empty database."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from heritage.archive.actions.rebuild import rebuild
from heritage.archive.errors import ArchiveError


class Command(BaseCommand):
    help = (
        "Recreate all records on an empty database from the archive alone, as of the "
        "last version preserved. Ends with 1 if anything could not be put back."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = rebuild()
        except ArchiveError as error:
            raise CommandError(str(error)) from None
        for label, count in sorted(done.rows.items()):
            self.stdout.write(f"{count:8d} {label}")
        self.stdout.write(f"As of sequence number {done.sequence}.")
        for name in done.later:
            self.stdout.write(
                f"later: {name} is in the archive, and waits in the inbox"
            )
        for fault in done.faults:
            self.stderr.write(f"{fault.what}: {fault.reason}")
        self.stdout.write(
            "Nobody can sign in before a password is set: manage.py changepassword NAME. "
            "Next: manage.py graph rebuild, manage.py check_fixity."
        )
        sys.exit(1 if done.faults else 0)
