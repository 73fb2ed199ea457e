"""The rows that stand in a record's form: kept before they change, and brought back.

What was measured on a model is no part of it: that follows from the run. A row's file
comes and goes by other ways.
"""

import json
from collections.abc import Collection
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import ProtectedError, QuerySet, RestrictedError
from django.utils.translation import gettext as _

from heritage.lib.inserting import pass_by

from .form_rows import (
    Rows,
    by_pk,
    ends_of,
    kinds_of,
    labels_above,
    labels_of_rooms_above,
    made_row,
    set_row,
    typed,
    written,
)
from .models import Dimension, KeptRows, Record, RecordingItem
from .policy import Person
from .rows_told import open_rows

Moved = dict[tuple[str, int], Any]  # rows with new keys, by label and the old one
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
        model._meta.label: [written(row, path) for row in _own(model, path, record)]
        for model, path in kinds_of(record)
    }
    # Those of rooms above also where there are none: of some versions they were not kept.
    always = labels_above(record)
    kept = {k: v for k, v in found.items() if v or k in always}
    told: Rows = json.loads(json.dumps(kept, cls=DjangoJSONEncoder))
    return told


def different(now: Rows, then: Rows, *, closed: frozenset[str]) -> list[str]:
    """Name the kinds of rows that differ, but for those that are closed or were not kept."""
    unkept = labels_of_rooms_above() - (now.keys() & then.keys())
    return [
        k for k in sorted({*now, *then} - closed - unkept)
        if typed(k, now.get(k, [])) != typed(k, then.get(k, []))
    ]  # fmt: skip


def bring_back_rows(
    record: Record, then: Rows, *, closed: frozenset[str], person: Person
) -> None:
    """Make the rows what they were. Raises `ValidationError` where one cannot stand again.

    A row that is still there becomes what it was; one that is gone comes anew, with the
    key that it had. Rows of rooms above that this person may not see stay as they are.
    """
    now, then = open_rows(record, rows_of(record), then, person)
    kinds = [(model._meta.label, model, path) for model, path in kinds_of(record)]
    differing = different(now, then, closed=closed)
    for label, model, _path in reversed(kinds):  # first what leads to others
        came = by_pk(now, label).keys() - by_pk(then, label).keys()
        if label in differing and came:
            for row in model._default_manager.filter(pk__in=came):
                _take_away(row)
    now = rows_of(record)  # what hung on those has gone along
    moved: Moved = {}
    for label, model, path in kinds:
        if label in different(now, then, closed=closed):
            _bring_back(record, model, path, now, then, moved)


def _bring_back(
    record: Record, model: Any, path: str, now: Rows, then: Rows, moved: Moved
) -> None:
    label = model._meta.label
    wanted, held = by_pk(then, label), by_pk(now, label)
    same = {
        pk for pk in held.keys() & wanted.keys()
        if typed(label, [held[pk]]) == typed(label, [wanted[pk]])
    }  # fmt: skip
    today = _lifted(model, (held.keys() & wanted.keys()) - same)
    for pk, told in wanted.items():
        if pk in same:
            continue
        # What is not typed stays as it is today.
        row = (
            set_row(today[pk], typed(label, [told])[0])
            if pk in today
            else made_row(model, told)
        )
        if pk not in today and model._default_manager.filter(pk=pk).exists():
            row.pk = None  # another record's by now, in a museum that was rebuilt
        setattr(row, path, record)
        for name, key in ends_of(row):
            if key in moved:
                setattr(row, name, moved[key])
        row.full_clean()
        row.save(force_insert=row.pk is not None)
        if row.pk != pk:
            moved[label, pk] = row
        elif pk not in today:
            pass_by(model, pk)


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


def _own(model: Any, path: str, record: Record) -> Any:
    rows = model._default_manager.filter(**{path: record}).order_by("pk")
    return rows.filter(**{MEASURED: ""}) if model is Dimension else rows


def _kept(record: Record) -> Any:
    return KeptRows.objects.about(record).order_by("-edit_version")
