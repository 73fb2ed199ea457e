"""How authorities and vocabularies become triples, and where the others do."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Model
from rdflib import RDF, SKOS, Literal, URIRef

from knowledge_graph import patterns as p
from knowledge_graph.namespaces import CRM, Ids
from knowledge_graph.patterns import Triples

from . import intangible_graph, site_graph
from .graph_parts import about, exact
from .mentions import VOCABULARY, GraphName, GraphSource, Mentions
from .models import (
    ACTS,
    RELIC_ROWS,
    STUDY_ROWS,
    Agent,
    GivenIdentifier,
    LinkRow,
    Move,
    Period,
    Place,
    Record,
    Relic,
    Term,
)
from .policy import STRANGER, allows
from .relic_graph import build_relic
from .vocabularies import concept_of, load


def build_agent(agent: Agent, says: Mentions) -> Triples:
    ids, subject = says.ids, says.ids.thing("agent", agent.key)
    yield from about(agent, says)
    if agent.type == Agent.Type.GROUP:
        yield from p.group(ids, subject, agent.names)
    else:
        # Who lives and bears an element says whether his or her life is told.
        is_open = allows(STRANGER, agent, "birth_year")
        born = agent.birth_year if is_open else None
        known = p.Person(agent.names, born=born, died=agent.death_year)
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


def build_own_terms(vocabulary: str, ids: Ids) -> Triples:
    """Give what the museum itself has added to a vocabulary that we ship."""
    scheme = ids.scheme(vocabulary)
    for term in Term.objects.filter(vocabulary=vocabulary, is_local=True):
        concept = ids.concept(vocabulary, term.slug)
        yield concept, RDF.type, SKOS.Concept
        yield concept, RDF.type, _class_of(vocabulary)
        yield concept, SKOS.inScheme, scheme
        for language, label in concept_of(term).labels.items():
            if language == "zh-Hant" and not term.label_hant:
                continue  # it stands there in simplified characters
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
    "made_with",
    "motifs",
    "citations",
    "gradings__decided_by",
    "conditionchecks__decided_by",
    "treatments__decided_by",
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
        (
            "holder",
            "period",
            "maker",
            "made_at",
            "find_place",
            "part_of",
            "find_batch__site",
            "collector",
            *ALONE,
        ),
        parts=RELIC_PARTS,
    ),
    "agent": GraphSource(Agent, build_agent, parts=("bearings", "identifiers")),
    "place": GraphSource(Place, build_place, ("within",), parts=("identifiers",)),
    "period": GraphSource(Period, build_period, parts=("identifiers",)),
    **intangible_graph.SOURCES,
    **site_graph.SOURCES,
}

TOLD_OF_RELIC: Final[tuple[Any, ...]] = (  # a move is nobody's business
    *RELIC_ROWS,
    *STUDY_ROWS,
    *(act for act in ACTS if act is not Move),
)


def touched_by(row: Model) -> Iterator[GraphName]:
    """Name the graphs that say something of this row."""
    if isinstance(row, Record | LinkRow):
        yield GraphName(row.kind, row.key)
        yield from site_graph.finds_of(row)
    elif isinstance(row, Term):
        yield GraphName(VOCABULARY, row.vocabulary)
    elif isinstance(row, TOLD_OF_RELIC):
        yield GraphName("relic", row.relic.key)
    elif isinstance(row, GivenIdentifier):
        yield GraphName(row.record.kind, row.record.key)
    else:
        yield from intangible_graph.touched_by(row)
        yield from site_graph.touched_by(row)
