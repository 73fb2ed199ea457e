"""Files from the archive's door become a capture of the relic that they are of."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q

from heritage.archive.destinations import Target
from heritage.archive.errors import RecordRefuses
from heritage.archive.models import Deposit, StoredFile
from heritage.archive.set_report import SetReport
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person, visible
from heritage.lib.batches import write_in_batches

from .actions.files import guess_role
from .errors import NotPermitted
from .models import Capture, CaptureFile
from .permission import check_member
from .set_check import look_at_folder

LONGEST_NUMBER = 60
MOST_FOUND = 20
_EDGE = re.compile(r"[0-9A-Za-z\u3400-\u9fff]+")


class RelicDestination:
    """Finds relics by key or register number."""

    def find(self, reference: str) -> Sequence[Target]:
        key = reference.removeprefix(f"{Relic.kind}/")
        found = Relic.objects.filter(Q(key=key) | Q(register_no=_normal(reference)))
        return [_target(relic) for relic in found]

    def match(self, name: str) -> Sequence[Target]:
        """Give the relics with the longest register number that stands in the name.

        It must begin and end where a word does: 12 is not found in A-123.
        """
        numbers = set(_numbers_in(_normal(name)))
        relics = list(Relic.objects.filter(register_no__in=numbers))
        longest = max((len(relic.register_no) for relic in relics), default=0)
        return [_target(r) for r in relics if len(r.register_no) == longest]

    def search(self, text: str, *, by: AbstractBaseUser | None) -> Sequence[Target]:
        """Give relics of the person's collections whose number or name has this in it."""
        person = Person.of(by)
        rows = visible(Relic.objects.all(), person)
        if not person.is_administrator:
            rows = rows.filter(collection__in=person.curates | person.helps)
        text = _normal(text)
        named = Q(name_zh__icontains=text) | Q(name_en__icontains=text)
        rows = rows.filter(Q(register_no__icontains=text) | Q(key=text) | named)
        return [_target(relic) for relic in rows.order_by("register_no")[:MOST_FOUND]]

    def may_hand_in(self, by: AbstractBaseUser | None) -> bool:
        person = Person.of(by)
        return person.is_administrator or bool(person.curates | person.helps)

    def look(self, root: Path) -> SetReport:
        """Look at a folder as one set, before it is handed in."""
        return look_at_folder(root).report()

    def attach(
        self, target: Target, deposit: Deposit, *, by: AbstractBaseUser | None
    ) -> None:
        """Make a new capture of the deposit's files; they are looked at by and by.

        Taken up again after a kill it goes on with the same capture.
        """
        relic = target.record
        note = f"{deposit.note} ({deposit.key})"
        try:
            check_member(Capture(relic=relic), by)
        except NotPermitted as error:
            raise RecordRefuses(str(error)) from error
        capture, _made = Capture.objects.get_or_create(relic=relic, note=note)
        has = set(capture.files.values_list("stored_file_id", flat=True))
        new = [file for file in deposit.files.all() if file.pk not in has]

        def row(file: StoredFile) -> CaptureFile:
            role = guess_role(file.name)
            return CaptureFile(capture=capture, stored_file=file, role=role)

        write_in_batches(new, row, CaptureFile.objects.bulk_create)


def _target(relic: Relic) -> Target:
    return Target(Relic.kind, relic.key, f"{relic.register_no} {relic.title}", relic)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _numbers_in(name: str) -> Iterator[str]:
    """Give all parts of a name that begin and end where a word does."""
    words = list(_EDGE.finditer(name))
    for first, begin in enumerate(words):
        for end in words[first:]:
            if end.end() - begin.start() > LONGEST_NUMBER:
                break
            yield name[begin.start() : end.end()]
