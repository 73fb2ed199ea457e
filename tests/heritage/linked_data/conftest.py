"""A museum whose graph is projected and queried by the real processes."""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from heritage.linked_data import graphs
from heritage.linked_data.projector import Projector
from knowledge_graph.store import EmbeddedStore, Triple
from knowledge_graph.store_remote import RemoteStore
from tests.knowledge_graph.processes import (
    close_pipe,
    sparql_engine,
    start_query_process,
)

# What an engine at a URL does otherwise than the embedded one, by the name of the test.
SERVER_DEVIATIONS: dict[str, str] = {}

PATIENCE_S = 300.0  # for a machine that computes other tests meanwhile


def wait_until(
    holds: Callable[[], bool], what: str, *, patience_s: float = PATIENCE_S
) -> None:
    """Wait for another process; fail with what was waited for."""
    deadline = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience_s} s for {what}")
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
        store.replace_many(_vocabularies())
    store.publish()
    with answering(folder) as socket:
        yield PublishedGraph(store, folder, socket)
    store.close()


def _vocabularies() -> dict[str, Sequence[Triple]]:
    built = [graphs.build(name) for name in graphs.vocabulary_names()]
    return {graphs.graph_iri(one.name): one.triples for one in built}


@pytest.fixture(scope="module")
def engine(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Run an Oxigraph server that holds the vocabularies; give its address."""
    with sparql_engine() as url:
        with django_db_blocker.unblock():
            RemoteStore(url).replace_many(_vocabularies())
        yield url


@pytest.fixture(params=["embedded", pytest.param("server", marks=pytest.mark.thorough)])
def queries(request: pytest.FixtureRequest, db: None, settings: Any) -> Projector:
    """The projector of a graph that is being queried; the vocabularies are in it."""
    settings.QUERY_ROWS = 500
    if request.param == "server":
        _expect_deviation(request)
        settings.QUERY_TIME_S, settings.GRAPH_URL = 4, request.getfixturevalue("engine")
        return Projector(RemoteStore(settings.GRAPH_URL))
    published = request.getfixturevalue("published")
    settings.GRAPH_ROOT, settings.QUERY_SOCKET = published.folder, published.socket
    return Projector(published.store)


def _expect_deviation(request: pytest.FixtureRequest) -> None:
    name = getattr(request.node, "originalname", request.node.name)
    if reason := SERVER_DEVIATIONS.get(name):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
