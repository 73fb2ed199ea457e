"""Which rows stand in a record's form; how one is written down, and made of that again.

Acts are no part of it (they are struck through, never replaced), nor what links two records.
Of a row only what is typed is written down, and its key. Rooms above say themselves which
rows stand in the forms of their records (`stand_in_form`).
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Field, Model

from .models import IDENTIFIERS, Decision, LinkRow, Record
from .preserved import PARTS

Rows = dict[str, list[dict[str, Any]]]  # by the model's label, each with its `pk`


class FormRows(NamedTuple):
    """A kind of rows, the field that leads to their record, and columns nobody types.

    What is `carried` comes back with a row that was gone; one that stands keeps its own.
    """

    model: type[Model]
    path: str
    carried: tuple[str, ...] = ()


_above: dict[type[Record], tuple[FormRows, ...]] = {}


def stand_in_form(record: type[Record], *kinds: FormRows) -> None:
    """Have rows of a room above kept and brought back: first what others lead to."""
    _above[record] = kinds


def kinds_of(record: Record) -> Iterator[tuple[type[Model], str]]:
    """Give the kinds of rows of this record, with the field that leads back to it."""
    for part in PARTS.get(type(record), ()):
        if not issubclass(part.model, Decision | LinkRow):
            yield part.model, part.path
    for kind in _above.get(type(record), ()):
        yield kind.model, kind.path
    if numbers := IDENTIFIERS.get(type(record)):
        yield numbers, numbers.owner


def labels_above(record: Record) -> set[str]:
    return {kind.model._meta.label for kind in _above.get(type(record), ())}


def labels_of_rooms_above() -> set[str]:
    return {kind.model._meta.label for kinds in _above.values() for kind in kinds}


def typed(label: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what nobody types."""
    carried = _carried(apps.get_model(label))
    return [{n: v for n, v in row.items() if n not in carried} for row in rows]


def by_pk(rows: Rows, label: str) -> dict[int, dict[str, Any]]:
    return {row["pk"]: row for row in rows.get(label, [])}


def ends_of(row: Any) -> Iterator[tuple[str, tuple[str, int]]]:
    """Give the names of links, and by label and key what each leads to."""
    for field in row._meta.concrete_fields:
        if field.is_relation:
            label = field.related_model._meta.label
            yield field.name, (label, getattr(row, field.attname))


def written(row: Any, path: str) -> dict[str, Any]:
    told = {
        f.attname: getattr(row, f.attname)
        for f in _columns(type(row))
        if f.name != path
    }
    return {"pk": row.pk, **told}


def made_row(model: Any, told: Mapping[str, Any]) -> Any:
    """Make a row of what was kept of it, without writing it."""
    return set_row(model(pk=told["pk"]), told)


def set_row(row: Any, told: Mapping[str, Any]) -> Any:
    for field in _columns(type(row)):
        if field.attname in told:
            setattr(row, field.attname, field.to_python(told[field.attname]))
    return row


def _columns(model: type[Model]) -> Iterator[Field[Any, Any]]:
    return (
        field
        for field in model._meta.concrete_fields
        if not field.primary_key
        and (field.editable or field.name == "key" or field.attname in _carried(model))
    )


def _carried(model: type[Model]) -> tuple[str, ...]:
    kinds = (kind for kinds in _above.values() for kind in kinds)
    return next((kind.carried for kind in kinds if kind.model is model), ())
