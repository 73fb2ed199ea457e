"""Ask a query process in tests: data, queries, and what several tests do with it."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from knowledge_graph.query.client import QueryClient
from knowledge_graph.results_negotiation import CSV
from knowledge_graph.store import EmbeddedStore
from tests.knowledge_graph.graphs import EX, build_graphs
from tests.knowledge_graph.processes import GONE_S, is_gone

TRIPLES = 2000
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ALL = "SELECT * { ?s ?p ?o }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f"
VERSIONS = f"SELECT DISTINCT ?v {{ ?s <{EX}version> ?v }}"
BUDGET = {"budget_s": 1e6}


def publish(folder: Path, version: int, *, count: int = 40, size: int = 50) -> None:
    store = EmbeddedStore(folder)
    store.replace_many(build_graphs(count, version, size))
    store.publish()
    store.close()


def ask(
    client: QueryClient, text: str, *, who: str = "a", timeout_s: float | None = None
) -> str:
    answer = client.ask(text, media_type=CSV, client=who, timeout_s=timeout_s)
    return answer.read().decode()


def lines(text: str) -> list[str]:
    return text.split("\r\n")[1:-1]


def readers(client: QueryClient) -> set[int]:
    return set(client.status()["readers"])


@contextlib.contextmanager
def runaway(client: QueryClient) -> Iterator[None]:
    """Keep a query running meanwhile, and stop it by killing its readers."""
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(ask, client, RUNAWAY, who="runaway", timeout_s=GONE_S)
        wait_for(client, lambda status: status["running"] == 1)
        yield
        while not asked.done():
            for pid in readers(client):
                kill(pid)


def wait_for(client: QueryClient, is_so: Callable[[dict[str, Any]], bool]) -> None:
    while not is_so(client.status()):
        pass


def kill(pid: int) -> None:
    if pid and not is_gone(pid, timeout_s=0):
        os.kill(pid, signal.SIGKILL)
