"""Faults in what is said of relics: `shapes/relic.ttl`."""

from rdflib import RDF, RDFS, Graph, Literal

from knowledge_graph.namespaces import CRM, CRMSCI, part
from tests.knowledge_graph.faults.breaking import Fault, add, lose, put
from tests.knowledge_graph.museum import (
    BELL,
    IDS,
    MASTER_WANG,
)


def lose_names(graph: Graph) -> None:
    for language in ("zh-Hans", "en"):
        graph.remove(
            (BELL, CRM.P1_is_identified_by, part(BELL, "name", language)),
        )
    graph.remove(
        (BELL, CRM.P1_is_identified_by, part(BELL, "name-original", "zh-Hans"))
    )


def put_in_second_category(graph: Graph) -> None:
    graph.add((BELL, CRM.P2_has_type, IDS.concept("category", "porcelain")))


FAULTS: dict[str, Fault] = {
    "relic without a name": (lose_names, BELL, "relic"),
    "relic without label": (lose(BELL, RDFS.label), BELL, "relic"),
    "two labels in one language": (
        add(BELL, RDFS.label, Literal("Gong", lang="en")),
        BELL,
        "relic",
    ),
    "relic without a number": (lose(BELL, CRM.P1_is_identified_by), BELL, "relic"),
    "relic in two categories": (put_in_second_category, BELL, "relic"),
    "unknown material": (
        add(BELL, CRM.P45_consists_of, IDS.concept("material", "unobtainium")),
        BELL,
        "relic",
    ),
    "unknown type": (
        add(BELL, CRM.P2_has_type, IDS.concept("category", "spaceships")),
        BELL,
        "relic",
    ),
    "two keepers": (
        add(BELL, CRM.P50_has_current_keeper, MASTER_WANG),
        BELL,
        "relic",
    ),
    "owner as text": (
        add(BELL, CRM.P52_has_current_owner, Literal("x")),
        BELL,
        "relic",
    ),
    "former keeper as text": (
        add(BELL, CRM.P49_has_former_or_current_keeper, Literal("x")),
        BELL,
        "relic",
    ),
    "set as text": (
        add(BELL, CRM.P46i_forms_part_of, Literal("x")),
        BELL,
        "relic",
    ),
    "making of nothing": (
        lose(part(BELL, "production"), CRM.P108_has_produced),
        part(BELL, "production"),
        "production",
    ),
    "period as text": (
        add(part(BELL, "production"), CRM.P10_falls_within, Literal("汉")),
        part(BELL, "production"),
        "production",
    ),
    "unknown technique": (
        add(
            part(BELL, "production"),
            CRM.P32_used_general_technique,
            IDS.concept("technique", "magic"),
        ),
        part(BELL, "production"),
        "production",
    ),
    "transfer of nothing": (
        lose(part(BELL, "acquisition"), CRM.P30_transferred_custody_of),
        part(BELL, "acquisition"),
        "acquisition",
    ),
    "title of nothing": (
        add(part(BELL, "acquisition"), RDF.type, CRM.E8_Acquisition),
        part(BELL, "acquisition"),
        "title",
    ),
    "find of nothing": (
        lose(part(BELL, "find"), CRMSCI.O19_encountered_object),
        part(BELL, "find"),
        "find",
    ),
    "condition of nothing": (
        lose(part(BELL, "condition", "1"), CRM.P34_concerned),
        part(BELL, "condition", "1"),
        "condition",
    ),
    "treatment of nothing": (
        lose(part(BELL, "treatment", "1"), CRM.P31_has_modified),
        part(BELL, "treatment", "1"),
        "treatment",
    ),
    "treatment of no kind": (
        put(
            part(BELL, "treatment", "1"),
            CRM.P2_has_type,
            IDS.concept("source", "purchase"),
        ),
        part(BELL, "treatment", "1"),
        "treatment",
    ),
    "unknown state": (
        lambda graph: (
            graph.remove(
                (part(BELL, "condition", "1", "state"), CRM.P3_has_note, None)
            ),
            graph.remove(
                (part(BELL, "condition", "1", "state"), CRM.P2_has_type, None)
            ),
        ),
        part(BELL, "condition", "1", "state"),
        "condition-state",
    ),
}
