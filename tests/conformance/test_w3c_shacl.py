"""The W3C SHACL core suite, run through the engine that checks our records."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from rdflib import RDF, BNode, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from knowledge_graph.shacl import SH, run_shacl
from tests.gates import SHARED_DATA

pytestmark = pytest.mark.conformance

SUITE = SHARED_DATA / "suites" / "w3c-shacl"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")

# Name of the test → why it cannot pass.
KNOWN_FAILURES = {
    "property/uniqueLang-002": (
        'rdflib reads "1"^^xsd:boolean as "true", so the engine cannot tell them apart'
    ),
}

Result = tuple[str, ...]


def manifests(path: Path) -> list[Path]:
    """List the files that hold tests, following mf:include.

    The copy beside the checkout may hold a part of the suite only; `floor.json` says
    how many tests there must be.
    """
    if path.name != "manifest.ttl" or not path.is_file():
        return [path] if path.is_file() else []
    includes = parsed(path).objects(predicate=MF.include)
    return [test for one in includes for test in manifests(local(one))]


def local(iri: Node) -> Path:
    return Path(str(iri).removeprefix("file://"))


@cache
def parsed(path: Path) -> Graph:
    return Graph().parse(path, format="turtle", publicID=path.as_uri())


SUITES = {"w3c-shacl-core": sorted(manifests(SUITE / "manifest.ttl"))}


def _case(file: Path) -> ParameterSet:
    name = f"{file.parent.name}/{file.stem}"
    reason = KNOWN_FAILURES.get(name)
    marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
    return pytest.param(file, id=name, marks=marks)


def only(graph: Graph, subject: Node, predicate: URIRef) -> Node:
    (found,) = graph.objects(subject, predicate)
    return found


def results(report: Graph, node: Node, named: Graph) -> Counter[Result]:
    """Give what the specification says must agree of each result."""
    return Counter(
        (
            _text(report.value(result, SH.focusNode)),
            path(report, report.value(result, SH.resultPath)),
            _text(report.value(result, SH.value)),
            str(report.value(result, SH.sourceConstraintComponent)),
            str(report.value(result, SH.resultSeverity)),
            _name(report.value(result, SH.sourceShape), named),
        )
        for result in report.objects(node, SH.result)
    )


def _text(node: Node | None) -> str:
    """Write a term; a blank node is as good as another."""
    if node is None:
        return ""
    return "_:" if isinstance(node, BNode) else node.n3()


def _name(shape: Node | None, named: Graph) -> str:
    return "_:" if isinstance(shape, BNode) else str(shape)


def path(graph: Graph, node: Node | None) -> str:
    """Write a property path so that equal paths are equal texts."""
    if node is None:
        return ""
    if isinstance(node, URIRef):
        return node.n3()
    if graph.value(node, RDF.first) is not None:
        return "/".join(path(graph, part) for part in Collection(graph, node))
    ((predicate, inner),) = graph.predicate_objects(node)
    return f"{str(predicate).rsplit('#', 1)[-1]}({path(graph, inner)})"


@pytest.mark.parametrize("file", [_case(one) for one in SUITES["w3c-shacl-core"]])
def test_shacl_core(file: Path) -> None:
    manifest = parsed(file)
    (test,) = manifest.subjects(RDF.type, SHT.Validate)
    action = only(manifest, test, MF.action)
    shapes = parsed(local(only(manifest, action, SHT.shapesGraph)))
    data = parsed(local(only(manifest, action, SHT.dataGraph)))
    expected = only(manifest, test, MF.result)

    report = run_shacl(data, shapes)

    (found,) = report.subjects(RDF.type, SH.ValidationReport)
    assert only(report, found, SH.conforms) == only(manifest, expected, SH.conforms)
    assert results(report, found, shapes) == results(manifest, expected, shapes)
