"""A museum whose graph is projected and queried by the real processes."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from heritage.linked_data import graphs
from heritage.linked_data.projector import Projector
from knowledge_graph.store import EmbeddedStore
from tests.knowledge_graph.processes import close_pipe, start_query_process

PATIENCE_S = 120.0  # for a machine that computes other tests meanwhile


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Wait for another process; fail with what was waited for."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {PATIENCE_S} s for {what}")
        time.sleep(0.01)


@contextlib.contextmanager
def answering(folder: Path) -> Iterator[Path]:
    """Run the query process on a store; give its socket."""
    socket = folder / "query.sock"
    # Of ordinary priority: a busy machine would stop even a simple query at the limit.
    process = start_query_process(folder, socket, time_s=4, rows=500, readers=1, nice=0)
    try:
        yield socket
    finally:
        process.terminate()
        process.wait()
        close_pipe(process)


@dataclass(frozen=True)
class PublishedGraph:
    """A store, and a query process that answers from its snapshots."""

    store: EmbeddedStore
    folder: Path
    socket: Path


@pytest.fixture(scope="module")
def published(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: Any,
) -> Iterator[PublishedGraph]:
    """A published graph for all tests of a module: starting a process takes a second."""
    folder = tmp_path_factory.mktemp("graph")
    store = EmbeddedStore(folder)
    with django_db_blocker.unblock():  # the museum's own terms stand in the database
        vocabularies = [graphs.build(name) for name in graphs.vocabulary_names()]
    store.replace_many(
        {graphs.graph_iri(one.name): one.triples for one in vocabularies}
    )
    store.publish()
    with answering(folder) as socket:
        yield PublishedGraph(store, folder, socket)
    store.close()


@pytest.fixture
def queries(published: PublishedGraph, db: None, settings: Any) -> Projector:
    """The projector of a graph that is being queried; the vocabularies are in it."""
    settings.GRAPH_ROOT, settings.QUERY_SOCKET = published.folder, published.socket
    settings.QUERY_ROWS = 500
    return Projector(published.store)
