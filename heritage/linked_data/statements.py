"""A graph as a table that people can read: of each thing, what is said of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from rdflib import RDFS, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from heritage.lib.languages import text_tag
from knowledge_graph.store import Triple

from .writing import to_graph


@dataclass(frozen=True)
class Value:
    text: str
    link: str = ""  # an address that can be followed
    language: str = ""


@dataclass
class Thing:
    """A subject and its statements: (property as written with a prefix, values)."""

    name: str
    link: str
    rows: list[tuple[str, list[Value]]] = field(default_factory=list)


def describe(triples: Iterable[Triple], first: str) -> list[Thing]:
    """Give all things of a graph, the one it is about first."""
    graph = to_graph(triples)
    subjects = sorted(set(graph.subjects()), key=lambda one: (str(one) != first, one))
    return [_thing(graph, subject) for subject in subjects]


def title_of(triples: Iterable[Triple], subject: str) -> str:
    """Give the label in the reader's language, or any label, or the IRI's end."""
    labels = {
        term.language: str(term)
        for one, predicate, term in triples
        if isinstance(term, Literal)
        and str(one) == subject
        and predicate in {RDFS.label, SKOS.prefLabel}
    }
    text = labels.get(text_tag()) or next(iter(labels.values()), "")
    return text or subject.rsplit("/", 1)[-1]


def _thing(graph: Graph, subject: Node) -> Thing:
    rows: dict[str, list[Value]] = {}
    for predicate, value in sorted(graph.predicate_objects(subject)):
        rows.setdefault(_short(graph, predicate), []).append(_value(graph, value))
    return Thing(_short(graph, subject), _link(subject), list(rows.items()))


def _value(graph: Graph, term: Node) -> Value:
    if isinstance(term, Literal):
        return Value(str(term), language=term.language or "")
    return Value(_short(graph, term), _link(term))


def _short(graph: Graph, term: Node) -> str:
    """Write our own IRIs from the root of the site, others with their prefix."""
    text = str(term)
    if text.startswith(f"{settings.BASE_IRI}/"):
        return text.removeprefix(settings.BASE_IRI)
    return graph.namespace_manager.normalizeUri(text).strip("<>")


def _link(term: Node) -> str:
    """Link only to ourselves by path: the base may differ from where we are read."""
    if not isinstance(term, URIRef):
        return ""
    return str(term).removeprefix(settings.BASE_IRI)
