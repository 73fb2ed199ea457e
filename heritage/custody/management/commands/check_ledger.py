"""`manage.py check_ledger`: read every ledger and tell whether it is as it was written."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from heritage.custody.models import Ledger
from heritage.custody.sealing import find_breaks


class Command(BaseCommand):
    help = "Check the chain of digests of the ledgers; ends with 1 if one is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--holds", metavar="DIGEST",
            help="a digest from a printed page: some ledger must still hold it",
        )  # fmt: skip

    def handle(self, *args: Any, holds: str | None = None, **options: Any) -> None:
        is_broken = False
        for ledger in Ledger.objects.select_related("collection"):
            breaks = list(find_breaks(ledger))
            is_broken |= bool(breaks)
            for one in breaks:
                self.stdout.write(f"{ledger}: {one.sentence}")
            if not breaks:
                self.stdout.write(
                    f"{ledger}: {ledger.last_number} · {ledger.last_digest[:32]}"
                )
        if is_broken:
            raise CommandError(
                _(
                    "A ledger is not as it was written. Compare it with the archive's versions."
                )
            )
        if holds and not _is_held(holds):
            raise CommandError(_("No ledger holds an entry with this digest."))


def _is_held(digest: str) -> bool:
    ledgers = Ledger.objects.filter(entries__digest__startswith=digest.lower())
    return ledgers.exists()
