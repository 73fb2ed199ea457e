"""Hold what is kept of the records to what the database says: all of it, in turn.

A change is noted where it is made, in its own transaction. What no note tells of is
found here: rows that an upgrade wrote, a statement that somebody typed into the
database, a bit that flipped in it, an oversight of ours. It is preserved then as any
other change is.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, IntegerField, Min, Model, Q, QuerySet
from django.utils import timezone

from heritage.archive import ocfl
from heritage.archive.errors import BrokenInventory
from heritage.archive.models import PreservedRecord, RecordChange
from heritage.archive.pages import PAGE_ROWS, TABLE, page_name, paged_models
from heritage.archive.rebuilding import RECORD
from heritage.archive.records import build_document, kept_kinds, kinds
from heritage.archive.stores import archive

log = logging.getLogger(__name__)
COMPARED_EVERY = timedelta(days=30)
CLOCK_SLACK = timedelta(days=1)
KEYS_AT_ONCE = 500


class ToCompare:
    """All there is to compare: what is unknown once in the life of a process, then what is due.

    An upgrade begins every process anew. A look that an error has ended is taken again.
    """

    def __init__(self) -> None:
        self._looked = False

    def steps(self) -> Iterator[None]:
        if not self._looked:
            yield from note_unknown()
            self._looked = True
        yield from compare_due()


def compare_due() -> Iterator[None]:
    """Compare what is due by now, the longest waiting first; note what differs."""
    for number in list(_due_rows().values_list("pk", flat=True)):
        _compare(number)
        yield


def note_unknown() -> Iterator[None]:
    """Note the records, and the pages of tables, of which nothing is kept."""
    for kind in kinds().values():
        yield from _note_unknown_records(kind.name, kind.model)
    for model in paged_models():
        yield from _note_unknown_pages(model)


def compare_all_again() -> None:
    """Have everything compared anew: an upgrade may have written past the notes."""
    PreservedRecord.objects.exclude(compared_at=None).update(compared_at=None)


def _due_rows() -> QuerySet[PreservedRecord]:
    now = timezone.now()
    long_ago = Q(compared_at=None) | Q(compared_at__lt=now - COMPARED_EVERY)
    # Dated by a clock that has since been put back.
    odd = Q(compared_at__gt=now + CLOCK_SLACK)
    rows: QuerySet[PreservedRecord] = PreservedRecord.objects.filter(
        long_ago | odd, changed_at=None, version__gt=0, kind__in=kept_kinds()
    )
    return rows.order_by(F("compared_at").asc(nulls_first=True), "pk")


def _compare(number: int) -> None:
    rows = PreservedRecord.objects.filter(pk=number)
    row = rows.first()
    # What has changed meanwhile is preserved soon, and compared after that.
    if row and row.changed_at is None and _is_still_kept(row):
        document = build_document(row.kind, row.key)
        if not _is_told(row, document) and not _is_noted(row.kind, row.key):
            log.warning("%s had changed unnoticed; it is preserved anew.", row)
            _note(row.kind, [row.key])
    rows.update(compared_at=timezone.now())


def _note_unknown_records(kind: str, model: type[Model]) -> Iterator[None]:
    last: Any = 0
    while True:
        rows = model._base_manager.filter(pk__gt=last).order_by("pk")
        found = list(rows.values_list("pk", "key")[:KEYS_AT_ONCE])
        if not found:
            return
        last = found[-1][0]
        _note_if_unknown(kind, [key for _pk, key in found])
        yield


def _note_unknown_pages(model: type[Model]) -> Iterator[None]:
    """Walk from page to page by the first row on each."""
    if not isinstance(model._meta.pk, IntegerField):
        if model._base_manager.exists():
            _note_if_unknown(TABLE, [page_name(model, None)])
        return
    start = 0
    while True:
        rows = model._base_manager.filter(pk__gte=start)
        first = rows.aggregate(first=Min("pk"))["first"]
        if first is None:
            return
        _note_if_unknown(TABLE, [page_name(model, first)])
        start = (first // PAGE_ROWS + 1) * PAGE_ROWS
        yield


def _note_if_unknown(kind: str, keys: list[str]) -> None:
    known = PreservedRecord.objects.filter(kind=kind, key__in=keys)
    noted = RecordChange.objects.filter(kind=kind, key__in=keys)
    told = {*known.values_list("key", flat=True), *noted.values_list("key", flat=True)}
    _note(kind, sorted(set(keys) - told))


def _is_told(row: PreservedRecord, document: bytes) -> bool:
    """Tell whether what is kept says all of this, but for new columns with their default.

    An upgrade that adds a column says nothing new of a million records.
    """
    if hashlib.sha512(document).hexdigest() == row.sha512:
        return True
    folder = archive().place(row.object_path)
    try:
        kept = json.loads(ocfl.read_file(folder, RECORD))
        was = _by_name(kept.pop("rows"))
    except (BrokenInventory, OSError, KeyError, TypeError, ValueError):
        return False  # who preserves it finds out what is wrong with it
    now = json.loads(document)
    rows = _by_name(now.pop("rows"))
    same = was.keys() == rows.keys() and kept == now
    return same and all(_adds_nothing(was[name], rows[name], name[0]) for name in rows)


def _by_name(rows: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["model"], str(row["pk"])): row["fields"] for row in rows}


def _adds_nothing(was: dict[str, Any], now: dict[str, Any], label: str) -> bool:
    model = apps.get_model(label)
    return all(
        was[name] == value if name in was else value == _default(model, name)
        for name, value in now.items()
    )


def _default(model: type[Model], name: str) -> Any:
    """Give what a column holds that nobody has filled, as a record's JSON has it."""
    column: Any = model._meta.get_field(name)
    value = [] if column.many_to_many else column.get_default()
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def _is_still_kept(row: PreservedRecord) -> bool:
    """Tell whether there is still such a table: a page stays when its model goes."""
    label = row.key.rpartition("-")[0]
    tables = {model._meta.label_lower for model in paged_models()}
    return row.kind != TABLE or label in tables


def _is_noted(kind: str, key: str) -> bool:
    return RecordChange.objects.filter(kind=kind, key=key).exists()


def _note(kind: str, keys: list[str]) -> None:
    RecordChange.objects.bulk_create(RecordChange(kind=kind, key=key) for key in keys)
