"""Keep the index in step with the records: its only writer.

A row of the outbox goes only after the index that has its document was committed. Killed
anywhere before, the keeper finds the row again and makes the document again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Max, Sum

from heritage.catalogue.models import VocabularyEdition

from .building import (
    BUILD_ERRORS,
    TERM,
    documents_of,
    every_document,
    reason_of,
    term_documents,
)
from .documents import RecordName
from .index import digests
from .models import IndexChange
from .outbox import EVERYTHING
from .wanted import Unfit, Writer

BATCH: Final = 500


@dataclass(frozen=True)
class Drift:
    """One record that the index knows otherwise than the register does."""

    name: RecordName
    fault: str  # missing, superfluous, different, undescribed


class Keeper:
    """Takes what waits, makes the documents, commits, and only then says done."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def step(self) -> int:
        """Do one batch; tell how many rows of the outbox it took."""
        if not self._writer.has_index:
            return self.rebuild()
        rows = list(IndexChange.objects.filter(error="").order_by("pk")[:BATCH])
        names = {RecordName(row.kind, row.key) for row in rows}
        if EVERYTHING in names:
            return self.rebuild()
        if rows:
            failed = self._write(names)
            _settle(rows, failed)
        return len(rows) + self._follow_terms()

    def drain(self) -> int:
        """Do all that can be done now; tell how many rows that were."""
        total = 0
        while done := self.step():
            total += done
        return total

    def rebuild(self) -> int:
        """Make the whole index anew; what changes meanwhile waits and follows."""
        # By their keys: a row that commits later may have a smaller key than one seen.
        seen = list(IndexChange.objects.values_list("pk", flat=True))
        stamp = terms_stamp()
        failed: dict[RecordName, str] = {}
        unfit: dict[RecordName, Unfit] = {}
        count = self._writer.rebuild(every_document(failed), unfit)
        failed |= {name: reason_of(name, error) for name, error in unfit.items()}
        self._writer.note(stamp)
        for start in range(0, len(seen), BATCH):
            IndexChange.objects.filter(pk__in=seen[start : start + BATCH]).delete()
        IndexChange.objects.bulk_create(
            IndexChange(kind=name.kind, key=name.key, error=reason)
            for name, reason in failed.items()
        )
        return count

    def _write(self, names: set[RecordName]) -> dict[RecordName, str]:
        """Write the documents of these records; name those that cannot be made."""
        try:
            self._writer.replace(names, list(documents_of(names)))
        except (*BUILD_ERRORS, Unfit):
            return self._write_singly(names)
        return {}

    def _write_singly(self, names: set[RecordName]) -> dict[RecordName, str]:
        failed: dict[RecordName, str] = {}
        for name in sorted(names):
            try:
                self._writer.replace([name], list(documents_of([name])))
            except (*BUILD_ERRORS, Unfit) as error:
                failed[name] = reason_of(name, error)
                self._writer.replace([name], [])
        return failed

    def _follow_terms(self) -> int:
        """Write the terms again when a vocabulary has changed."""
        stamp = terms_stamp()
        if stamp == self._writer.stamp:
            return 0
        self._writer.remove_kind(TERM)
        documents = list(term_documents())
        self._writer.replace([], documents)
        self._writer.note(stamp)
        return len(documents)


def terms_stamp() -> str:
    """Tell one state of the vocabularies from another."""
    found = VocabularyEdition.objects.aggregate(
        changes=Sum("revision"), loaded=Max("loaded_at")
    )
    return f"{found['changes']} {found['loaded']}"


def find_drift() -> Iterator[Drift]:
    """Compare every document of the index with what the records say now."""
    stored: dict[RecordName, list[str]] = {}
    for name, digest in digests():
        stored.setdefault(name, []).append(digest)
    wanted: dict[RecordName, list[str]] = {}
    failed: dict[RecordName, str] = {}
    for document in every_document(failed):
        wanted.setdefault(document.name, []).append(document.digest)
    for name in sorted(stored.keys() | wanted.keys() | failed.keys()):
        if name in failed:
            yield Drift(name, "undescribed")
        elif sorted(stored.get(name, [])) != sorted(wanted.get(name, [])):
            yield Drift(name, _fault(stored.get(name), wanted.get(name)))


def _fault(stored: list[str] | None, wanted: list[str] | None) -> str:
    if stored is None:
        return "missing"
    return "different" if wanted is not None else "superfluous"


def _settle(rows: list[IndexChange], failed: dict[RecordName, str]) -> None:
    """Take away what is done; what failed stays with its newest error alone."""
    names = {RecordName(row.kind, row.key) for row in rows}
    done = [row.pk for row in rows if RecordName(row.kind, row.key) not in failed]
    done += [
        row.pk
        for row in IndexChange.objects.exclude(error="").only("kind", "key")
        if RecordName(row.kind, row.key) in names
    ]
    IndexChange.objects.filter(pk__in=done).delete()
    for row in rows:
        if reason := failed.get(RecordName(row.kind, row.key)):
            IndexChange.objects.filter(pk=row.pk).update(error=reason)
