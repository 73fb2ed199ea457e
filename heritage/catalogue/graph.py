"""How relics, authorities and intangible heritage become triples."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Model
from rdflib import RDF, SKOS, Literal, URIRef

from knowledge_graph import patterns as p
from knowledge_graph.namespaces import CRM, Ids, part
from knowledge_graph.patterns import Triples

from .graph_parts import about, about_link, exact, year_span
from .mentions import (
    VOCABULARY,
    GraphName,
    GraphSource,
    Mentions,
    hangs_on_its_ends,
    verbatim,
)
from .models import (
    ACTS,
    RELIC_ROWS,
    Agent,
    Bearer,
    Element,
    LinkRow,
    Move,
    Period,
    Place,
    Record,
    Relic,
    TechniqueOf,
    Term,
    Transmission,
)
from .relic_graph import build_relic
from .vocabularies import concept_of, load


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
        when = year_span(bearer.recognised_year)
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


ALONE: Final = ("book", "rubbing", "underwater")  # one row at most
RELIC_PARTS: Final = (
    "materials",
    "dimensions",
    "numbers",
    "identifiers",
    "other_names",
    "facets",
    "gradings__decided_by",
    "conditionchecks__decided_by",
    "custodychanges__holder",
    "namings",
    "datingopinions__period",
    "datingopinions__decided_by",
    "attributionopinions__maker",
    "attributionopinions__decided_by",
)
SOURCES: Final = {
    "relic": GraphSource(
        Relic,
        build_relic,
        ("holder", "period", "maker", "made_at", "find_place", "part_of", *ALONE),
        parts=RELIC_PARTS,
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

TOLD_OF_RELIC: Final[tuple[Any, ...]] = (  # a move is nobody's business
    *RELIC_ROWS,
    *(act for act in ACTS if act is not Move),
)


def touched_by(row: Model) -> Iterator[GraphName]:
    """Name the graphs that say something of this row."""
    if isinstance(row, Record | LinkRow):
        yield GraphName(row.kind, row.key)
    elif isinstance(row, Term):
        yield GraphName(VOCABULARY, row.vocabulary)
    elif isinstance(row, TOLD_OF_RELIC):
        yield GraphName("relic", row.relic.key)


def _listing(element: Element) -> p.Listing:
    batch = element.batch
    return p.Listing(
        element.key,
        element.level,
        when=year_span(element.listed_year),
        batch={"zh-Hans": f"第{batch}批", "en": f"batch {batch}"} if batch else {},
    )
