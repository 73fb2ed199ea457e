"""`manage.py deposit FOLDER --to RECORD`: hand in files that lie on a disk."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from unicodedata import category

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from heritage.archive.actions.hand_in import assign, hand_in
from heritage.archive.destinations import Target, destination, find_target
from heritage.archive.errors import ArchiveError
from heritage.archive.folders import Match, match_children
from heritage.archive.match_table import Table, read_table
from heritage.archive.models import Deposit, StoredFile
from heritage.archive.set_report import Level, SetReport

BY_NUMBER = "register-no"


class Command(BaseCommand):
    help = "Hand in a folder, a file or a BagIt bag for ever, and give it to a record."
    requires_system_checks: list[str] = []  # they load every page

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", help="what to hand in")
        parser.add_argument("--to", metavar="RECORD", help="register number or key")
        parser.add_argument(
            "--match",
            metavar="register-no|FILE.csv",
            help="match each folder or file in FOLDER: by the number in its name, or by "
            "a table of paths (or patterns) and record numbers",
        )
        parser.add_argument(
            "--assign", metavar="DEPOSIT", help="a deposit of the inbox"
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="only look at FOLDER and report; ends with 1 on an error",
        )
        parser.add_argument("--json", action="store_true", help="the report as JSON")
        parser.add_argument("--by", metavar="USER", help="in whose name")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, folder: Path | None, **options: Any) -> None:
        by = _user(options["by"])
        try:
            if options["assign"]:
                self._assign(options["assign"], options["to"], by)
            elif folder is None or not folder.exists():
                raise CommandError(_("There is no folder %(name)s.") % {"name": folder})
            elif options["check"]:
                self._check(folder, as_json=options["json"])
            elif options["match"]:
                self._match(folder, options["match"], by, is_sure=options["yes"])
            else:
                target = find_target(options["to"]) if options["to"] else None
                self._tell(hand_in([folder], target, by=by), target)
        except ArchiveError as error:
            raise CommandError(str(error)) from error

    def _check(self, folder: Path, *, as_json: bool) -> None:
        report = destination().look(folder)
        if as_json:
            text = json.dumps(report.as_json(), ensure_ascii=False, indent=1)
            self.stdout.write(text)
        else:
            self.stdout.write(_as_lines(report))
        if report.stops:
            raise CommandError(_("Errors were found: see above."))

    def _assign(self, key: str, reference: str | None, by: Any) -> None:
        deposit = Deposit.objects.filter(key=key).first()
        if deposit is None or not reference:
            raise CommandError(_("Name a deposit of the inbox, and --to RECORD."))
        target = find_target(reference)
        assign(deposit, target, by=by)
        self._tell(deposit, target)

    def _match(self, root: Path, how: str, by: Any, *, is_sure: bool) -> None:
        table = None if how == BY_NUMBER else _table(Path(how))
        matches = [m for m in match_children(root, table) if m.path != Path(how)]
        for match in matches:
            self.stdout.write(_preview(match))
        for problem in [*table.problems, *table.unused()] if table else []:
            self.stderr.write(problem)
        if not is_sure and not self._agrees():
            self.stdout.write(_("Nothing was moved. Add --yes to do so."))
            return
        refused = [match for match in matches if not self._hand_in(match, by)]
        if refused:
            raise CommandError(
                _("Not handed in: %(names)s")
                % {"names": ", ".join(match.name for match in refused)}
            )

    def _hand_in(self, match: Match, by: Any) -> bool:
        """Hand one of many in; a refused one does not keep the others out."""
        if match.refusal:
            return False
        try:
            self._tell(hand_in(match.sources, match.target, by=by), match.target)
        except ArchiveError as error:
            self.stderr.write(f"{match.name}: {error}")
            return False
        return True

    def _agrees(self) -> bool:
        if not sys.stdin.isatty():
            return False
        return input(_("Hand all of this in? [y/N] ")).strip().lower() in {"y", "yes"}

    def _tell(self, deposit: Deposit, target: Target | None) -> None:
        files = deposit.files.all()
        known = StoredFile.objects.exclude(deposit=deposit)
        figures = {
            "deposit": deposit.key,
            "to": target.title if target else _("the inbox"),
            "files": files.count(),
            "size": filesizeformat(files.aggregate(sum=Sum("size_bytes"))["sum"] or 0),
            "known": files.filter(sha512__in=known.values("sha512")).count(),
        }
        text = _(
            "Deposit %(deposit)s, to %(to)s: %(files)s files, %(size)s; "
            "%(known)s of them were in the archive already."
        )
        self.stdout.write(text % figures)


def _as_lines(report: SetReport) -> str:
    words = {Level.ERROR: _("error"), Level.WARNING: _("warning")}
    lines = [
        f"{words[one.level]}\t{_plain(one.file)}\t{_plain(one.reason)} {_plain(one.cure)}".rstrip()
        for one in report.told
    ]
    text = _(
        "%(files)s files were looked at: %(errors)s errors, %(warnings)s warnings."
    )
    figures = {
        "files": report.files,
        "errors": len(report.errors),
        "warnings": len(report.warnings),
    }
    return "\n".join([*lines, text % figures])


def _plain(text: str) -> str:
    """Show line breaks and the like, which a name may hold, instead of doing them."""
    return "".join(repr(c)[1:-1] if category(c) == "Cc" else c for c in text)


def _preview(match: Match) -> str:
    size = f"{match.files}\t{filesizeformat(match.size_bytes)}"
    if match.refusal:
        return f"{match.name}\t✗ {match.refusal}"
    if match.target is not None:
        return f"{match.name}\t→ {match.target.title}\t{size}"
    why = _("several records") if match.candidates else _("no record")
    return f"{match.name}\t→ {_('the inbox')} ({why})\t{size}"


def _table(path: Path) -> Table:
    if not path.is_file():
        raise CommandError(_("There is no table %(name)s.") % {"name": path})
    return read_table(path.read_bytes())


def _user(name: str | None) -> Any:
    if not name:
        return None
    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise CommandError(_("There is no account %(name)s.") % {"name": name})
    return user
