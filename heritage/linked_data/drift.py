"""Does the graph that queries see say what the records say? Hash against hash."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox
from django.conf import settings

from heritage.catalogue.mentions import GraphName
from knowledge_graph import store_snapshots
from knowledge_graph.store import canonical_hash
from knowledge_graph.store_remote import RemoteStore
from knowledge_graph.store_terms import canonical_lines, hash_quads

from . import graphs
from .projector import waiting

Fault = Literal["missing", "differs", "should-not-be-there"]


@dataclass(frozen=True)
class Drift:
    """One graph that is not as it should be."""

    iri: str
    fault: Fault


@dataclass(frozen=True)
class PublicStore:
    """What queries see, read without disturbing the projector."""

    graphs: set[str]
    graph_hash: Callable[[str], str]


def find_drift() -> list[Drift]:
    """Compare every graph; those that wait to be projected are not held against it.

    Raises `NothingPublished`, `SnapshotMissing` or `RemoteStoreFailed`.
    """
    with public_store() as store:
        everything = graphs.build_many(graphs.every_name())
        expected = {graphs.graph_iri(one.name): one.digest for one in everything}
        found = [_compare(iri, digest, store) for iri, digest in expected.items()]
        strangers = sorted(store.graphs - set(expected))
    waits = {graphs.graph_iri(GraphName(row.kind, row.key)) for row in waiting()}
    faults = [one for one in found if one]
    faults += [Drift(iri, "should-not-be-there") for iri in strangers]
    return [one for one in faults if one.iri not in waits]


def dump_lines() -> Iterator[str]:
    """Write the public graph as lines of N-Quads, in an order that repeats."""
    for one in graphs.build_many(sorted(graphs.every_name())):
        yield from canonical_lines(graphs.graph_iri(one.name), one.triples)


@contextlib.contextmanager
def public_store() -> Iterator[PublicStore]:
    if settings.GRAPH_URL:
        remote = RemoteStore(settings.GRAPH_URL)
        yield PublicStore(remote.graphs(), remote.graph_hash)
        return
    lease = store_snapshots.lease_current(settings.GRAPH_ROOT)
    try:
        snapshot = ox.Store.read_only(str(lease.path))
        names = {name.value for name in snapshot.named_graphs()}
        yield PublicStore(names, lambda iri: _hash(snapshot, iri))
    finally:
        lease.close()


def _hash(store: ox.Store, iri: str) -> str:
    name = ox.NamedNode(iri)
    return hash_quads(store.quads_for_pattern(None, None, None, name))


def _compare(iri: str, digest: str, store: PublicStore) -> Drift | None:
    if store.graph_hash(iri) == digest:
        return None
    if iri not in store.graphs:
        return Drift(iri, "missing")
    is_gone = digest == canonical_hash(iri, ())
    return Drift(iri, "should-not-be-there" if is_gone else "differs")
