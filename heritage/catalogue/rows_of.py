"""The rows that stand in a record's form: kept before they change, told, and brought back.

Acts are no part of it (they are struck through, never replaced), nor what links two records,
nor what was measured on a model: that follows from the run. Of a row only what is typed is
kept, and its key: its file comes and goes by other ways.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, Model, ProtectedError, QuerySet, RestrictedError
from django.utils.translation import gettext as _

from .models import (
    IDENTIFIERS,
    Decision,
    Dimension,
    KeptRows,
    LinkRow,
    Record,
    RecordingItem,
)
from .policy import Person, allows
from .preserved import PARTS

Rows = dict[str, list[dict[str, Any]]]  # by the model's label, each with its `pk`
MEASURED: Final = "run_key"


def keep_rows(record: Record) -> None:
    """Keep the rows of the present version, before somebody changes them."""
    now = rows_of(record)
    last = _kept(record).first()
    if now != (last.rows if last else None):
        KeptRows.objects.update_or_create(
            record_kind=record.kind, record_key=record.key,
            edit_version=record.saved_version(), defaults={"rows": now},
        )  # fmt: skip


def rows_at(record: Record, version: int) -> Rows | None:
    """Give the rows of an earlier version; None where nobody kept them."""
    if version >= record.edit_version:
        return rows_of(record)
    kept = _kept(record).filter(edit_version__lte=version).first()
    return _without_measured(record, kept.rows) if kept else None


def rows_of(record: Record) -> Rows:
    """Give the rows as they are, as JSON holds them; kinds without any are left out."""
    found = {
        model._meta.label: [_told(row, path) for row in _own(model, path, record)]
        for model, path in _models(record)
    }
    told: Rows = json.loads(
        json.dumps({k: v for k, v in found.items() if v}, cls=DjangoJSONEncoder)
    )
    return told


def different(now: Rows, then: Rows, *, closed: frozenset[str]) -> list[str]:
    """Name the kinds of rows that differ, but for those that are closed."""
    return [
        k for k in sorted({*now, *then} - closed) if now.get(k, []) != then.get(k, [])
    ]


def bring_back_rows(record: Record, then: Rows, *, closed: frozenset[str]) -> None:
    """Make the rows what they were. Raises `ValidationError` where one cannot stand again.

    A row that is still there becomes what it was; one that is gone comes anew, with the
    key that it had.
    """
    now = rows_of(record)
    paths = {model._meta.label: path for model, path in _models(record)}
    for label in different(now, then, closed=closed):
        if label in paths:
            _bring_back(
                record, label, paths[label], now.get(label, []), then.get(label, [])
            )


def told_rows(label: str, rows: list[dict[str, Any]]) -> str:
    """Say rows in a line, as their own names have it."""
    model = apps.get_model(label)
    return "; ".join(sorted(str(_made(model, row)) for row in rows))


def admitted_rows(record: Record, now: Rows, then: Rows, person: Person) -> Rows:
    """Give those of an earlier version that this person may see, as they were and as they are."""
    return {
        label: [
            row for row in rows
            if _admits(record, label, row, person)
            and all(_admits(record, label, one, person) for one in now.get(label, ()) if one["pk"] == row["pk"])
        ]
        for label, rows in then.items()
    }  # fmt: skip


def _admits(
    record: Record, label: str, told: Mapping[str, Any], person: Person
) -> bool:
    paths = {model._meta.label: path for model, path in _models(record)}
    row = _made(apps.get_model(label), told)
    setattr(row, paths[label], record)
    return allows(person, row)


def _without_measured(record: Record, then: Rows) -> Rows:
    """Leave out sizes in whose stead one stands by now that was measured on a model."""
    label = Dimension._meta.label
    if not then.get(label):
        return then
    measured = list(
        Dimension.objects.filter(relic__pk=record.pk).exclude(**{MEASURED: ""})
    )
    keys = {row.pk for row in measured}
    kinds = {(row.kind, row.origin) for row in measured}
    kept = [
        row for row in then[label]
        if row["pk"] not in keys and (row["kind"], row["origin"]) not in kinds
    ]  # fmt: skip
    others = {name: rows for name, rows in then.items() if name != label}
    return {**others, label: kept} if kept else others


def _bring_back(
    record: Record, label: str, path: str, now: list[Any], then: list[Any]
) -> None:
    model: Any = apps.get_model(label)
    wanted = {row["pk"]: row for row in then}
    held = {row["pk"]: row for row in now}
    for pk in held.keys() - wanted.keys():
        _take_away(model._default_manager.get(pk=pk))
    changed = {pk for pk in held.keys() & wanted.keys() if held[pk] != wanted[pk]}
    today = _lifted(model, changed)
    for pk, told in wanted.items():
        if told == held.get(pk):
            continue
        # What is not typed stays as it is today.
        row = _set(today[pk], told) if pk in today else _made(model, told)
        setattr(row, path, record)
        row.full_clean()
        row.save(force_insert=pk in today)


def _lifted(model: Any, pks: Collection[int]) -> dict[int, Any]:
    """Take rows out of their table, to be put back changed under their keys.

    One by one they could stand in each other's way: two that swap a value which each has
    alone. Nobody is told, and what refers to them is asked for at the commit only.
    """
    rows = model._default_manager.filter(pk__in=pks)
    lifted = {row.pk: row for row in rows}
    QuerySet(model).filter(pk__in=lifted)._raw_delete(rows.db)
    return lifted


def _take_away(row: Any) -> None:
    """Delete a row that came since. Raises `ValidationError` where something hangs on it."""
    refusal = _("“%(row)s” cannot go: something hangs on it by now.") % {"row": row}
    if isinstance(row, RecordingItem) and row.stored_file_id is not None:
        raise ValidationError(refusal)
    try:
        row.delete()
    except (ProtectedError, RestrictedError) as error:
        raise ValidationError(refusal) from error


def _set(row: Any, told: Mapping[str, Any]) -> Any:
    for field in _columns(type(row)):
        if field.attname in told:
            setattr(row, field.attname, field.to_python(told[field.attname]))
    return row


def _made(model: Any, told: Mapping[str, Any]) -> Any:
    """Make a row of what was kept of it, without writing it."""
    return _set(model(), told)


def _told(row: Any, path: str) -> dict[str, Any]:
    told = {
        f.attname: getattr(row, f.attname)
        for f in _columns(type(row))
        if f.name != path
    }
    return {"pk": row.pk, **told}


def _columns(model: type[Model]) -> Iterator[Field[Any, Any]]:
    return (
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and (field.editable or field.name == "key")
    )


def _own(model: Any, path: str, record: Record) -> Any:
    rows = model._default_manager.filter(**{path: record}).order_by("pk")
    return rows.filter(**{MEASURED: ""}) if model is Dimension else rows


def _models(record: Record) -> Iterator[tuple[type[Model], str]]:
    """Give the kinds of rows of this record, with the field that leads back to it."""
    for part in PARTS.get(type(record), ()):
        if not issubclass(part.model, Decision | LinkRow):
            yield part.model, part.path
    if numbers := IDENTIFIERS.get(type(record)):
        yield numbers, numbers.owner


def _kept(record: Record) -> Any:
    return KeptRows.objects.about(record).order_by("-edit_version")
