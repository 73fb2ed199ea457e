"""Small graphs for tests: every triple names its graph and the version it belongs to."""

from rdflib import Literal, URIRef

from knowledge_graph.store import Triple

EX = "http://example.org/"


def graph_iri(number: int) -> str:
    return f"{EX}graph/{number}"


def build_graph(number: int, version: int, size: int = 5) -> list[Triple]:
    subject = URIRef(f"{EX}thing/{number}")
    version_triple = (subject, URIRef(f"{EX}version"), Literal(version))
    return [version_triple] + [
        (subject, URIRef(f"{EX}part"), URIRef(f"{EX}thing/{number}/part/{part}"))
        for part in range(size - 1)
    ]


def build_graphs(count: int, version: int, size: int = 5) -> dict[str, list[Triple]]:
    return {graph_iri(each): build_graph(each, version, size) for each in range(count)}
