"""Make the search index anew, or check that it says what the records say."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from heritage.search.index import IndexInUse, NoIndex, open_writer
from heritage.search.keeper import Keeper, find_drift
from heritage.search.outbox import EVERYTHING, queue


class Command(BaseCommand):
    help = "Make the search index anew, or check it against the records."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("rebuild", help="make the document of every record again")
        actions.add_parser("check", help="compare every document with its record")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "rebuild":
            self._rebuild()
        else:
            self._check()

    def _rebuild(self) -> None:
        try:
            with open_writer() as writer:
                count = Keeper(writer).rebuild()
        except IndexInUse:
            queue([EVERYTHING])
            self.stdout.write(_("The running process makes the index anew."))
            return
        self.stdout.write(_("%(count)d documents written.") % {"count": count})

    def _check(self) -> None:
        try:
            drift = list(find_drift())
        except NoIndex:
            raise CommandError(
                _("There is no index yet. Run: manage.py search rebuild")
            ) from None
        for one in drift:
            self.stdout.write(f"{one.fault}\t{one.name}")
        if drift:
            text = _("%(count)d documents differ. Run: manage.py search rebuild")
            raise CommandError(text % {"count": len(drift)})
        self.stdout.write(_("The index says what the records say."))
