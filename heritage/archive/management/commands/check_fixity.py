"""`manage.py check_fixity`: read what is kept, compare digests, say what was found."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from heritage.archive.actions.check import (
    Report,
    check_kept,
    objects_of_record,
    sweep,
)
from heritage.archive.errors import ArchiveError
from heritage.archive.fixity import Result
from heritage.archive.models import Deposit, Kept, PreservedRecord


class Command(BaseCommand):
    help = (
        "Check the fixity of what the archive keeps; ends with 1 if anything is lost."
    )
    requires_system_checks: list[str] = []  # they load every page

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--all", action="store_true", help="everything, due or not")
        which.add_argument("--deposit", metavar="KEY", help="one deposit")
        which.add_argument(
            "--record", metavar="KIND/KEY", help="one record and its deposits"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = Report()
        try:
            for _step in self._steps(report, options):
                pass
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        self._tell(report)

    def _steps(self, report: Report, options: dict[str, Any]) -> Iterator[None]:
        chosen = _chosen(options)
        if chosen is None:
            yield from sweep(report)
            return
        for kept in chosen:
            report.add(check_kept(kept))
            yield

    def _tell(self, report: Report) -> None:
        for looked, checked in report.faults:
            place = f"{looked.store.name}/{looked.kept.object_path}/{checked.path}"
            self.stdout.write(f"{checked.result}\t{looked.kept}\t{place}")
        counts = ", ".join(f"{report.counts[r]} {r}" for r in Result)
        self.stdout.write(_("Files: %(counts)s.") % {"counts": counts})
        if not report.is_well:
            raise CommandError(
                _("Some files could not be repaired. Restore them from a backup.")
            )


def _chosen(options: dict[str, Any]) -> Iterable[Kept] | None:
    """Name the objects asked for; None for those that are due."""
    if options["all"]:
        return _everything()
    if options["deposit"]:
        found = Deposit.objects.filter(key=options["deposit"])
        return found or _unknown(options["deposit"])
    if options["record"]:
        kind, _slash, key = options["record"].partition("/")
        return objects_of_record(kind, key) or _unknown(options["record"])
    return None


def _everything() -> Iterator[Kept]:
    yield from Deposit.objects.exclude(object_path="")
    yield from PreservedRecord.objects.exclude(object_path="")


def _unknown(name: str) -> Iterable[Kept]:
    raise CommandError(_("The archive holds no %(name)s.") % {"name": name})
