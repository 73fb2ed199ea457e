"""Faults in living heritage, people and exhibits: `shapes/intangible.ttl`."""

from rdflib import RDFS, Literal, URIRef

from knowledge_graph.namespaces import CRM, part
from tests.knowledge_graph.faults.breaking import Fault, add, lose, put
from tests.knowledge_graph.museum import (
    BELL,
    CASTING,
    EXHIBIT,
    IDS,
    MASTER_WANG,
    PUPIL_LI,
)

LESSON = IDS.thing("transmission", "0")
BEARER = IDS.thing("bearer", "li")
LISTING = part(CASTING, "said", "listing-2006")


FAULTS: dict[str, Fault] = {
    "element in no category": (
        lambda graph: graph.remove(
            (CASTING, CRM.P2_has_type, IDS.concept("ich-category", "craft-skills"))
        ),
        CASTING,
        "element",
    ),
    "element without know-how": (lose(CASTING, CRM.P129_is_about), CASTING, "element"),
    "listing without a level": (
        put(LISTING, CRM.P141_assigned, IDS.concept("grade", "first")),
        LISTING,
        "listing",
    ),
    "bearer of nothing": (
        lose(BEARER, CRM.P17_was_motivated_by),
        BEARER,
        "recognition",
    ),
    "bearer of no level and nothing": (
        lambda graph: (
            graph.set((BEARER, CRM.P42_assigned, IDS.concept("ich", "bearer"))),
            graph.remove((BEARER, CRM.P17_was_motivated_by, None)),
        ),
        BEARER,
        "recognition",
    ),
    "lesson in two elements": (
        add(LESSON, CRM.P16_used_specific_object, IDS.thing("element", "other")),
        LESSON,
        "transmission",
    ),
    "master of himself": (
        put(LESSON, CRM.P11_had_participant, MASTER_WANG),
        LESSON,
        "transmission",
    ),
    "lesson without a pupil": (
        lose(LESSON, CRM.P11_had_participant),
        LESSON,
        "transmission",
    ),
    "master as text": (
        add(PUPIL_LI, IDS.vocab.learnedFrom, Literal("Wang")),
        PUPIL_LI,
        "learned-from",
    ),
    "person without a name": (lose(PUPIL_LI, RDFS.label), PUPIL_LI, "actor"),
    "person born twice": (
        add(part(PUPIL_LI, "x"), CRM.P98_brought_into_life, PUPIL_LI),
        PUPIL_LI,
        "person",
    ),
    "exhibit without a set": (
        lambda graph: graph.remove(
            (EXHIBIT, CRM.P16_used_specific_object, part(EXHIBIT, "set"))
        ),
        EXHIBIT,
        "exhibit",
    ),
    "shown in a text": (
        add(BELL, URIRef("https://linked.art/ns/terms/member_of"), Literal("show")),
        BELL,
        "member",
    ),
}
