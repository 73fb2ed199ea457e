"""Read what a client of the reconciliation service asks, within bounds."""

from typing import Any, Final

from django.utils.translation import gettext as _

from heritage.lib.json_text import NotAnObject, parse_object

from .reconciling import KINDS, Kind, Query

MOST_QUERIES: Final = 50
MOST_IDS: Final = 200
MOST_CANDIDATES: Final = 50
MOST_PROPERTIES: Final = 30  # more than any of our things has
MOST_VALUES: Final = 20  # of one property
MOST_COMPARED: Final = 2_000  # values with candidates, in all queries of a batch
LONGEST_TEXT: Final = 300
BODY_BYTES: Final = 1_000_000


class NotUnderstood(Exception):
    """The request is not one of the protocol; the sentence says why."""


def read_object(text: str) -> dict[str, Any]:
    """Read a JSON object. Raises `NotUnderstood`."""
    if len(text) > BODY_BYTES:
        raise too_much()
    try:
        return parse_object(text)
    except NotAnObject as error:
        raise NotUnderstood(_("A JSON object is expected.")) from error
    except ValueError as error:
        raise NotUnderstood(_("This is not JSON.")) from error


def read_queries(batch: dict[str, Any]) -> dict[str, Query]:
    """Read a batch by name. Raises `NotUnderstood`."""
    if len(batch) > MOST_QUERIES:
        text = _("At most %(count)d queries at once.")
        raise NotUnderstood(text % {"count": MOST_QUERIES})
    queries = {name: _query(each) for name, each in batch.items()}
    if sum(map(_compared, queries.values())) > MOST_COMPARED:
        raise too_much()
    return queries


def _compared(query: Query) -> int:
    """Count the values that are compared with candidates of each type."""
    return query.limit * sum(len(values) for _pid, values in query.properties)


def too_much() -> NotUnderstood:
    return NotUnderstood(_("This is more than the service reads at once."))


def _query(told: Any) -> Query:
    if not isinstance(told, dict):
        raise NotUnderstood(_("A query is a JSON object."))
    text, limit = told.get("query", ""), told.get("limit", 10)
    if not isinstance(text, str):
        raise NotUnderstood(_("The text of a query is a string."))
    if isinstance(limit, bool) or not isinstance(limit, int | float) or limit < 1:
        raise NotUnderstood(_("A limit is a number from 1."))
    properties = tuple(_properties(told.get("properties", [])).items())
    if not text.strip() and not properties:
        raise NotUnderstood(_("A query has a text or properties."))
    kinds = read_kinds(told.get("type"))
    size = int(min(limit, MOST_CANDIDATES))
    return Query(text.strip()[:LONGEST_TEXT], kinds, size, properties)


def read_kinds(told: Any) -> tuple[Kind, ...]:
    """Give the types that are asked for: of unknown ones none, without any all."""
    if told in (None, "", []):
        return tuple(KINDS.values())
    names = told if isinstance(told, list) else [told]
    known = [name for name in names if isinstance(name, str) and name in KINDS]
    return tuple(KINDS[name] for name in dict.fromkeys(known))


def _properties(told: Any) -> dict[str, tuple[str, ...]]:
    """Give the distinct values of each property, by its identifier."""
    found: dict[str, dict[str, None]] = {}
    for one in told if isinstance(told, list) else [None]:
        if not isinstance(one, dict) or "pid" not in one or "v" not in one:
            raise NotUnderstood(_("A property has a pid and a v."))
        values = one["v"] if isinstance(one["v"], list) else [one["v"]]
        found.setdefault(str(one["pid"]), {}).update(dict.fromkeys(map(_value, values)))
    if len(found) > MOST_PROPERTIES or any(
        len(v) > MOST_VALUES for v in found.values()
    ):
        raise too_much()
    return {pid: tuple(values) for pid, values in found.items()}


def _value(told: Any) -> str:
    if isinstance(told, dict):
        told = told.get("id", told.get("name", ""))
    return str(told)[:LONGEST_TEXT]
