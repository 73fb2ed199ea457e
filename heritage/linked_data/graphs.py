"""All graphs of the museum: which there are, how each is built, which a row touches."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, Final

from django.conf import settings
from django.db.models import Model

from heritage.captures import graph as captures_graph
from heritage.catalogue import graph as catalogue_graph
from heritage.catalogue.mentions import (
    VOCABULARY,
    GraphName,
    GraphSource,
    Mentions,
)
from heritage.exhibits import graph as exhibits_graph
from knowledge_graph import vocabulary
from knowledge_graph.namespaces import Ids
from knowledge_graph.ontology import ontology_graph
from knowledge_graph.store import Triple, canonical_hash

SOURCES: Final[dict[str, GraphSource]] = {
    **catalogue_graph.SOURCES,
    **captures_graph.SOURCES,
    **exhibits_graph.SOURCES,
}
TOUCHED: Final = (
    catalogue_graph.touched_by,
    captures_graph.touched_by,
    exhibits_graph.touched_by,
)
ROWS_AT_ONCE: Final = 200
# Kinds whose graphs can come to say less: a consent that ends, a place that is hidden.
NARROWED: Final = frozenset(
    {"agent", "bearer", "place", "recording", "site", "transmission"}
)
OWN_TERMS: Final = "terms"  # the graph of our own few properties
ONTOLOGY: Final = "ontology"  # the graph of the classes and properties that are stated


@dataclass(frozen=True)
class BuiltGraph:
    """One graph as the public may see it now, and the records it names or would name."""

    name: GraphName
    triples: Sequence[Triple]
    mentions: frozenset[GraphName] = frozenset()

    @cached_property
    def digest(self) -> str:
        """The hash a store gives for it. Raises `TermRefused` for what none can hold."""
        return canonical_hash(graph_iri(self.name), self.triples)


def museum_ids() -> Ids:
    return Ids(settings.BASE_IRI)


def graph_iri(name: GraphName) -> str:
    return str(museum_ids().graph(*name))


def graph_name(iri: str) -> GraphName | None:
    """Read a graph's name out of its IRI; None for one that is not ours."""
    prefix = f"{museum_ids().base}graph/"
    kind, _, key = iri.removeprefix(prefix).partition("/")
    ours = iri.startswith(prefix) and kind and key and "/" not in key
    return GraphName(kind, key) if ours else None


def build(name: GraphName) -> BuiltGraph:
    """Build a graph from the records; it is empty where nothing may be said."""
    return build_from(name, rows_of([name]).get(name))


def build_many(names: Iterable[GraphName]) -> Iterator[BuiltGraph]:
    """Build graphs one after the other, from rows fetched by the hundred."""
    for chunk in _chunks(names):
        rows = rows_of(chunk)
        for name in chunk:
            yield build_from(name, rows.get(name))


def rows_of(names: Iterable[GraphName]) -> dict[GraphName, Model]:
    """Fetch the rows that graphs are built from; none for a vocabulary."""
    keys: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if name.kind in SOURCES:
            keys[name.kind].append(name.key)
    return {
        GraphName(kind, row.key): row
        for kind, each in keys.items()
        for row in SOURCES[kind].rows(each)
    }


def build_from(name: GraphName, row: Any) -> BuiltGraph:
    if name.kind == VOCABULARY:
        return BuiltGraph(name, _vocabulary(name.key))
    if row is None:
        return BuiltGraph(name, [])
    says = Mentions(museum_ids())
    triples = list(dict.fromkeys(SOURCES[name.kind].write(row, says)))
    return BuiltGraph(name, triples, frozenset(says.names - {name}))


def touched_by(row: Model) -> set[GraphName]:
    """Name the graphs to build again after a change of this row."""
    return {name for touched in TOUCHED for name in touched(row)}


def vocabulary_names() -> Iterator[GraphName]:
    for key in (*vocabulary.names(), OWN_TERMS, ONTOLOGY):
        yield GraphName(VOCABULARY, key)


def every_name() -> Iterator[GraphName]:
    """Name every graph that could say something."""
    yield from vocabulary_names()
    for kind, source in SOURCES.items():
        keys = source.model._default_manager.order_by("pk").values_list(
            "key", flat=True
        )
        for key in keys.iterator():
            yield GraphName(kind, key)


def _chunks(names: Iterable[GraphName]) -> Iterator[list[GraphName]]:
    rest = iter(names)
    while chunk := list(islice(rest, ROWS_AT_ONCE)):
        yield chunk


def _vocabulary(name: str) -> Sequence[Triple]:
    if name == OWN_TERMS:
        return list(vocabulary.terms_graph(museum_ids()))
    if name == ONTOLOGY:
        return list(ontology_graph(museum_ids()))
    if name not in vocabulary.names():
        return []
    ids = museum_ids()
    own = catalogue_graph.build_own_terms(name, ids)
    return [*vocabulary.vocabulary_graph(name, ids), *own]
