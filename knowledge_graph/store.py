"""The graph store: one named graph per record, replaced whole, published in snapshots.

`EmbeddedStore` is the default; `knowledge_graph.store_remote.RemoteStore` speaks to any
SPARQL 1.1 engine through the same protocol. The store is a projection: it can be deleted
and built again from the records.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from knowledge_graph import store_snapshots
from knowledge_graph.errors import StoreInUse
from knowledge_graph.graph_state import GraphState
from knowledge_graph.store_terms import (
    Triple,
    build_quads,
    canonical_hash,
    delete_text,
    hash_quads,
    insert_text,
)

__all__ = ["EmbeddedStore", "GraphStore", "Triple", "canonical_hash"]

LIVE = "live"  # the writer's own database; no other process may open it
LOADING = "live.loading"  # being loaded; worthless after a crash
LOADED = "live.loaded"  # whole; takes the place of the one before
WRITER_LOCK = "writer.lock"


class GraphStore(Protocol):
    """What the projector needs of a store."""

    def replace(self, graph_iri: str, triples: Iterable[Triple]) -> None:
        """Make the graph hold exactly these triples; none removes it."""

    def remove(self, graph_iri: str) -> None:
        """Remove the graph; no error where there is none."""

    def replace_many(self, graphs: Mapping[str, Iterable[Triple]]) -> None:
        """Replace all these graphs or, where one is refused, none."""

    def graph_hash(self, graph_iri: str) -> str:
        """Give the graph's `canonical_hash`; that of no triples where it is absent."""

    def graphs(self) -> set[str]:
        """Give the IRIs of all graphs that hold a triple."""

    def publish(self, state: GraphState | None = None) -> Path | str:
        """Let queries see what was written, as this state; say where they see it."""

    def optimize(self) -> None:
        """Give back the room that replaced triples took; may take seconds."""

    def close(self) -> None:
        """Let go of the store."""


class EmbeddedStore:
    """Oxigraph on disk: one writer, snapshots for readers.

    Raises `StoreInUse` while another process (or object) has the folder open for writing.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._lock = _take_writer_lock(folder)
        store_snapshots.tidy(folder)
        _finish_load(folder)
        self._store: ox.Store | None = ox.Store(folder / LIVE)
        # A writer killed before it published leaves work that no snapshot shows.
        self._unpublished = True

    def replace(self, graph_iri: str, triples: Iterable[Triple]) -> None:
        self.replace_many({graph_iri: triples})

    def remove(self, graph_iri: str) -> None:
        self.replace_many({graph_iri: ()})

    def replace_many(self, graphs: Mapping[str, Iterable[Triple]]) -> None:
        wanted = {iri: build_quads(iri, triples) for iri, triples in graphs.items()}
        held = {iri: self.quads(iri) for iri in wanted}
        changed = {iri for iri in wanted if wanted[iri] != held[iri]}
        if changed:
            self._unpublished = True
            self._open.update(
                "".join(_update_text(iri, held[iri], wanted[iri]) for iri in changed)
            )

    def load(self, files: Iterable[Path]) -> None:
        """Hold what these files of N-Quads say and nothing else; safe to kill."""
        draft = self._folder / LOADING
        fresh = ox.Store(draft)
        for file in files:
            fresh.bulk_load(path=file, format=ox.RdfFormat.N_QUADS)
        # Each file came to lie by itself: a question would look into all of them.
        fresh.optimize()
        fresh.flush()
        del fresh  # closes its files
        draft.rename(self._folder / LOADED)
        self._store = None
        _finish_load(self._folder)
        self._store = ox.Store(self._folder / LIVE)
        self._unpublished = True

    def optimize(self) -> None:
        self._open.optimize()
        # Snapshots hold on to the old files: only a new one lets them go.
        self._unpublished = True

    @property
    def folder(self) -> Path:
        return self._folder

    def graph_hash(self, graph_iri: str) -> str:
        return hash_quads(self.quads(graph_iri))

    def graphs(self) -> set[str]:
        return {_iri(name) for name in self._open.named_graphs()}

    def publish(self, state: GraphState | None = None) -> Path:
        number = store_snapshots.read_current(self._folder)
        if number is not None and not self._unpublished:
            return self._folder / store_snapshots.SNAPSHOTS / str(number)

        def write(draft: Path) -> None:
            self._open.backup(draft)
            if state is not None:
                state.write(draft)

        path = store_snapshots.publish(self._folder, write)
        self._unpublished = False
        return path

    def close(self) -> None:
        if self._store is not None:
            self._store = (
                None  # The engine closes its files when the last reference goes.
            )
            os.close(self._lock)

    @property
    def _open(self) -> ox.Store:
        if self._store is None:
            raise ValueError("the store is closed")
        return self._store

    def quads(self, graph_iri: str) -> set[ox.Quad]:
        """Give what a graph holds."""
        name = ox.NamedNode(graph_iri)
        return set(self._open.quads_for_pattern(None, None, None, name))


def _update_text(iri: str, held: set[ox.Quad], wanted: set[ox.Quad]) -> str:
    """Write the SPARQL Update that leads from what is held to what is wanted."""
    if not wanted:
        return f"DROP SILENT GRAPH <{iri}>;\n"
    return delete_text(iri, held - wanted) + insert_text(iri, wanted - held)


def _iri(name: ox.NamedNode | ox.BlankNode) -> str:
    return name.value


def _finish_load(folder: Path) -> None:
    """Put a store that was loaded whole into its place; remove one that was not."""
    shutil.rmtree(folder / LOADING, ignore_errors=True)
    if (folder / LOADED).exists():
        shutil.rmtree(folder / LIVE, ignore_errors=True)
        (folder / LOADED).rename(folder / LIVE)


def _take_writer_lock(folder: Path) -> int:
    handle = os.open(folder / WRITER_LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise StoreInUse(folder=str(folder)) from None
    return handle
