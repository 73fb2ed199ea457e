"""A relic as a plain record: names of fields and JSON values, for comparing and writing.

What is empty, or as it is of every new relic, is left out.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import Model, QuerySet

from heritage.catalogue.models import Relic

from .fields import ALONE, fields

LISTS: Final[dict[str, tuple[str, ...]]] = {
    "dimensions": ("kind", "value", "unit", "uncertainty", "origin", "literal"),
    "numbers": ("type", "number", "note"),
    "identifiers": ("type", "identifier", "note"),
    "other_names": ("type", "name", "language"),
}
SLUGS: Final = {"materials": "material", "facets": "facet"}
# By what a row of a list is known again.
KEYS: Final = {
    "dimensions": ("kind", "origin"), "numbers": ("type", "number"),
    "identifiers": ("type", "identifier"), "other_names": ("type", "name", "language"),
}  # fmt: skip
NAMED: Final = ("agent", "place")
RELATED: Final = (
    "holder",
    "maker",
    "acquired_from",
    "collector",
    "made_at",
    "find_place",
    "period",
    "part_of",
)


def with_rows(relics: QuerySet[Relic]) -> QuerySet[Relic]:
    """Fetch with relics all that a plain record says of them."""
    return relics.select_related(
        *RELATED, *ALONE, "rubbing__original_at"
    ).prefetch_related(*SLUGS, *LISTS)


def plain(relic: Relic) -> dict[str, Any]:
    """Give all of a relic that can be loaded and exported."""
    told: dict[str, Any] = {}
    for key, field in fields().items():
        if "." in key or field.kind in ("key", "saved", "rows", "terms"):
            continue
        _put(told, key, _scalar(relic, key, field.kind))
    for name, column in SLUGS.items():
        _put(
            told,
            name,
            sorted(getattr(row, column) for row in getattr(relic, name).all()),
        )
    for name, columns in LISTS.items():
        rows = [_row(row, columns) for row in getattr(relic, name).all()]
        _put(told, name, sorted(rows, key=lambda row: row_key(name, row)))
    for part in ALONE:
        row = getattr(relic, part, None)
        for key, field in fields().items():
            if row is not None and key.startswith(f"{part}."):
                _put(told, key, _scalar(row, key.partition(".")[2], field.kind))
    return told


def row_key(name: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row.get(column, "")) for column in KEYS[name])


def name_of(record: Any) -> str:
    return record.name_zh or record.name_en if record is not None else ""


def is_default(key: str, value: Any) -> bool:
    """Tell whether a new relic would say the same without being told."""
    return key in _DEFAULTS and value == _DEFAULTS[key]


_DEFAULTS: Final = {
    "register_type": "general-register", "grade": "ungraded", "count_kind": "single",
    "actual_count": 1, "is_measurable": True,
    "rights": "http://creativecommons.org/licenses/by/4.0/",
}  # fmt: skip


def _put(told: dict[str, Any], key: str, value: Any) -> None:
    if value not in (None, "", []):
        told[key] = value


def _scalar(row: Any, name: str, kind: str) -> Any:
    value = getattr(row, name)
    if kind in NAMED:
        return name_of(value)
    if name == "period":
        return value.slug if value else ""
    if kind == "relic":
        return value.key if value else ""
    if kind == "decimal":
        return f"{value:.2f}" if value is not None else ""
    if kind == "date":
        return value.isoformat() if value else ""
    return value


def _row(row: Model, columns: Iterable[str]) -> dict[str, Any]:
    told = {column: getattr(row, column) for column in columns}
    return {name: value for name, value in told.items() if value not in (None, "")}
