"""What a source newly says, held against what it said before and what the record holds.

Of each field three values are compared: what the source said at its last load, what it
says now, and what the record holds. Where only the source has changed, the record follows;
where somebody here has, the record stays and the difference is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .plain import KEYS, LISTS, SLUGS, is_default, row_key

Plain = Mapping[str, Any]


@dataclass
class Merge:
    """Fields to write, with their values; fields that somebody here decided otherwise."""

    changes: dict[str, Any] = field(default_factory=dict)
    conflicts: dict[str, Any] = field(default_factory=dict)


def merge(current: Plain, said: Plain, new: Plain) -> Merge:
    """Compare; a list is compared row by row, and rows that others added stay."""
    found = Merge()
    for key in [*new, *(key for key in said if key not in new)]:
        if key in LISTS or key in SLUGS:
            rows = _merged_rows(
                key, current.get(key, []), said.get(key, []), new.get(key, [])
            )
            if rows != current.get(key, []):
                found.changes[key] = rows
            continue
        _merge_one(key, current.get(key), said.get(key), new.get(key), found)
    return found


def _merge_one(key: str, held: Any, before: Any, now: Any, found: Merge) -> None:
    if now in (held, before) or now is None:
        # What a source no longer says stays: a column may be missing from a table.
        return
    if held == before or held is None or (before is None and is_default(key, held)):
        found.changes[key] = now
    else:
        found.conflicts[key] = now


def _merged_rows(
    key: str, held: list[Any], before: list[Any], now: list[Any]
) -> list[Any]:
    known = {_key(key, row): row for row in held}
    old = {_key(key, row): row for row in before}
    new = {_key(key, row): row for row in now}
    for name, row in new.items():
        if row == old.get(name):
            continue
        if name not in known or known[name] == old.get(name):
            known[name] = row
    for name in old:
        if name not in new and known.get(name) == old[name] and now:
            del known[name]
    if key in SLUGS:
        return sorted(known.values())
    return sorted(known.values(), key=lambda row: row_key(key, row))


def _key(name: str, row: Any) -> Any:
    return row_key(name, row) if name in KEYS else row
