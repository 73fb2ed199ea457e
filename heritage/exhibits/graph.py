"""How exhibits and what they show become triples."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Model
from rdflib import URIRef

from heritage.captures.graph import captures_of
from heritage.captures.models import Derivative
from heritage.catalogue.graph_parts import about, about_link
from heritage.catalogue.mentions import (
    GraphName,
    GraphSource,
    Mentions,
    hangs_on_its_ends,
    verbatim,
)
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import STRANGER, allows, visible
from knowledge_graph import patterns as p
from knowledge_graph.namespaces import Ids
from knowledge_graph.patterns import Triples

from .models import Exhibit, ExhibitItem, Narration, TourStop
from .narration_rows import item_of, narrations


def build_exhibit(exhibit: Exhibit, says: Mentions) -> Triples:
    subject = says.ids.thing("exhibit", exhibit.key)
    yield from about(exhibit, says)
    yield from p.exhibit(says.ids, subject, p.Exhibit(exhibit.names))
    for row in narrations().filter(exhibit=exhibit):
        told = _narration(
            row, says
        )  # names what it is about, also where that is hidden
        if allows(STRANGER, row):
            yield from p.narration(says.ids, subject, told)


def _narration(row: Narration, says: Mentions) -> p.Narration:
    item = item_of(row)
    return p.Narration(
        row.key,
        row.language,
        row.transcript,
        about=says.iri(item.thing) if item else None,
        credit=verbatim(row.credit),
    )


def build_item(item: ExhibitItem, says: Mentions) -> Triples:
    exhibit, thing = says.iri(item.exhibit), says.iri(item.relic or item.element)
    if exhibit and thing:
        models = _models(says.ids, item.relic) if item.relic else ()
        yield from about_link(item, says)
        yield from p.exhibit_item(exhibit, thing, models=models)


SOURCES: Final = {
    "exhibit": GraphSource(Exhibit, build_exhibit),
    "exhibit-item": GraphSource(
        ExhibitItem,
        build_item,
        ("exhibit", "relic", "element"),
        hangs_on=hangs_on_its_ends,
    ),
}


def touched_by(row: Model) -> Iterator[GraphName]:
    """Name the exhibit that speaks of it, and items that show models of a capture."""
    if isinstance(row, ExhibitItem | Narration | TourStop):
        yield GraphName("exhibit", row.exhibit.key)
    relics = {capture.relic_id for capture in captures_of(row)}
    items = ExhibitItem.objects.filter(relic__in=relics) if relics else ()
    for item in items:
        yield GraphName(item.kind, item.key)


def _models(ids: Ids, relic: Relic) -> tuple[URIRef, ...]:
    shown = visible(Derivative.objects.filter(role=Derivative.Role.MODEL), STRANGER)
    keys = shown.filter(run__capture__relic=relic).values_list("key", flat=True)
    return tuple(ids.thing("derivative", key) for key in sorted(keys))
