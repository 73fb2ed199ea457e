"""Faults in sites and buildings: `shapes/immovable.ttl`."""

from rdflib import RDFS, Literal

from knowledge_graph.namespaces import CRM, part
from tests.knowledge_graph.faults.breaking import Fault, add, lose, put
from tests.knowledge_graph.museum import (
    CASTING,
    FILMED,
    IDS,
    KILN,
    TRENCH,
)

FAULTS: dict[str, Fault] = {
    "site of no kind": (
        lambda graph: graph.remove(
            (KILN, CRM.P2_has_type, IDS.concept("site-kind", "ancient-site"))
        ),
        KILN,
        "site",
    ),
    "site without a name": (lose(KILN, RDFS.label), KILN, "site"),
    "site under two protections": (
        add(KILN, CRM.P2_has_type, IDS.concept("protection-level", "county")),
        KILN,
        "site",
    ),
    "site in two places": (
        add(KILN, CRM.P53_has_former_or_current_location, part(KILN, "elsewhere")),
        KILN,
        "site",
    ),
    "beginning of nothing": (
        lose(part(KILN, "origin"), CRM.P92_brought_into_existence),
        part(KILN, "origin"),
        "origin",
    ),
    "point in words": (
        put(part(KILN, "location"), CRM.P168_place_is_defined_by, Literal("there")),
        part(KILN, "location"),
        "point",
    ),
    "exactness in words": (
        put(part(KILN, "location"), IDS.vocab.withinMetres, Literal("near")),
        part(KILN, "location"),
        "point",
    ),
    "batch without a name": (lose(TRENCH, RDFS.label), TRENCH, "campaign"),
    "batch of an unknown method": (
        put(TRENCH, CRM.P2_has_type, IDS.concept("source", "magic")),
        TRENCH,
        "campaign",
    ),
    "film of an unknown kind": (
        put(part(FILMED, "item", "1"), CRM.P2_has_type, IDS.concept("ich", "element")),
        part(FILMED, "item", "1"),
        "recorded",
    ),
    "sub-item without a name": (
        lose(part(CASTING, "part", "1"), RDFS.label),
        part(CASTING, "part", "1"),
        "sub-item",
    ),
}
