"""What the query editor completes: prefixes, classes, properties, terms of vocabularies."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from rdflib import RDF, RDFS, Graph, URIRef

from heritage.catalogue.vocabularies import load
from heritage.lib.languages import text_tag
from knowledge_graph import vocabulary
from knowledge_graph.namespaces import Ids, bind_prefixes
from knowledge_graph.ontology import ontology, short

Kind = Literal["class", "property", "concept"]
# Said of many things, and of no namespace of which the ontology lists the terms.
SAID_BESIDES: Final = (
    "rdf:type", "rdf:value", "rdfs:label", "rdfs:subClassOf", "skos:prefLabel",
    "skos:altLabel", "skos:broader", "skos:exactMatch", "skos:inScheme", "dcterms:modified",
    "dcterms:license", "foaf:primaryTopic", "prov:wasDerivedFrom", "prov:used",
    "prov:generated", "la:access_point",
)  # fmt: skip


@dataclass(frozen=True)
class Completion:
    """A term by its whole IRI, and what it is called."""

    iri: str
    kind: Kind
    label: str


def prefixes(ids: Ids) -> dict[str, str]:
    """Give the prefixes that our questions use."""
    bound = bind_prefixes(Graph(bind_namespaces="none"), ids)
    return {prefix: str(space) for prefix, space in bound.namespaces()}


def completions(ids: Ids, language: str) -> list[Completion]:
    """Give every term that the graph uses, labelled for a reader of this language."""
    return [*_stated(), *_besides(ids), *_own(ids, language), *_concepts(ids, language)]


def _stated() -> Iterator[Completion]:
    for iri in sorted(ontology().stated):
        name = short(iri).partition(":")[2]
        number, _, words = name.partition("_")
        kind: Kind = "class" if number[0] in "EDS" else "property"
        yield Completion(iri, kind, words.replace("_", " "))


def _besides(ids: Ids) -> Iterator[Completion]:
    known = prefixes(ids)
    for name in SAID_BESIDES:
        prefix, _, local = name.partition(":")
        yield Completion(known[prefix] + local, "property", local.replace("_", " "))


def _own(ids: Ids, language: str) -> Iterator[Completion]:
    """Our own few properties."""
    graph = vocabulary.terms_graph(ids)
    found = graph.subjects(RDF.type, RDF.Property)
    for subject in sorted(one for one in found if isinstance(one, URIRef)):
        yield Completion(str(subject), "property", _label(graph, subject, language))


def _label(graph: Graph, subject: URIRef, language: str) -> str:
    labels = {
        getattr(one, "language", ""): one for one in graph.objects(subject, RDFS.label)
    }
    return str(labels.get(text_tag(language), subject.rsplit("/", 1)[-1]))


def _concepts(ids: Ids, language: str) -> Iterator[Completion]:
    for name in vocabulary.names():
        for one in load(name).concepts:
            iri = str(ids.concept(name, one.slug))
            yield Completion(iri, "concept", one.label(language))
