"""What the register demands of a record, told of a plain one before it is written."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .fields import ALONE, fields
from .plain import LISTS

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
    for name, columns in LISTS.items():
        for row in values.get(name, ()):
            if (
                set(row) - set(columns)
                or (name == "dimensions" and not _is_size(row))
                or any(isinstance(v, list | dict) for v in row.values())
            ):
                yield "bad-row", {"field": name}


def _is_size(row: Mapping[str, Any]) -> bool:
    value = row.get("value")
    return (
        isinstance(value, int | float)
        and 0 < value < float("inf")
        and bool(row.get("kind"))
    )


def part_of_key(key: str) -> str:
    """Name the row that hangs on a relic which a field belongs to; "" for its own."""
    head = key.partition(".")[0]
    return head if head in ALONE else ""
