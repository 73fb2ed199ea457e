"""What the published graph is, for programs: VoID and Dublin Core."""

from typing import Final

from django.conf import settings
from django.urls import reverse
from rdflib import DCTERMS, RDF, VOID, XSD, Graph, Literal, URIRef

from heritage.archive.institution import museum_names
from knowledge_graph.graph_state import GraphState
from knowledge_graph.namespaces import CRM, CRMDIG, CRMSCI, bind_prefixes

from .graphs import museum_ids
from .models import Dump

VOCABULARIES: Final = (
    URIRef(CRM),
    URIRef(CRMDIG._NS),
    URIRef(CRMSCI._NS),
    URIRef("http://www.w3.org/ns/prov#"),
    URIRef("http://www.w3.org/2004/02/skos/core#"),
)


def describe_dataset(state: GraphState | None, dumps: list[Dump]) -> Graph:
    """Describe the dataset as it is published now, with its dumps."""
    base = settings.BASE_IRI
    graph = bind_prefixes(Graph(), museum_ids())
    graph.bind("void", VOID)
    dataset = museum_ids().dataset
    said: list[tuple[URIRef, URIRef | Literal]] = [
        (RDF.type, VOID.Dataset),
        *(
            (DCTERMS.title, Literal(name, lang=tag))
            for tag, name in museum_names().by_tag.items()
        ),
        (VOID.sparqlEndpoint, URIRef(f"{base}{reverse('sparql')}")),
        (VOID.uriSpace, Literal(f"{base}/id/")),
        *((VOID.vocabulary, one) for one in VOCABULARIES),
        *((VOID.dataDump, URIRef(address_of(dump))) for dump in dumps),
    ]
    if settings.DATA_LICENCE:
        said.append((DCTERMS.license, URIRef(settings.DATA_LICENCE)))
    if state is not None:
        moment = Literal(state.published_at, datatype=XSD.dateTime)
        said += [
            (DCTERMS.modified, moment),
            (DCTERMS.hasVersion, URIRef(f"{dataset}/state/{state.serial}")),
            (VOID.triples, Literal(state.triples)),
        ]
    for predicate, value in said:
        graph.add((dataset, predicate, value))
    return graph


def address_of(dump: Dump) -> str:
    return f"{settings.BASE_IRI}{reverse('dump', args=[dump.serial])}"
