"""Rows of a version as a reader may see them, and as he is told them."""

from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist

from .form_rows import Rows, by_pk, ends_of, kinds_of, labels_above, made_row, typed
from .models import Record
from .policy import Person, allows


def admitted_rows(record: Record, now: Rows, then: Rows, person: Person) -> Rows:
    """Give those of an earlier version that this person may see, as they were and as they are."""
    made, today = _in_memory(record, then), _in_memory(record, now)
    return {
        label: [
            row for row in rows
            if _admits(person, made.get((label, row["pk"])))
            and _admits(person, today.get((label, row["pk"]), made.get((label, row["pk"]))))
        ]
        for label, rows in then.items()
    }  # fmt: skip


def open_rows(
    record: Record, now: Rows, then: Rows, person: Person
) -> tuple[Rows, Rows]:
    """Leave out of both those of rooms above that this person may not see in either."""
    above = labels_above(record)
    if not above:
        return now, then
    seen = (
        admitted_rows(record, then, now, person),
        admitted_rows(record, now, then, person),
    )
    first, second = (
        {label: (kept if label in above else rows).get(label, []) for label in rows}
        for rows, kept in zip((now, then), seen, strict=True)
    )
    return first, second


def told_rows(record: Record, rows: Rows, label: str) -> str:
    """Say rows of a kind in a line, as their own names have it."""
    made = _in_memory(record, rows)
    return "; ".join(
        sorted(_name(row) for (kind, _pk), row in made.items() if kind == label)
    )


def told_details(record: Record, rows: Rows, other: Rows, label: str) -> str:
    """Say in which fields rows of a kind are other than in another version."""
    made, others = _in_memory(record, rows), by_pk(other, label)
    told = []
    for row in typed(label, rows.get(label, [])):
        pk = row["pk"]
        differing = [n for n in row if row[n] != others.get(pk, row).get(n)]
        if differing:
            one = made[label, pk]
            told.append(f"{_name(one)} ({', '.join(_said(one, n) for n in differing)})")
    return "; ".join(sorted(told))


def _admits(person: Person, row: Any) -> bool:
    try:
        return row is not None and allows(person, row)
    except ObjectDoesNotExist:  # what it stood for is gone
        return False


def _in_memory(record: Record, rows: Rows) -> dict[tuple[str, int], Any]:
    """Make all rows of a version without writing them, leading to each other as they did."""
    paths = {model._meta.label: path for model, path in kinds_of(record)}
    made = {
        (label, told["pk"]): made_row(apps.get_model(label), told)
        for label, kind in rows.items() if label in paths for told in kind
    }  # fmt: skip
    ends = {key for row in made.values() for _name, key in ends_of(row) if key[1]}
    known = {**_fetched(ends - made.keys()), **made}
    for (label, _pk), row in made.items():
        for name, key in ends_of(row):
            if key in known:
                setattr(row, name, known[key])
        setattr(row, paths[label], record)
    return made


def _fetched(keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    """Read rows by label and key, all of a kind together."""
    return {
        (label, pk): row
        for label in {label for label, _pk in keys}
        for pk, row in apps.get_model(label)
        ._default_manager.in_bulk([pk for one, pk in keys if one == label])
        .items()
    }


def _name(row: Any) -> str:
    try:
        return str(row)
    except ObjectDoesNotExist:
        return str(row._meta.verbose_name)


def _said(row: Any, column: str) -> str:
    """Say a field and its value as a form does."""
    field = next(f for f in row._meta.concrete_fields if f.attname == column)
    shown = getattr(row, f"get_{field.name}_display", None)
    try:
        value = shown() if shown else getattr(row, field.name)
    except ObjectDoesNotExist:
        value = None
    return f"{field.verbose_name}: {'—' if value in (None, '') else value}"
