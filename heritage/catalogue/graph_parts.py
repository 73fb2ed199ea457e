"""What the graphs of all records begin with, and how plain values are written in them."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from rdflib import URIRef

from knowledge_graph import patterns as p
from knowledge_graph.namespaces import Ids
from knowledge_graph.patterns import Triples

from .mentions import Mentions
from .models import IDENTIFIERS, LinkRow, Record

GENERATED: Final = {
    "zh-Hans": "为演示而生成，并非真实之物。",
    "en": "Generated for the demonstration; not a real thing.",
}
_WEB_ADDRESS: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


def about(record: Record, says: Mentions, *, licence: str = "") -> Triples:
    """Give what every record's graph has: names, description, facts on the graph."""
    ids, subject = says.ids, says.ids.thing(record.kind, record.key)
    known = graph_facts(ids, subject, record.modified_at, licence=licence)
    yield from p.record_graph(ids, ids.graph(record.kind, record.key), known)
    yield from p.description(ids, subject, record.descriptions)
    if type(record) in IDENTIFIERS:
        for row in record.identifiers.all():  # type: ignore[attr-defined]
            number = p.Identifier(row.identifier, row.type, "identifier-type")
            yield from p.identifier(ids, subject, number)
    if record.is_demo:
        yield from p.note(subject, GENERATED)


def about_link(link: LinkRow, says: Mentions) -> Triples:
    ids, subject = says.ids, says.ids.thing(link.kind, link.key)
    known = graph_facts(ids, subject)
    yield from p.record_graph(ids, ids.graph(link.kind, link.key), known)


def graph_facts(
    ids: Ids, about: URIRef, modified: datetime | None = None, *, licence: str = ""
) -> p.RecordGraph:
    """Give what a graph says of itself; no licence of its own: that of all the data."""
    given = _web_address(licence) or _web_address(settings.DATA_LICENCE)
    return p.RecordGraph(about, modified, licence=given, source=ids.dataset)


def exact(value: float) -> Decimal:
    """Give the shortest decimal that stands for this float."""
    return Decimal(repr(value))


def year_span(year: int | None) -> p.Span | None:
    return None if year is None else p.Span(year, year)


def day_span(day: date | None, year: int | None = None) -> p.Span | None:
    """Give the day, or where it is not known the year."""
    return year_span(year) if day is None else p.Span(day, day)


def span_of(begun: date | None, ended: date | None) -> p.Span | None:
    """Give the days from the one to the other, each where it is known."""
    return None if begun is None and ended is None else p.Span(begun, ended)


def standing(acts: Any) -> list[Any]:
    """Give the acts that are not struck through, the one that holds last."""
    rows = [act for act in acts.all() if act.stands]
    return sorted(rows, key=lambda act: (act.decided_on or date.min, act.pk))


def batch_texts(batch: int | None) -> dict[str, str]:
    return {"zh-Hans": f"第{batch}批", "en": f"batch {batch}"} if batch else {}


def _web_address(text: str) -> URIRef | None:
    """Give an address that a store will take; what else was typed says nothing."""
    return URIRef(text) if _WEB_ADDRESS.fullmatch(text) else None
