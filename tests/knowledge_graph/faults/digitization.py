"""Faults in captures, runs and files: `shapes/digitization.ttl`."""

from rdflib import PROV, RDFS, Graph, Literal

from knowledge_graph.namespaces import CRM, CRMDIG, part
from knowledge_graph.patterns import parameters_of
from tests.knowledge_graph.faults.breaking import Fault, add, lose
from tests.knowledge_graph.museum import (
    BELL,
    CAPTURE,
    DELIVERY,
    EARLIER_MASTER,
    HEADSET,
    IDS,
    MASTER,
    OPEN3D,
    PARAMETERS,
    RUN,
    SCANS,
)


def spoil_digest(graph: Graph) -> None:
    (node,) = (
        one
        for one in graph.objects(SCANS[0], CRM.P1_is_identified_by)
        if "sha512" in str(one)
    )
    graph.set((node, CRM.P190_has_symbolic_content, Literal("abc")))


FAULTS: dict[str, Fault] = {
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
}
