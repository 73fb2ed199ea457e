"""Turn the pages of a long list by the last row seen, not by counting rows off.

A list is sorted by some columns of which the last is unique. A place in it is the values
that these columns have in one row; what comes after is asked for level by level (equal in
all but the last column, then in all but the last two …), so that each question is one
range of one index, however far into the list it lies.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import connections
from django.db.models import F, Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.db.models.expressions import OrderBy

from .json_text import parse_json
from .seeking import seek

LONGEST: Final = 2_000  # characters of a place that anybody may have typed


class NoKeyset(Exception):
    """The list is sorted by something that is no column."""


class NoPlace(Exception):
    """A text that is no place in this list."""


@dataclass(frozen=True)
class Key:
    """One column of the order, by the path that leads to it."""

    path: str
    descending: bool
    field: Any  # reads its values
    may_be_null: bool
    is_unique: bool = False

    @property
    def turned(self) -> "Key":
        return replace(self, descending=not self.descending)

    def expression(self) -> OrderBy:
        column = F(self.path)
        return column.desc() if self.descending else column.asc()

    def of(self, row: Any) -> Any:
        for name in self.path.split(LOOKUP_SEP):
            row = getattr(row, name, None)
        return row


Place = tuple[Any, ...]


def keys_of(model: type[Model], ordering: Sequence[Any]) -> list[Key]:
    """Read an order as columns, each once, up to a unique one. Raises `NoKeyset`."""
    keys: dict[str, Key] = {}
    for part in ordering:
        name, descending = _read(part)
        key = _key(model, name, descending=descending)
        keys.setdefault(key.path, key)
        if key.is_unique:
            return list(keys.values())
    raise NoKeyset


def _read(part: Any) -> tuple[str, bool]:
    """Read one part of an order: the path to its column, and whether it goes down."""
    descending = False
    if isinstance(part, OrderBy):
        if getattr(part, "nulls_first", None) or getattr(part, "nulls_last", None):
            raise NoKeyset
        part, descending = part.expression, part.descending
    if isinstance(part, F):
        return str(getattr(part, "name")), descending  # noqa: B009
    if isinstance(part, str) and part != "?":
        return part.removeprefix("-"), part.startswith("-")
    raise NoKeyset


def _key(model: type[Model], name: str, *, descending: bool) -> Key:
    """Find a column; rows of one record stand together by its number."""
    name = model._meta.pk.name if name == "pk" else name
    try:
        fields: list[Any] = get_fields_from_path(model, name)
    except (FieldDoesNotExist, AttributeError) as error:
        raise NoKeyset from error
    field = fields[-1]
    if not field.concrete or field.many_to_many:
        raise NoKeyset
    head = name.rpartition(LOOKUP_SEP)[0]
    path = f"{head}{LOOKUP_SEP}{field.attname}" if head else field.attname
    reads = field.target_field if field.is_relation else field
    may_be_null = any(one.null for one in fields)
    is_unique = field.unique and not may_be_null and len(fields) == 1
    return Key(path, descending, reads, may_be_null, is_unique)


@dataclass(frozen=True)
class Sorted:
    """Rows in a complete order.

    `wide` are values of the first column that so many rows have that they are not to be
    gathered and sorted by the rest of the order: there the next column's index is walked.
    """

    rows: QuerySet[Any]
    keys: Sequence[Key]
    wide: tuple[Any, ...] = ()  # in the order of the list

    @property
    def turned(self) -> "Sorted":
        """The same rows from the last one on."""
        return Sorted(self.rows, [key.turned for key in self.keys], self.wide[::-1])

    def place_of(self, row: Any) -> Place:
        return tuple(key.of(row) for key in self.keys)

    def first(self, count: int) -> list[Any]:
        return _take(self._runs(), count)

    def last(self, count: int) -> list[Any]:
        return self.turned.first(count)[::-1]

    def after(self, place: Place, count: int) -> list[Any]:
        return _take(self._runs_after(place), count)

    def before(self, place: Place, count: int) -> list[Any]:
        return self.turned.after(place, count)[::-1]

    def place_at(self, number: int) -> Place | None:
        """Give the place of the row of this number, counting from one: for small ones."""
        names = [key.path for key in self.keys]
        places = _take((run.values_list(*names) for run in self._runs()), number)
        return places[number - 1] if len(places) == number else None

    def write(self, place: Place) -> str:
        told = [None if v is None else _text(v) for v in place]
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))

    def read(self, text: str) -> Place:
        """Read what `write` wrote. Raises `NoPlace`."""
        try:
            told = parse_json(text[:LONGEST])
        except ValueError as error:
            raise NoPlace from error
        if not isinstance(told, list) or len(told) != len(self.keys):
            raise NoPlace
        pairs = zip(self.keys, told, strict=True)
        return tuple(_value(key, text) for key, text in pairs)

    def _sorted(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.order_by(*(key.expression() for key in self.keys))

    def _runs(self) -> Iterator[QuerySet[Any]]:
        """Give all rows in runs, each sorted: those of wide values, and those between."""
        lower: list[Q] = []
        for value in self.wide:
            if (before := self._further(self.keys[0].turned, value)) is not None:
                yield self._sorted(self.rows.filter(*lower, before))
            yield self._of_wide(value)
            beyond = self._further(self.keys[0], value)
            if beyond is None:
                return
            lower = [beyond]
        yield self._sorted(self.rows.filter(*lower))

    def _of_wide(self, value: Any, *further: Q) -> QuerySet[Any]:
        rows = seek(self.rows.filter(*further), _equal(self.keys[0], value))
        return rows.order_by(*(key.expression() for key in self.keys[1:]))

    def _runs_after(self, place: Place) -> Iterator[QuerySet[Any]]:
        """Give the rows after a place in runs: those most like it first."""
        for size in range(len(self.keys) - 1, 0, -1):
            further = self._further(self.keys[size], place[size])
            if further is None:
                continue
            same = [
                _equal(key, value)
                for key, value in zip(self.keys[:size], place[:size], strict=True)
            ]
            if place[0] in self.wide:
                yield self._of_wide(place[0], *same[1:], further)
            else:
                yield self._sorted(self.rows.filter(*same, further))
        further = self._further(self.keys[0], place[0])
        if further is not None:
            yield from self._beyond(place[0], further)

    def _beyond(self, value: Any, further: Q) -> Iterator[QuerySet[Any]]:
        """Give the rows whose first column lies beyond a value."""
        ahead = self._wide_beyond(value)
        rest = Sorted(self.rows.filter(further), self.keys, ahead)
        yield from rest._runs()

    def _wide_beyond(self, value: Any) -> tuple[Any, ...]:
        if value in self.wide:
            return self.wide[self.wide.index(value) + 1 :]
        return tuple(one for one in self.wide if self._is_beyond(one, value))

    def _is_beyond(self, one: Any, value: Any) -> bool:
        """Ask the database itself, which alone knows how it sorts."""
        further = self._further(self.keys[0], value)
        if further is None:
            return False
        there = self.rows.model._base_manager.filter(_equal(self.keys[0], one), further)
        return bool(there.exists())

    def _further(self, key: Key, value: Any) -> Q | None:
        """Say what lies beyond a value; None where nothing does."""
        nulls_end = _nulls_first(self.rows) == key.descending
        empty = Q(**{f"{key.path}__isnull": True})
        if value is None:
            return None if nulls_end else ~empty
        beyond = Q(**{f"{key.path}__{'lt' if key.descending else 'gt'}": value})
        return beyond | empty if key.may_be_null and nulls_end else beyond


def _take(runs: Iterable[Any], count: int) -> list[Any]:
    """Take so many of what stands in the runs, in turn."""
    taken: list[Any] = []
    for run in runs:
        taken += run[: count - len(taken)]
        if len(taken) >= count:
            break
    return taken


def _nulls_first(rows: QuerySet[Any]) -> bool:
    return bool(connections[rows.db].features.order_by_nulls_first)


def _equal(key: Key, value: Any) -> Q:
    if value is None:
        return Q(**{f"{key.path}__isnull": True})
    return Q(**{key.path: value})


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _value(key: Key, text: Any) -> Any:
    if text is None and key.may_be_null:
        return None
    if not isinstance(text, str) or "\0" in text:
        raise NoPlace
    try:
        value = key.field.to_python(text)
        if isinstance(value, datetime):
            value = value.astimezone(UTC)  # as databases have it: fails at time's ends
    except (ValidationError, ValueError, ArithmeticError) as error:
        raise NoPlace from error
    if isinstance(value, Decimal) and not value.is_finite():
        raise NoPlace
    return value
