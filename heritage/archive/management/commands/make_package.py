"""`manage.py make_package FILE --record relic/KEY`: write a BagIt bag as TAR or ZIP."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from heritage.archive.actions.package import write_package
from heritage.archive.errors import ArchiveError
from heritage.archive.models import Deposit, PreservedRecord
from heritage.archive.packages import STREAMS


class Command(BaseCommand):
    help = "Write a deposit, or a record with its files, as a BagIt bag (.tar or .zip)."
    requires_system_checks: list[str] = []  # they load every page

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="FILE.tar or FILE.zip")
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--deposit", metavar="KEY")
        which.add_argument("--record", metavar="KIND/KEY")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        form = file.suffix.lower().removeprefix(".")
        if form not in STREAMS:
            raise CommandError(_("Name a file that ends in .tar or .zip."))
        draft = file.with_name(f".{file.name}.part")
        try:
            with draft.open("wb", buffering=0) as out:
                write_package(_chosen(options), out, form=form, by=None)
            draft.replace(file)
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        finally:
            draft.unlink(missing_ok=True)
        self.stdout.write(str(file))


def _chosen(options: dict[str, Any]) -> Deposit | PreservedRecord:
    if options["deposit"] is not None:
        deposit: Deposit | None = Deposit.objects.filter(key=options["deposit"]).first()
        if deposit is None:
            raise CommandError(
                _("The archive holds no %(name)s.") % {"name": options["deposit"]}
            )
        return deposit
    kind, _slash, key = options["record"].partition("/")
    row: PreservedRecord | None = PreservedRecord.objects.filter(
        kind=kind, key=key
    ).first()
    if row is None:
        raise CommandError(
            _("The archive holds no %(name)s.") % {"name": options["record"]}
        )
    return row
