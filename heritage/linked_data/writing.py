"""Write a record's graph in the formats that browsers and programs ask for."""

from collections.abc import Iterable
from typing import Final

from rdflib import Graph

from knowledge_graph.namespaces import bind_prefixes
from knowledge_graph.results_negotiation import JSON_LD, N_TRIPLES, RDF_XML, TURTLE
from knowledge_graph.store import Triple

from .graphs import museum_ids

# suffix of the address → media type, the first being the one we prefer
SUFFIXES: Final = {
    "ttl": TURTLE,
    "jsonld": JSON_LD,
    "nt": N_TRIPLES,
    "rdf": RDF_XML,
}
_WRITERS: Final = {
    TURTLE: "turtle",
    JSON_LD: "json-ld",
    N_TRIPLES: "nt",
    RDF_XML: "xml",
}


def suffix_for(media_type: str) -> str:
    return next(suffix for suffix, offered in SUFFIXES.items() if offered == media_type)


def to_graph(triples: Iterable[Triple]) -> Graph:
    graph = bind_prefixes(Graph(bind_namespaces="none"), museum_ids())
    for triple in triples:
        graph.add(triple)
    return graph


def write_graph(triples: Iterable[Triple], media_type: str) -> str:
    """Write triples with short names for the vocabularies we speak."""
    text: str = to_graph(triples).serialize(
        format=_WRITERS[media_type], auto_compact=media_type == JSON_LD
    )
    return text
