"""A museum whose graph is projected and queried by the real processes."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from heritage.linked_data import graphs
from heritage.linked_data.management.commands.answer_queries import query_arguments
from heritage.linked_data.projector import Projector
from knowledge_graph.errors import QueryServiceDown
from knowledge_graph.query.client import QueryClient
from knowledge_graph.store import EmbeddedStore

PATIENCE_S = 20.0


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Wait for another process; fail with what was waited for."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {PATIENCE_S} s for {what}")
        time.sleep(0.01)


@contextlib.contextmanager
def query_process(folder: Path, socket: Path) -> Iterator[None]:
    """Run the query process as the museum's command does."""
    command = [sys.executable, *query_arguments(folder, socket)]
    with subprocess.Popen(command, cwd=settings.BASE_DIR) as process:
        try:
            wait_until(lambda: _answers(socket), "the query process")
            yield
        finally:
            process.terminate()


def _answers(socket: Path) -> bool:
    try:
        QueryClient(socket).status()
    except QueryServiceDown:
        return False
    return True


@dataclass(frozen=True)
class PublishedGraph:
    """A store, and a query process that answers from its snapshots."""

    store: EmbeddedStore
    folder: Path
    socket: Path


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublishedGraph]:
    """A published graph for all tests of a module: starting a process takes a second."""
    folder = tmp_path_factory.mktemp("graph")
    socket = folder / "query.sock"
    store = EmbeddedStore(folder)
    vocabularies = [graphs.build(name) for name in graphs.vocabulary_names()]
    store.replace_many(
        {graphs.graph_iri(one.name): one.triples for one in vocabularies}
    )
    store.publish()
    limits = override_settings(QUERY_TIME_S=2.0, QUERY_READERS=1, QUERY_ROWS=500)
    with limits, query_process(folder, socket):
        yield PublishedGraph(store, folder, socket)
    store.close()


@pytest.fixture
def queries(published: PublishedGraph, db: None, settings: Any) -> Projector:
    """The projector of a graph that is being queried; the vocabularies are in it."""
    settings.GRAPH_ROOT, settings.QUERY_SOCKET = published.folder, published.socket
    settings.QUERY_ROWS = 500
    return Projector(published.store)
