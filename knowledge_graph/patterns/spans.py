"""Time-spans: a literal text kept for ever, and limits that a machine can compare."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TypeAlias

from rdflib import XSD, Literal, URIRef

from knowledge_graph.namespaces import CRM, Ids, part
from knowledge_graph.patterns.terms import Texts, Triples, is_a, texts
from knowledge_graph.years import iso_year

# An int is an astronomical year (前206 is -205): datetime cannot hold those.
When: TypeAlias = int | date | datetime


@dataclass(frozen=True)
class Span:
    """Between when and when something took place; an open end is None."""

    begin: When | None = None
    end: When | None = None
    text: Texts = field(default_factory=dict)  # as the register has it, verbatim

    @property
    def is_empty(self) -> bool:
        return self.begin is None and self.end is None and not any(self.text.values())


def time_span(ids: Ids, subject: URIRef, span: Span | None) -> Triples:
    """Say when `subject` (an event, a period) was; nothing for an empty span."""
    if span is None or span.is_empty:
        return
    node = part(subject, "span")
    yield subject, CRM["P4_has_time-span"], node
    yield from is_a(node, CRM["E52_Time-Span"])
    if span.begin is not None:
        yield node, CRM.P82a_begin_of_the_begin, _instant(span.begin, last=False)
        yield node, ids.vocab.beginYear, Literal(_year(span.begin))
    if span.end is not None:
        yield node, CRM.P82b_end_of_the_end, _instant(span.end, last=True)
        yield node, ids.vocab.endYear, Literal(_year(span.end))
    yield from _span_text(node, span.text)


def moment(value: When, *, last: bool = False) -> Literal:
    """Write an instant as xsd:dateTime; `last` means the last second of a year or day."""
    return _instant(value, last=last)


class _Lexical:
    """A lexical form that rdflib must neither parse nor rewrite.

    rdflib would log a failure for every year before Christ, and write Z as +00:00.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


def _instant(value: When, *, last: bool) -> Literal:
    if isinstance(value, datetime):
        lexical = _utc(value)
    elif isinstance(value, date):
        lexical = value.isoformat() + _clock(last=last)
    else:
        lexical = iso_year(value) + ("-12-31" if last else "-01-01") + _clock(last=last)
    return Literal(_Lexical(lexical), datatype=XSD.dateTime)


def _utc(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _clock(*, last: bool) -> str:
    return "T23:59:59Z" if last else "T00:00:00Z"


def _year(value: When) -> int:
    return value if isinstance(value, int) else value.year


def _span_text(node: URIRef, text: Mapping[str, str]) -> Triples:
    if any(text.values()):
        name = part(node, "name")
        yield node, CRM.P1_is_identified_by, name
        yield from is_a(name, CRM.E41_Appellation)
        yield from texts(name, CRM.P190_has_symbolic_content, text)
