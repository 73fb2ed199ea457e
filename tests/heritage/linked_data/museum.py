"""A store in memory, and short words for what projection tests do again and again."""

from collections.abc import Iterable, Mapping

from heritage.catalogue import mentions
from heritage.linked_data import graphs
from heritage.linked_data.projector import Projector, waiting
from knowledge_graph.graph_state import GraphState
from knowledge_graph.store import Triple, canonical_hash


class MemoryStore:
    """A `GraphStore` that keeps sets of triples, and what was published last."""

    def __init__(self) -> None:
        self.held: dict[str, frozenset[Triple]] = {}
        self.published: dict[str, frozenset[Triple]] = {}
        self.state: GraphState | None = None
        self.packed = 0  # how many times

    def replace(self, graph_iri: str, triples: Iterable[Triple]) -> None:
        self.replace_many({graph_iri: triples})

    def remove(self, graph_iri: str) -> None:
        self.replace_many({graph_iri: ()})

    def replace_many(self, graphs: Mapping[str, Iterable[Triple]]) -> None:
        for iri, triples in graphs.items():
            self.held[iri] = frozenset(triples)
        self.held = {iri: triples for iri, triples in self.held.items() if triples}

    def graph_hash(self, graph_iri: str) -> str:
        return canonical_hash(graph_iri, self.held.get(graph_iri, frozenset()))

    def graphs(self) -> set[str]:
        return set(self.held)

    def publish(self, state: GraphState | None = None) -> str:
        self.published, self.state = dict(self.held), state
        return "memory"

    def optimize(self) -> None:
        self.packed += 1

    def close(self) -> None:
        pass


class HastyProjector(Projector):
    """Does not wait between two batches."""

    def _wait_for_turn(self) -> None:
        pass


def queued() -> list[str]:
    """Name the graphs that wait."""
    return sorted({str(row) for row in waiting()})


def settled(store: MemoryStore | None = None) -> MemoryStore:
    """Project all that waits into a store; by default one nobody looks at."""
    store = store or MemoryStore()
    HastyProjector(store).drain()
    assert not waiting().exists()
    return store


def rebuilt() -> dict[str, frozenset[Triple]]:
    """Build every record's graph from nothing."""
    built = (graphs.build(name) for name in graphs.every_name())
    return {
        graphs.graph_iri(one.name): frozenset(one.triples)
        for one in built
        if one.triples and one.name.kind != mentions.VOCABULARY
    }
