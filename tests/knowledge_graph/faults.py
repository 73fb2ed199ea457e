"""Ways to break the small museum, and where each must be found: node and shape."""

from collections.abc import Callable
from decimal import Decimal

from rdflib import DCTERMS, PROV, RDF, RDFS, Graph, Literal, URIRef

from knowledge_graph.namespaces import CRM, CRMDIG, CRMSCI, part
from knowledge_graph.patterns import parameters_of
from tests.knowledge_graph.museum import (
    BELL,
    CAPTURE,
    CASTING,
    DELIVERY,
    EARLIER_MASTER,
    EXHIBIT,
    FILMED,
    HEADSET,
    IDS,
    KILN,
    MASTER,
    MASTER_WANG,
    OPEN3D,
    PARAMETERS,
    PUPIL_LI,
    RUN,
    SCANS,
    TRENCH,
)

GRAPH = IDS.graph("relic", "bell")
SPAN = part(BELL, "production", "span")
HEIGHT = part(BELL, "dimension", "height-caliper")
LESSON = IDS.thing("transmission", "0")
BEARER = IDS.thing("bearer", "li")
LISTING = part(CASTING, "said", "listing-2006")
NUMBER = part(BELL, "no", "general-register", "0008/甲")


Break = Callable[[Graph], object]


def lose(subject: URIRef, predicate: URIRef) -> Break:
    return lambda graph: graph.remove((subject, predicate, None))


def add(subject: URIRef, predicate: URIRef, value: URIRef | Literal) -> Break:
    return lambda graph: graph.add((subject, predicate, value))


def put(subject: URIRef, predicate: URIRef, value: URIRef | Literal) -> Break:
    return lambda graph: graph.set((subject, predicate, value))


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


def spoil_digest(graph: Graph) -> None:
    (node,) = (
        one
        for one in graph.objects(SCANS[0], CRM.P1_is_identified_by)
        if "sha512" in str(one)
    )
    graph.set((node, CRM.P190_has_symbolic_content, Literal("abc")))


FAULTS: dict[str, tuple[Break, URIRef, str]] = {
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
    "capture of nothing": (lose(CAPTURE, CRMDIG.L1_digitized), CAPTURE, "capture"),
    "capture without files": (
        lose(CAPTURE, CRMDIG.L20_has_created),
        CAPTURE,
        "capture",
    ),
    "bad digest": (spoil_digest, SCANS[0], "file"),
    "file without name": (lose(HEADSET, RDFS.label), HEADSET, "file"),
    "file without size": (lose(MASTER, CRM.P43_has_dimension), MASTER, "file"),
    "model of nothing": (lose(HEADSET, CRM.P138_represents), HEADSET, "model"),
    "run without sources": (lose(RUN, CRMDIG.L2_used_as_source), RUN, "run"),
    "reading of no model": (
        lose(part(BELL, "measurement", "height-scan"), CRMDIG.L2_used_as_source),
        part(BELL, "measurement", "height-scan"),
        "reading",
    ),
    "stages taken over from a word": (
        add(RUN, CRM.P134_continued, Literal("r0")),
        RUN,
        "run-continues",
    ),
    "a capture that took stages over": (
        add(CAPTURE, CRM.P134_continued, RUN),
        CAPTURE,
        "run-continues",
    ),
    "a version withdrawn twice": (
        add(EARLIER_MASTER, PROV.invalidatedAtTime, Literal("2026-05-01T00:00:00Z")),
        EARLIER_MASTER,
        "withdrawn-version",
    ),
    "a version withdrawn for none": (
        lose(MASTER, PROV.wasRevisionOf),
        EARLIER_MASTER,
        "withdrawn-version",
    ),
    "run without outputs": (lose(RUN, CRMDIG.L11_had_output), RUN, "run-gives-files"),
    "run without parameters": (
        lose(RUN, CRMDIG.L13_used_parameters),
        RUN,
        "run-can-be-repeated",
    ),
    "derivation without programs": (
        lose(DELIVERY, CRMDIG.L23_used_software_or_firmware),
        DELIVERY,
        "run-can-be-repeated",
    ),
    "derivation of nothing": (
        lose(DELIVERY, CRMDIG.L21_used_as_derivation_source),
        DELIVERY,
        "derivation",
    ),
    "parameters without their text": (
        lose(parameters_of(RUN, PARAMETERS), CRM.P190_has_symbolic_content),
        parameters_of(RUN, PARAMETERS),
        "parameters",
    ),
    "program without version": (
        lose(OPEN3D.iri(IDS), CRM.P1_is_identified_by),
        OPEN3D.iri(IDS),
        "software",
    ),
    "device without name": (
        lose(IDS.thing("device", "scanner"), RDFS.label),
        IDS.thing("device", "scanner"),
        "device",
    ),
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
    "attribution of nothing": (
        lose(LISTING, CRM.P140_assigned_attribute_to),
        LISTING,
        "attribution",
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
    "two licences": (
        add(GRAPH, DCTERMS.license, URIRef("https://other.example/")),
        GRAPH,
        "record-graph",
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
