"""Fetch what the index proposes, as far as the one visibility function lets a person see."""

import re
from collections.abc import Collection, Iterator
from itertools import groupby
from typing import Any, Final

from django.db.models import QuerySet

from heritage.catalogue.models import Record
from heritage.catalogue.policy import Person, visible

from .documents import RecordName
from .registry import sources

KEY: Final = re.compile(r"[\w-]{1,60}")  # what anybody may have typed for one


def records_seen(
    names: Collection[RecordName], person: Person
) -> dict[RecordName, Record]:
    """Fetch the records that this person may see, as the one function decides."""
    return {
        RecordName(kind, row.key): row
        for kind, rows in _rows_seen(names, person)
        for row in rows
    }


def keys_seen(names: Collection[RecordName], person: Person) -> set[RecordName]:
    return {
        RecordName(kind, key)
        for kind, rows in _rows_seen(names, person)
        for key in rows.values_list("key", flat=True)
    }


def _rows_seen(
    names: Collection[RecordName], person: Person
) -> Iterator[tuple[str, QuerySet[Any]]]:
    for kind, each in groupby(sorted(names), key=lambda name: name.kind):
        if source := sources().get(kind):
            keys = [name.key for name in each if KEY.fullmatch(name.key)]
            rows = source.model._default_manager.filter(key__in=keys)
            yield kind, visible(rows, person)


def is_number(text: str) -> bool:
    """Tell whether a text that anybody may have typed is the number of a row."""
    return text.isascii() and text.isdecimal() and len(text) < 10
