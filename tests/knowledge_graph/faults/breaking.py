"""Ways to break a graph, and what a fault is."""

from collections.abc import Callable

from rdflib import Graph, Literal, URIRef

Break = Callable[[Graph], object]
# How the graph is broken, and where it must be found: node and shape.
Fault = tuple[Break, URIRef, str]


def lose(subject: URIRef, predicate: URIRef) -> Break:
    return lambda graph: graph.remove((subject, predicate, None))


def add(subject: URIRef, predicate: URIRef, value: URIRef | Literal) -> Break:
    return lambda graph: graph.add((subject, predicate, value))


def put(subject: URIRef, predicate: URIRef, value: URIRef | Literal) -> Break:
    return lambda graph: graph.set((subject, predicate, value))
