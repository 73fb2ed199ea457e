"""Which state of the graph is published: kept beside the digests that it is the sum of."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.utils import timezone

from heritage.catalogue.mentions import GraphName
from knowledge_graph.graph_state import GraphState, as_digest, serial_at, total, weight

from .graphs import BuiltGraph, graph_iri
from .models import PublishedGraph, PublishedState
from .outbox import any_of


def current_state() -> GraphState | None:
    """Give the state that was published last; None before the first."""
    row = PublishedState.objects.first()
    if row is None:
        return None
    return GraphState(
        row.serial,
        row.published_at.astimezone(UTC).isoformat(),
        row.total,
        row.graphs,
        row.triples,
    )


def next_state(built: Mapping[GraphName, BuiltGraph]) -> GraphState:
    """Give the state once these graphs are published; the same if nothing changes."""
    now = current_state() or recount()
    held = PublishedGraph.objects.filter(any_of(built, "kind", "key"))
    added, graphs, triples = int(now.digest, 16), now.graphs, now.triples
    for row in held:
        added -= weight(graph_iri(GraphName(row.kind, row.key)), row.digest)
        graphs, triples = graphs - 1, triples - row.triples
    for name, one in built.items():
        if one.triples:
            added += weight(graph_iri(name), one.digest)
            graphs, triples = graphs + 1, triples + len(one.triples)
    if as_digest(added) == now.digest:
        return now
    moment = timezone.now().astimezone(UTC)
    return GraphState(
        serial_at(moment, after=now.serial),
        moment.isoformat(),
        as_digest(added),
        graphs,
        triples,
    )


def keep(state: GraphState) -> None:
    """Remember a state, in the transaction that remembers its graphs."""
    PublishedState.objects.update_or_create(
        pk=1,
        defaults={
            "total": state.digest,
            "serial": state.serial,
            "published_at": datetime.fromisoformat(state.published_at),
            "graphs": state.graphs,
            "triples": state.triples,
        },
    )


def recount() -> GraphState:
    """Add up all graphs that are published: at the start, and after a store was lost."""
    rows = PublishedGraph.objects.values_list("kind", "key", "digest", "triples")
    known = [(graph_iri(GraphName(kind, key)), one, n) for kind, key, one, n in rows]
    moment = timezone.now().astimezone(UTC)
    last = PublishedState.objects.values_list("serial", flat=True).first() or 0
    return GraphState(
        serial_at(moment, after=last),
        moment.isoformat(),
        as_digest(total((iri, one) for iri, one, _ in known)),
        len(known),
        sum(count for _, _, count in known),
    )
