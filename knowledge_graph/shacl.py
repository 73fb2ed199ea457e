"""Check graphs against our SHACL shapes, with findings a curator understands."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from typing import Literal as OneOf

from rdflib import BNode, Graph, Literal, Namespace
from rdflib.term import Node

from knowledge_graph.namespaces import Ids
from knowledge_graph.vocabulary import names, vocabulary_graph

FOLDER: Final = Path(__file__).parent / "shapes"
SH: Final = Namespace("http://www.w3.org/ns/shacl#")

Severity = OneOf["violation", "warning", "info"]
_SEVERITIES: Final[Mapping[object, Severity]] = {
    SH.Violation: "violation",
    SH.Warning: "warning",
    SH.Info: "info",
}


@dataclass(frozen=True)
class Finding:
    """One fault of a graph: at which node, along which property, and what to say."""

    focus: str
    path: str
    value: str
    severity: Severity
    shape: str  # slug of the shape
    messages: Mapping[str, str]  # by language

    def message(self, language: str) -> str:
        """Give the sentence in Chinese for any Chinese reader, else in English."""
        tag = "zh-Hans" if language.lower().startswith("zh") else "en"
        return self.messages.get(tag) or next(iter(self.messages.values()), self.shape)


def check_shapes(graph: Graph, ids: Ids) -> list[Finding]:
    """Find what is wrong with `graph`; an empty list means nothing.

    The museum's vocabularies are at hand while checking and need not be in `graph`.
    """
    report = run_shacl(_with_concepts(graph, ids), _shapes(ids))
    results = report.objects(predicate=SH.result)
    findings = [_finding(report, result, ids) for result in results]
    return sorted(
        [*_blank_nodes(graph), *findings],
        key=lambda one: (one.focus, one.shape, one.path),
    )


def run_shacl(data: Graph, shapes: Graph) -> Graph:
    """Run the SHACL engine; gives its validation report."""
    import pyshacl  # with the whole of SPARQL: only who checks shapes has a use for it

    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none")
    if not isinstance(report, Graph):
        raise report  # the engine hands its own failure back instead of raising it
    return report


@cache
def _shapes(ids: Ids) -> Graph:
    shapes = Graph()
    for path in sorted(FOLDER.glob("*.ttl")):
        shapes.parse(path, format="turtle", publicID=str(ids.vocab))
    return shapes


def _with_concepts(graph: Graph, ids: Ids) -> Graph:
    """Copy `graph`, with what the vocabularies say of the terms that it uses."""
    vocabularies = _vocabularies(ids)
    whole = Graph()
    whole += graph
    for term in set(graph.objects()):
        whole += vocabularies.triples((term, None, None))
    return whole


@cache
def _vocabularies(ids: Ids) -> Graph:
    whole = Graph()
    for name in names():
        whole += vocabulary_graph(name, ids)
    return whole


def _blank_nodes(graph: Graph) -> list[Finding]:
    """Find blank nodes: a graph with one cannot be compared line by line."""
    blank = {term for triple in graph for term in triple if isinstance(term, BNode)}
    messages = {
        "en": "A node has no IRI; every node of a record needs one.",
        "zh-Hans": "节点没有 IRI；记录中的每个节点都须有 IRI。",
    }
    return [
        Finding(str(one), "", "", "violation", "no-blank-nodes", messages)
        for one in blank
    ]


def _finding(report: Graph, result: Node, ids: Ids) -> Finding:
    said = report.objects(result, SH.resultMessage)
    return Finding(
        focus=str(report.value(result, SH.focusNode)),
        path=str(report.value(result, SH.resultPath) or ""),
        value=str(report.value(result, SH.value) or ""),
        severity=_SEVERITIES[report.value(result, SH.resultSeverity)],
        shape=_shape_of(report.value(result, SH.sourceShape), ids),
        messages={
            one.language or "en": str(one) for one in said if isinstance(one, Literal)
        },
    )


def _shape_of(source: Node | None, ids: Ids) -> str:
    """Name the shape; a property shape has no name of its own, its owner has."""
    if isinstance(source, BNode):
        owner = _shapes(ids).value(predicate=SH.property, object=source)
        return _shape_of(owner, ids) if owner is not None else ""
    return str(source).rsplit("/", 1)[-1]
