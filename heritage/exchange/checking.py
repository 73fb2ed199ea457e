"""What the register demands of a record, told of a plain one before it is written."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db.models import FloatField

from heritage.catalogue.fields import ConceptField
from heritage.catalogue.vocabularies import load

from .fields import fields
from .plain import LISTS
from .writing import LIST_MODELS

Fault = tuple[str, dict[str, Any]]
LARGEST: Final = 2**31 - 1
PRICE_DIGITS: Final = 12


def find_faults(values: Mapping[str, Any], *, is_new: bool) -> list[Fault]:
    """Name all that keeps a row from being entered: a code and its facts."""
    return [*_missing(values, is_new=is_new), *_too_long(values), *_not_so(values)]


def _missing(values: Mapping[str, Any], *, is_new: bool) -> Iterator[Fault]:
    if is_new and not (values.get("name_zh") or values.get("name_en")):
        yield "no-name", {}
    if is_new and not values.get("register_no"):
        yield "no-number", {}


def _too_long(values: Mapping[str, Any]) -> Iterator[Fault]:
    for key, value in values.items():
        limit = 300 if fields()[key].kind in ("agent", "place") else fields()[key].limit
        if isinstance(value, str) and limit and len(value) > limit:
            yield "too-long", {"field": key, "limit": limit, "length": len(value)}


def _not_so(values: Mapping[str, Any]) -> Iterator[Fault]:
    begin, end = values.get("begin_year"), values.get("end_year")
    if begin is not None and end is not None and end < begin:
        yield "backwards", {"begin": begin, "end": end}
    for key, value in values.items():
        if isinstance(value, int) and abs(value) > LARGEST:
            yield "out-of-range", {"field": key, "value": value}
    if values.get("actual_count") == 0:
        yield "no-pieces", {}
    if len(str(values.get("price", "")).partition(".")[0]) > PRICE_DIGITS:
        yield "out-of-range", {"field": "price", "value": values["price"]}
    yield from _bad_rows(values)


def _bad_rows(values: Mapping[str, Any]) -> Iterator[Fault]:
    """Look at rows that came as JSON, in which anything may stand."""
    for name in LISTS:
        if not all(_is_row(name, row) for row in values.get(name, ())):
            yield "bad-row", {"field": name}


def _is_row(name: str, row: Mapping[str, Any]) -> bool:
    known = {
        column: LIST_MODELS[name]._meta.get_field(column) for column in LISTS[name]
    }
    return all(key in known and _fits(known[key], value) for key, value in row.items())


def _fits(column: Any, value: Any) -> bool:
    """Tell whether a column can hold this value."""
    if isinstance(column, FloatField):
        return isinstance(value, int | float) and 0 < value < float("inf")
    if not isinstance(value, str) or len(value) > column.max_length:
        return False
    if isinstance(column, ConceptField):
        return value in load(column.vocabulary)
    return not column.choices or value in dict(column.flatchoices)
