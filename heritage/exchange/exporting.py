"""Relics as rows of a table, as this reader may see them: what `heritage` reads back."""

import json
from collections.abc import Iterator
from typing import Any, Final

from django.db.models import QuerySet

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person, allows, policy_of, visible
from heritage.catalogue.reads import note_reads

from .fields import fields
from .mapping import COLLECTED
from .plain import plain, with_rows

AT_ONCE: Final = 200


def columns() -> list[str]:
    """Name the columns of an export, what tells a row from others first."""
    first = ["key", "edit_version", "register_no", "name_zh", "name_en"]
    return first + [
        k for k in fields() if k not in first and not k.startswith(COLLECTED)
    ]


def plain_rows(relics: QuerySet[Relic], person: Person) -> Iterator[dict[str, Any]]:
    """Give plain records in the order they were made; never all of them at once.

    What of it is restricted is written down as read by the person.
    """
    last = 0
    seen = visible(relics, person).order_by("pk")
    while rows := list(with_rows(seen.filter(pk__gt=last))[:AT_ONCE]):
        batch = [(relic, told(relic, person)) for relic in rows]
        note_reads(batch, by=person.user_id)
        yield from (row for _relic, row in batch)
        last = rows[-1].pk


def told(relic: Relic, person: Person) -> dict[str, Any]:
    """Give a relic without what is not for this person."""
    hidden = {
        name for name in policy_of(Relic).fields if not allows(person, relic, name)
    }
    kept = {key: value for key, value in plain(relic).items() if key not in hidden}
    for name in (
        "holder",
        "maker",
        "acquired_from",
        "collector",
        "made_at",
        "find_place",
    ):
        end = getattr(relic, name)
        if name in kept and not allows(person, end):
            del kept[name]
    return {"key": relic.key, "edit_version": relic.edit_version, **kept}


def as_text(value: Any) -> str:
    """Write a plain value as a cell, so that `cells.py` reads the same again."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "; ".join(value)
    return str(value)
