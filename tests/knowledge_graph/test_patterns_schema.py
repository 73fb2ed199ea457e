"""The builders use the CRM as its official schema has it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, Graph, URIRef

import knowledge_graph.patterns
from knowledge_graph.namespaces import CRM, CRMDIG
from knowledge_graph.patterns import (
    Kind,
    relic,
)
from tests.knowledge_graph.museum import (
    BELL,
    IDS,
    graph_of,
    museum,
)

PATTERNS = Path(knowledge_graph.patterns.__file__).parent


@pytest.fixture(scope="module")
def whole() -> Graph:
    return museum()


def test_every_crm_term_in_the_source_is_in_the_official_schema(
    shared_data: Path,
) -> None:
    schema = Graph().parse(shared_data / "rdf" / "cidoc-crm" / "cidoc.rdf")
    official = {str(term).removeprefix(str(CRM)) for term in schema.subjects(RDF.type)}
    used = set(crm_terms())
    assert len(used) > 70
    assert used <= official, sorted(used - official)


def test_every_crm_term_emitted_is_in_the_official_schema(
    shared_data: Path, whole: Graph
) -> None:
    schema = Graph().parse(shared_data / "rdf" / "cidoc-crm" / "cidoc.rdf")
    emitted = {
        term
        for _, predicate, obj in whole
        for term in (predicate, obj)
        if isinstance(term, URIRef) and term.startswith(str(CRM))
    }
    assert emitted <= set(schema.subjects(RDF.type))


def test_inverse_and_direct_properties_keep_their_domains(
    shared_data: Path, whole: Graph
) -> None:
    """Each CRM property starts and ends at a class that the schema allows it."""
    schema = Graph().parse(shared_data / "rdf" / "cidoc-crm" / "cidoc.rdf")
    for name, above in SUBCLASSES.items():
        schema.add((CRMDIG[name], RDFS.subClassOf, above))
    faults = [
        f"{subject} {predicate} {obj}"
        for subject, predicate, obj in whole
        if not fits(schema, whole, subject, schema.value(predicate, RDFS.domain))
        or not fits(schema, whole, obj, schema.value(predicate, RDFS.range))
    ]
    assert not faults


def test_a_wrong_domain_would_be_found(shared_data: Path) -> None:
    schema = Graph().parse(shared_data / "rdf" / "cidoc-crm" / "cidoc.rdf")
    domain = schema.value(CRM.P138_represents, RDFS.domain)
    graph = graph_of(relic(IDS, BELL, Kind()))
    assert not fits(schema, graph, BELL, domain)


# CRMdig 5.0: where its classes hang in the CRM.
SUBCLASSES = {
    "D1_Digital_Object": CRM.E73_Information_Object,
    "D9_Data_Object": CRM.E73_Information_Object,
    "D14_Software": CRM.E73_Information_Object,
    "D2_Digitization_Process": CRM.E65_Creation,
    "D3_Formal_Derivation": CRM.E65_Creation,
    "D10_Software_Execution": CRM.E65_Creation,
    "D8_Digital_Device": CRM["E22_Human-Made_Object"],
}


def fits(schema: Graph, data: Graph, node: object, wanted: object) -> bool:
    """Hold also where nothing is known of the node, as of another record's."""
    if not isinstance(node, URIRef) or not str(wanted).startswith(str(CRM)):
        return True
    kinds = [
        kind
        for kind in data.objects(node, RDF.type)
        if str(kind).startswith((str(CRM), str(CRMDIG._NS)))
    ]
    return not kinds or any(
        wanted in set(schema.transitive_objects(kind, RDFS.subClassOf))
        for kind in kinds
    )


def crm_terms() -> Iterator[str]:
    """Read CRM.X and CRM["X"] out of the source of the patterns."""
    for path in sorted(PATTERNS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and _is_crm(node.value):
                yield node.attr
            if isinstance(node, ast.Subscript) and _is_crm(node.value):
                assert isinstance(node.slice, ast.Constant)
                yield str(node.slice.value)


def _is_crm(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "CRM"
