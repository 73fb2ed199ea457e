"""What is known of a record's graph itself."""

from dataclasses import dataclass
from datetime import datetime

from rdflib import DCTERMS, FOAF, URIRef

from knowledge_graph.namespaces import SD, Ids
from knowledge_graph.patterns.spans import moment
from knowledge_graph.patterns.terms import Triples, is_a, links


@dataclass(frozen=True)
class RecordGraph:
    """One named graph; `tier` is a slug of the tier vocabulary."""

    about: URIRef
    modified: datetime | None = None  # of a link row nobody asks
    tier: str = "public"
    licence: URIRef | None = None
    source: URIRef | None = None  # the dataset that it is a part of


def record_graph(ids: Ids, graph: URIRef, facts: RecordGraph) -> Triples:
    """Say what `graph` is about, when it changed, and who may use it how."""
    yield from is_a(graph, SD.NamedGraph)
    yield graph, FOAF.primaryTopic, facts.about
    if facts.modified is not None:
        yield graph, DCTERMS.modified, moment(facts.modified)
    yield graph, DCTERMS.accessRights, ids.concept("tier", facts.tier)
    yield from links(graph, DCTERMS.license, facts.licence)
    yield from links(graph, DCTERMS.source, facts.source)
