"""Faults in what every kind of record has: `shapes/common.ttl`."""

from decimal import Decimal

from rdflib import DCTERMS, RDF, Literal, URIRef

from knowledge_graph.namespaces import CRM, part
from tests.knowledge_graph.faults.breaking import Fault, add, lose, put
from tests.knowledge_graph.museum import (
    BELL,
    CASTING,
    IDS,
)

GRAPH = IDS.graph("relic", "bell")
SPAN = part(BELL, "production", "span")
HEIGHT = part(BELL, "dimension", "height-caliper")
LISTING = part(CASTING, "said", "listing-2006")
NUMBER = part(BELL, "no", "general-register", "0008/甲")


FAULTS: dict[str, Fault] = {
    "number without a type": (lose(NUMBER, CRM.P2_has_type), NUMBER, "identifier"),
    "empty number": (
        put(NUMBER, CRM.P190_has_symbolic_content, Literal("")),
        NUMBER,
        "identifier",
    ),
    "assignment of nothing": (
        lose(part(NUMBER, "given"), CRM.P37_assigned),
        part(NUMBER, "given"),
        "identifier-assignment",
    ),
    "name without language": (
        put(part(BELL, "name", "en"), CRM.P190_has_symbolic_content, Literal("Bell")),
        part(BELL, "name", "en"),
        "appellation",
    ),
    "unknown grade": (
        put(
            part(BELL, "classified", "grade"),
            CRM.P42_assigned,
            IDS.concept("grade", "best"),
        ),
        part(BELL, "classified", "grade"),
        "type-assignment",
    ),
    "dating that ends before it begins": (
        put(SPAN, IDS.vocab.endYear, Literal(-300)),
        SPAN,
        "time-span",
    ),
    "date in words": (
        put(SPAN, CRM.P82a_begin_of_the_begin, Literal("206 BC")),
        SPAN,
        "time-span",
    ),
    "year as text": (
        put(SPAN, IDS.vocab.beginYear, Literal("-205")),
        SPAN,
        "time-span",
    ),
    "beginning without its year": (
        lose(SPAN, IDS.vocab.beginYear),
        SPAN,
        "time-span-begin-in-years",
    ),
    "end without its year": (
        lose(SPAN, IDS.vocab.endYear),
        SPAN,
        "time-span-end-in-years",
    ),
    "dating that says nothing": (
        add(part(BELL, "x"), RDF.type, CRM["E52_Time-Span"]),
        part(BELL, "x"),
        "time-span-says-something",
    ),
    "length without a unit": (lose(HEIGHT, CRM.P91_has_unit), HEIGHT, "dimension"),
    "negative length": (
        put(HEIGHT, CRM.P90_has_value, Literal(Decimal(-1))),
        HEIGHT,
        "dimension",
    ),
    "limits the wrong way round": (
        lambda graph: graph.set(
            (
                HEIGHT,
                CRM.P90a_has_lower_value_limit,
                graph.value(HEIGHT, CRM.P90b_has_upper_value_limit),  # type: ignore[arg-type]
            )
        ),
        HEIGHT,
        "dimension",
    ),
    "dimension of nothing": (
        lambda graph: graph.remove((BELL, CRM.P43_has_dimension, HEIGHT)),
        HEIGHT,
        "dimension-belongs",
    ),
    "measurement without result": (
        lose(part(BELL, "measurement", "height-caliper"), CRM.P40_observed_dimension),
        part(BELL, "measurement", "height-caliper"),
        "measurement",
    ),
    "graph of nothing": (
        lose(GRAPH, URIRef("http://xmlns.com/foaf/0.1/primaryTopic")),
        GRAPH,
        "record-graph",
    ),
    "graph of no tier": (
        put(GRAPH, DCTERMS.accessRights, IDS.concept("tier", "secret")),
        GRAPH,
        "record-graph",
    ),
    "graph of no dataset": (lose(GRAPH, DCTERMS.source), GRAPH, "record-graph"),
    "attribution of nothing": (
        lose(LISTING, CRM.P140_assigned_attribute_to),
        LISTING,
        "attribution",
    ),
    "two licences": (
        add(GRAPH, DCTERMS.license, URIRef("https://other.example/")),
        GRAPH,
        "record-graph",
    ),
}
