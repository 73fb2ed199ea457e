"""What the endpoint says about itself (SPARQL 1.1 Service Description)."""

from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef

from knowledge_graph.namespaces import SD

FORMATS: Final = Namespace("http://www.w3.org/ns/formats/")
RESULTS: Final = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "JSON-LD",
    "RDF_XML",
)
WRITERS: Final = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "pretty-xml",
}


def describe_service(address: str, media_type: str) -> str:
    """Write the description of the service at `address` in one of the graph formats."""
    graph = Graph()
    graph.bind("sd", SD)
    service, dataset = URIRef(f"{address}#service"), URIRef(f"{address}#dataset")
    default = URIRef(f"{address}#default-graph")
    for triple in (
        (service, RDF.type, SD.Service),
        (service, SD.endpoint, URIRef(address)),
        (service, SD.supportedLanguage, SD.SPARQL11Query),
        (service, SD.feature, SD.UnionDefaultGraph),
        (service, SD.defaultDataset, dataset),
        (dataset, RDF.type, SD.Dataset),
        (dataset, SD.defaultGraph, default),
        (default, RDF.type, SD.Graph),
        *((service, SD.resultFormat, FORMATS[name]) for name in RESULTS),
        *((service, RDFS.comment, Literal(text)) for text in _limits()),
    ):
        graph.add(triple)
    return graph.serialize(format=WRITERS[media_type])


def _limits() -> list[str]:
    return [
        _("A query may take %(seconds)g seconds.") % {"seconds": settings.QUERY_TIME_S},
        _(
            "An answer has at most %(rows)d rows or triples; a longer one is cut off and says so."
        )
        % {"rows": settings.QUERY_ROWS},
    ]
