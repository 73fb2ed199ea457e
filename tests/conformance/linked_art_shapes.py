"""The SHACL shapes of Linked Art's validator, read as they are meant.

As published no engine loads them. What is mended on reading, and nothing else:

- A property shape without a path stands for a node shape: what it asks of the value of the
  property above it, that property's shape asks by sh:node.
- place_shapes.ttl lacks its last full stop.
- `$baseURLPattern` is to be filled in by whoever runs them.
- Three shapes are named and nowhere defined (`UNDEFINED`): whoever refers to one asks
  nothing by it.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from pyshacl import validate
from rdflib import RDF, SH, Dataset, Graph
from rdflib.term import Node

LA: Final = "https://linked.art/ns/terms/"
UNDEFINED: Final = {f"{LA}prop_production_ref", f"{LA}prop_has_technique", f"{SH}prop_place_ref"}  # fmt: skip
PATTERN: Final = "$baseURLPattern"
_NUMBERED: Final = re.compile(r"[vw]\d+:")  # an engine says other things by itself
OF_PROPERTIES: Final = (SH.minCount, SH.maxCount)  # a node is there once


def messages(suite: Path, record: Graph, base: str) -> set[str]:
    """Give the numbered messages (v6: …, w25: …) of what the shapes find in a record.

    suite : the validator's folder; base : what IRIs of the publisher's own begin with
    """
    _, report, _ = validate(record, shacl_graph=read_shapes(suite, base), advanced=True)
    assert isinstance(report, Graph)
    told = {str(text) for text in report.objects(None, SH.resultMessage)}
    return {text for text in told if _NUMBERED.match(text)}


def expanded(record: dict[str, Any], shared_data: Path) -> Graph:
    """Read a record as RDF by the official context, without asking the network."""
    context = shared_data / "rdf/linked-art/context/v1/linked-art.json"
    plain = {key: value for key, value in record.items() if key != "_links"}
    plain["@context"] = json.loads(context.read_text())["@context"]
    quads = Dataset().parse(data=json.dumps(plain), format="json-ld")
    graph = Graph()
    for subject, predicate, value, _ in quads.quads():
        graph.add((subject, predicate, value))
    return graph


@cache
def read_shapes(suite: Path, base: str) -> Graph:
    graph = Graph()
    for path in sorted((suite / "shapes").glob("*.ttl")):
        text = path.read_text().replace(PATTERN, f"^{base}")
        ends = "\n." if path.name == "place_shapes.ttl" else ""
        graph.parse(data=text + ends, format="turtle")
    undefined = set()
    for shape in _without_path(graph):
        if (shape, None, None) in graph:
            _make_node_shape(graph, shape)
        else:
            undefined.add(str(shape))
            graph.remove((None, None, shape))
    assert undefined == UNDEFINED
    return graph


def _without_path(graph: Graph) -> set[Node]:
    named = set(graph.objects(None, SH.property))
    named |= set(graph.subjects(RDF.type, SH.PropertyShape))
    return {one for one in named if (one, SH.path, None) not in graph}


def _make_node_shape(graph: Graph, shape: Node) -> None:
    for owner in list(graph.subjects(SH.property, shape)):
        graph.remove((owner, SH.property, shape))
        graph.add((owner, SH.node, shape))
    graph.remove((shape, RDF.type, SH.PropertyShape))
    graph.add((shape, RDF.type, SH.NodeShape))
    for predicate in OF_PROPERTIES:
        graph.remove((shape, predicate, None))
