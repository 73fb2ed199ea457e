"""How relics, authorities and intangible heritage become triples."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, cast

from django.db.models import Model
from rdflib import RDF, SKOS, Literal, URIRef

from knowledge_graph import patterns as p
from knowledge_graph.namespaces import CRM, Ids, part
from knowledge_graph.patterns import Triples
from knowledge_graph.patterns.measure import Origin

from .mentions import (
    VOCABULARY,
    GraphName,
    GraphSource,
    Mentions,
    hangs_on_its_ends,
    verbatim,
)
from .models import (
    Agent,
    Bearer,
    Dimension,
    Element,
    LinkRow,
    Period,
    Place,
    Record,
    Relic,
    RelicMaterial,
    TechniqueOf,
    Term,
    Transmission,
)
from .vocabularies import concept_of, load

GENERATED: Final = {
    "zh-Hans": "为演示而生成，并非真实之物。",
    "en": "Generated for the demonstration; not a real thing.",
}
_WEB_ADDRESS: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


def about(record: Record, says: Mentions, *, licence: str = "") -> Triples:
    """Give what every record's graph has: names, description, facts on the graph."""
    ids, subject = says.ids, says.ids.thing(record.kind, record.key)
    known = p.RecordGraph(subject, record.modified_at, licence=_web_address(licence))
    yield from p.record_graph(ids, ids.graph(record.kind, record.key), known)
    yield from p.description(ids, subject, record.descriptions)
    if record.is_demo:
        yield from p.note(subject, GENERATED)


def about_link(link: LinkRow, says: Mentions) -> Triples:
    ids, subject = says.ids, says.ids.thing(link.kind, link.key)
    known = p.RecordGraph(subject)
    yield from p.record_graph(ids, ids.graph(link.kind, link.key), known)


def build_relic(relic: Relic, says: Mentions) -> Triples:
    ids, subject = says.ids, says.ids.thing("relic", relic.key)
    kind = p.Kind(relic.category, count_kind=relic.count_kind)
    number = p.Identifier(relic.register_no, relic.register_type, preferred=True)
    materials = tuple(sorted(row.material for row in relic.materials.all()))
    yield from about(relic, says, licence=relic.rights)
    yield from p.relic(ids, subject, kind)
    yield from p.names(ids, subject, relic.names)
    yield from p.identifier(ids, subject, number)
    yield from p.grading(ids, subject, grade=relic.grade)
    yield from p.materials(ids, subject, materials)
    yield from p.count(ids, subject, relic.actual_count)
    yield from p.custody(subject, p.Custody(keeper=says.iri(relic.holder)))
    yield from p.production(ids, subject, _production(relic, says))
    yield from _acquisition(relic, subject, says)
    yield from _condition(relic, subject, says)
    for row in relic.dimensions.all():
        yield from p.dimension(ids, subject, dimension_of(row))


def dimension_of(
    row: Dimension, *, mesh: URIRef | None = None, run: URIRef | None = None
) -> p.Dimension:
    """Give a dimension as the graph takes it; a scan's mesh and run are added above."""
    return p.Dimension(
        row.kind,
        exact(row.value),
        row.unit,
        uncertainty=None if row.uncertainty is None else exact(row.uncertainty),
        origin=cast(Origin, row.origin),
        text=verbatim(row.literal),
        mesh=mesh,
        run=run,
    )


def exact(value: float) -> Decimal:
    """Give the shortest decimal that stands for this float."""
    return Decimal(repr(value))


def build_agent(agent: Agent, says: Mentions) -> Triples:
    ids, subject = says.ids, says.ids.thing("agent", agent.key)
    yield from about(agent, says)
    if agent.type == Agent.Type.GROUP:
        yield from p.group(ids, subject, agent.names)
    else:
        known = p.Person(agent.names, born=agent.birth_year, died=agent.death_year)
        yield from p.person(ids, subject, known)


def build_place(place: Place, says: Mentions) -> Triples:
    known = p.Place(
        place.names,
        within=says.iri(place.within),
        latitude_deg=None if place.latitude is None else exact(place.latitude),
        longitude_deg=None if place.longitude is None else exact(place.longitude),
    )
    yield from about(place, says)
    yield from p.place(says.ids, says.ids.thing("place", place.key), known)


def build_period(period: Period, says: Mentions) -> Triples:
    ids, subject = says.ids, says.ids.thing("period", period.key)
    known = p.Period(
        period.names,
        when=p.Span(period.begin_year, period.end_year),
        # Every period falls within itself (P10 is reflexive): so that a question by
        # the vocabulary, with what is broader there, finds the relics too.
        within=ids.concept("period", period.slug)
        if period.slug in load("period")
        else None,
    )
    yield from about(period, says)
    yield from p.period(ids, subject, known)


def build_element(element: Element, says: Mentions) -> Triples:
    ids, subject = says.ids, says.ids.thing("element", element.key)
    region, unit = says.iri(element.region), says.iri(element.protection_unit)
    known = p.Element(
        element.names,
        category=element.category,
        code=element.code,
        places=(region,) if region else (),
        communities=(unit,) if unit else (),
    )
    yield from about(element, says)
    yield from p.element(ids, subject, known)
    if element.level:
        yield from p.listing(ids, subject, _listing(element))


def build_bearer(bearer: Bearer, says: Mentions) -> Triples:
    """A bearer record is the recognition of a person as bearer of an element."""
    ids, subject = says.ids, says.ids.thing("bearer", bearer.key)
    person = _person(bearer, says)
    yield from about(bearer, says)
    yield from p.names(ids, subject, bearer.names)
    if says.iri(bearer.person) is None:
        yield from p.person(ids, person, p.Person(bearer.names))
    if bearer.status == Bearer.Status.DECEASED:
        yield part(person, "death"), RDF.type, CRM.E69_Death
        yield part(person, "death"), CRM.P100_was_death_of, person
    element = says.iri(bearer.element)
    if element and bearer.status != Bearer.Status.REVOKED:
        when = _year(bearer.recognised_year)
        act = p.Recognition(person, element, bearer.level, when=when)
        yield from p.recognition(ids, subject, act)


def _person(bearer: Bearer, says: Mentions) -> URIRef:
    """Name the person; while his own record is not public, only as this bearer."""
    own = says.iri(bearer.person)
    return own or says.ids.part("bearer", bearer.key, "person")


def build_transmission(link: Transmission, says: Mentions) -> Triples:
    taught = p.Transmission(
        _person(link.master, says),
        _person(link.apprentice, says),
        says.iri(link.master.element),
        when=p.Span(link.begin_year, link.end_year),
        basis=verbatim(link.source),
    )
    yield from about_link(link, says)
    yield from p.transmission(
        says.ids, says.ids.thing("transmission", link.key), taught
    )
    yield from p.learned_from(says.ids, taught)


def build_technique_of(link: TechniqueOf, says: Mentions) -> Triples:
    relic, element = says.iri(link.relic), says.iri(link.element)
    if relic and element:
        yield from about_link(link, says)
        yield from p.technique_of(relic, element)


def build_own_terms(vocabulary: str, ids: Ids) -> Triples:
    """Give what the museum itself has added to a vocabulary that we ship."""
    scheme = ids.scheme(vocabulary)
    for term in Term.objects.filter(vocabulary=vocabulary, is_local=True):
        concept = ids.concept(vocabulary, term.slug)
        yield concept, RDF.type, SKOS.Concept
        yield concept, RDF.type, _class_of(vocabulary)
        yield concept, SKOS.inScheme, scheme
        for language, label in concept_of(term).labels.items():
            yield concept, SKOS.prefLabel, Literal(label, lang=language)
        if term.broader:
            yield concept, SKOS.broader, ids.concept(vocabulary, term.broader)
        else:
            yield concept, SKOS.topConceptOf, scheme


def _class_of(vocabulary: str) -> URIRef:
    return CRM.E57_Material if vocabulary == "material" else CRM.E55_Type


SOURCES: Final = {
    "relic": GraphSource(
        Relic,
        build_relic,
        ("holder", "period", "maker", "made_at", "find_place"),
        parts=("materials", "dimensions"),
    ),
    "agent": GraphSource(Agent, build_agent),
    "place": GraphSource(Place, build_place, ("within",)),
    "period": GraphSource(Period, build_period),
    "element": GraphSource(Element, build_element, ("region", "protection_unit")),
    "bearer": GraphSource(Bearer, build_bearer, ("person", "element")),
    "transmission": GraphSource(
        Transmission,
        build_transmission,
        ("master__element", "master__person", "apprentice__person"),
        hangs_on=hangs_on_its_ends,
    ),
    "technique-of": GraphSource(
        TechniqueOf,
        build_technique_of,
        ("relic", "element"),
        hangs_on=hangs_on_its_ends,
    ),
}


def touched_by(row: Model) -> Iterator[GraphName]:
    """Name the graphs that say something of this row."""
    if isinstance(row, Record | LinkRow):
        yield GraphName(row.kind, row.key)
    elif isinstance(row, Term):
        yield GraphName(VOCABULARY, row.vocabulary)
    elif isinstance(row, RelicMaterial | Dimension):
        yield GraphName("relic", row.relic.key)


def _production(relic: Relic, says: Mentions) -> p.Production:
    period, maker = says.iri(relic.period), says.iri(relic.maker)
    span = p.Span(relic.begin_year, relic.end_year, verbatim(relic.period_text))
    return p.Production(
        periods=(period,) if period else (),
        makers=(maker,) if maker else (),
        place=says.iri(relic.made_at),
        when=span,
    )


def _acquisition(relic: Relic, subject: URIRef, says: Mentions) -> Triples:
    if not relic.source:
        return
    got = p.Acquisition(
        relic.source,
        receiver=says.iri(relic.holder),
        when=_year(relic.acquired_year),
        found_at=says.iri(relic.find_place),
    )
    yield from p.acquisition(says.ids, subject, got)
    if relic.acquired_range:
        kind = says.ids.concept("acquired-range", relic.acquired_range)
        yield part(subject, "acquisition"), CRM.P2_has_type, kind


def _condition(relic: Relic, subject: URIRef, says: Mentions) -> Triples:
    remark = verbatim(relic.completeness_note)
    if relic.completeness or relic.preservation or remark:
        seen = p.Condition(
            completeness=relic.completeness,
            preservation=relic.preservation,
            remark=remark,
        )
        yield from p.condition(says.ids, subject, seen)


def _listing(element: Element) -> p.Listing:
    batch = element.batch
    return p.Listing(
        element.key,
        element.level,
        when=_year(element.listed_year),
        batch={"zh-Hans": f"第{batch}批", "en": f"batch {batch}"} if batch else {},
    )


def _year(year: int | None) -> p.Span | None:
    return None if year is None else p.Span(year, year)


def _web_address(text: str) -> URIRef | None:
    """Give an address that a store will take; what else was typed says nothing."""
    return URIRef(text) if _WEB_ADDRESS.fullmatch(text) else None
