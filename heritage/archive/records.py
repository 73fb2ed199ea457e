"""What the rooms above keep here as JSON: which rows make up one record.

The archive knows no relic. `declare` names a model whose rows are records, the models
whose rows belong to them and how those lead there; the rest follows from Django's own
description of the models.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cache
from typing import Any

from django.conf import settings
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model, Q

from heritage.lib.inserting import insert_rows

from .certificate import certificate
from .models import Deposit, PreservedRecord, RecordChange, StoredFile
from .pages import TABLE, is_paged, keep_in_records, page_of, rows_on
from .staying import is_in_use

FORMAT = 1
FOLDED_AT_ONCE = 500


@dataclass(frozen=True)
class Part:
    """A model whose rows belong to a record, and the lookup that leads to it."""

    model: type[Model]
    path: str
    only: Q = field(default_factory=Q)


@dataclass(frozen=True)
class Description:
    """What a package says of its record: a title, the licence's address, a citation."""

    title: str
    licence: str = ""
    citation: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of record: `model` has a `key` of its own."""

    name: str
    model: type[Model]
    parts: Sequence[Part] = ()
    describe: Callable[[Any], Description] | None = None


_kinds: dict[str, Kind] = {}


def declare(kind: Kind) -> None:
    """Have records of this kind preserved; declared again, parts are added."""
    known = _kinds.get(kind.name)
    if known is not None:
        parts = (*known.parts, *(p for p in kind.parts if p not in known.parts))
        kind = Kind(kind.name, kind.model, parts, kind.describe or known.describe)
    _kinds[kind.name] = kind
    keep_in_records(kind.model, *(part.model for part in kind.parts))
    _ways.cache_clear()


def kinds() -> Mapping[str, Kind]:
    return dict(_kinds)


def kept_kinds() -> list[str]:
    """Name all that is carried into the archive: records, and pages of tables."""
    return [*_kinds, TABLE]


def note_change(*rows: Model, reason: str = "") -> None:
    """Remember that the records, or the pages, which these rows belong to have changed.

    A row of its own for each change: whoever changes the same record in another open
    transaction waits for nothing, and a rollback takes its own note along and no other.
    """
    names = {name for row in rows for name in _records_of(row)}
    insert_rows(
        [RecordChange(kind=kind, key=key, reason=reason) for kind, key in sorted(names)]
    )


def fold_changes() -> None:
    """Fold the changes noted by now into the rows that tell what is due."""
    while _fold_some():
        pass


def _fold_some() -> int:
    with transaction.atomic():
        # Who folds at the same moment takes others; what is not committed nobody sees.
        waiting = RecordChange.objects.select_for_update(skip_locked=True)
        changes = list(waiting.order_by("pk")[:FOLDED_AT_ONCE])
        newest: dict[tuple[str, str], PreservedRecord] = {}
        for change in changes:
            name = change.kind, change.key
            reason = change.reason or (newest[name].reason if name in newest else "")
            newest[name] = PreservedRecord(
                kind=change.kind, key=change.key, changed_at=change.at, reason=reason
            )
        rows = [row for _name, row in sorted(newest.items())]
        _mark_changed([row for row in rows if row.reason], ["changed_at", "reason"])
        _mark_changed([row for row in rows if not row.reason], ["changed_at"])
        RecordChange.objects.filter(pk__in=[change.pk for change in changes]).delete()
    return len(changes)


def _mark_changed(rows: list[PreservedRecord], fields: list[str]) -> None:
    PreservedRecord.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["kind", "key"],
        update_fields=fields,
    )


def build_document(kind: str, key: str) -> bytes:
    """Write a record with all its rows, and the files they name, as JSON.

    The same rows always give the same bytes. A record that is gone gives its name only.
    """
    document: dict[str, Any] = {
        "format": FORMAT,
        "id": record_id(kind, key),
        "kind": kind,
        "key": key,
    }
    with transaction.atomic():  # one moment for all its tables
        if kind == TABLE:
            document["rows"] = list(rows_on(key))
        else:
            rows = list(_rows_of(_kinds[kind], key))
            document["rows"] = serializers.serialize(
                "python", rows, use_natural_foreign_keys=True
            )
            document["files"] = [_told(file) for file in files_of(rows)]
    text = json.dumps(
        document, cls=_ToTheMicrosecond, ensure_ascii=False, indent=1, sort_keys=True
    )
    return f"{text}\n".encode()


class _ToTheMicrosecond(DjangoJSONEncoder):
    """Django's own cuts moments off after milliseconds; a row must come back as it was."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime | time) else super().default(o)


def record_id(kind: str, key: str) -> str:
    return f"{settings.BASE_IRI}/id/{kind}/{key}"


def files_of(rows: Sequence[Model]) -> list[StoredFile]:
    """Give the stored files that rows name, themselves or by their deposit."""
    files: set[int] = set()
    deposits: set[int] = set()
    for row in rows:
        for column in row._meta.concrete_fields:
            value = getattr(row, column.attname)
            if value is not None and column.related_model is StoredFile:
                files.add(value)
            if value is not None and column.related_model is Deposit:
                deposits.add(value)
    named = Q(pk__in=files) | Q(deposit__in=deposits)
    found = StoredFile.objects.filter(named).select_related("deposit")
    return list(found.order_by("deposit__key", "name"))


def rows_of(kind: str, key: str) -> list[Model]:
    """Give a record's own row and all that belong to it."""
    return list(_rows_of(_kinds[kind], key))


def describe(kind: str, row: Model) -> Description:
    """Say of a record what a package needs; its name where nothing more is declared."""
    told = _kinds[kind].describe
    return told(row) if told else Description(str(row))


def _rows_of(kind: Kind, key: str) -> Iterator[Model]:
    yield from kind.model._default_manager.filter(key=key)
    for part in kind.parts:
        mine = part.model._default_manager.filter(
            part.only, **{f"{part.path}__key": key}
        )
        yield from mine.order_by("pk")


def _records_of(row: Model) -> set[tuple[str, str]]:
    """Name the records that a row is, or belongs to; else the page it is kept on."""
    if is_paged(type(row)):
        return {(TABLE, page_of(row))}
    return {
        (kind, key) for kind, path in _ways(type(row)) for key in _follow(row, path)
    }


@cache
def _ways(model: type[Model]) -> tuple[tuple[str, str], ...]:
    """Give the kinds of records that rows of a table belong to, and the lookup to each."""
    own = [(k.name, "") for k in _kinds.values() if issubclass(model, k.model)]
    parts = [
        (kind.name, part.path)
        for kind in _kinds.values()
        for part in kind.parts
        if issubclass(model, part.model)
    ]
    return (*own, *parts)


def _follow(row: Any, path: str) -> Iterator[str]:
    for name in path.split("__") if path else ():
        row = getattr(row, name, None)
        if row is None:
            return
    yield row.key


def _told(file: StoredFile) -> dict[str, Any]:
    return {
        "deposit": file.deposit.key,
        "object": file.deposit.object_path,
        "file": file.key,
        "name": file.name,
        "original_name": file.original_name,
        "sha512": file.sha512,
        "bytes": file.size_bytes,
        "media_type": file.media_type,
        **_sight(file),
    }


def _sight(file: StoredFile) -> dict[str, Any]:
    """Tell why a file is out of sight, if it is."""
    if file.erased_by is not None:
        return {"erased": certificate(file.erased_by)}
    if not is_in_use(file):
        return {"retired": file.retired_reason or file.deposit.retired_reason}
    return {}
