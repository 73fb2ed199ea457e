"""The graph store and the query process, beside an Oxigraph server with the same data.

    make bench TESTS=tests/benchmarks/bench_graph.py

100 000 triples in 1 000 graphs. What is timed: a change to 25 graphs of 60 triples until
readers see it; small queries a second; 10 000 rows in each format. The server is asked as
a web process would: over HTTP, a connection for each query.
"""

import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from knowledge_graph.query.client import QueryClient
from knowledge_graph.results_negotiation import CSV, JSON, TSV, TURTLE, XML
from knowledge_graph.store import EmbeddedStore
from knowledge_graph.store_http import Call, Response
from tests.knowledge_graph.graphs import EX, build_graphs
from tests.knowledge_graph.processes import query_process, sparql_engine

RESULTS = Path(__file__).parent / "results"
GRAPHS, TRIPLES = 1000, 100
CHANGED, CHANGED_TRIPLES, CHANGES = 25, 60, 30
SMALL, BIG = 2000, 5
SMALL_QUERY = f"SELECT ?p ?o {{ <{EX}thing/7> ?p ?o }} LIMIT 5"
BIG_SELECT = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 10000"
BIG_CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 10000"

Ask = Callable[[str, str], int]  # query and media type to the size of the answer


@pytest.mark.benchmark
def test_graph(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    figures: dict[str, Any] = {
        "load": time_load(store),
        "change": time_changes(store),
    }
    store.publish()
    options = {"nice": 0, "budget_s": 1e9, "concurrent": 100}
    with query_process(tmp_path, **options) as (client, _), sparql_engine() as engine:
        load_rival(store, engine)
        ours, theirs = _ask_process(client), _ask_server(engine)
        figures |= {"small": compare_small(ours, theirs)}
        figures |= {"big": dict(compare_big(ours, theirs))}
        figures |= {"runaway": time_runaway(client)}
    store.close()
    keep(figures)


def time_load(store: EmbeddedStore) -> dict[str, float]:
    graphs = build_graphs(GRAPHS, version=1, size=TRIPLES)
    started = time.perf_counter()
    store.replace_many(graphs)
    return {"triples_per_s": round(GRAPHS * TRIPLES / (time.perf_counter() - started))}


def time_changes(store: EmbeddedStore) -> dict[str, float]:
    """Change 25 graphs wholly and publish, again and again."""
    seconds = []
    for version in range(2, CHANGES + 2):
        graphs = build_graphs(CHANGED, version, CHANGED_TRIPLES + version % 2)
        started = time.perf_counter()
        store.replace_many(graphs)
        store.publish()
        seconds.append(time.perf_counter() - started)
    return {"median_ms": _ms(median(seconds)), "worst_ms": _ms(max(seconds))}


def compare_small(ours: Ask, theirs: Ask) -> dict[str, float]:
    return {
        "ours_per_s": round(_rate(ours, threads=1)),
        "ours_4_threads_per_s": round(_rate(ours, threads=4)),
        "server_per_s": round(_rate(theirs, threads=1)),
        "server_4_threads_per_s": round(_rate(theirs, threads=4)),
    }


def compare_big(ours: Ask, theirs: Ask) -> Iterator[tuple[str, dict[str, float]]]:
    for media_type in (JSON, XML, CSV, TSV, TURTLE):
        text = BIG_CONSTRUCT if media_type == TURTLE else BIG_SELECT
        mine, rival = _best(ours, text, media_type), _best(theirs, text, media_type)
        yield (
            media_type,
            {
                "ours_ms": _ms(mine),
                "server_ms": _ms(rival),
                "ratio": round(mine / rival, 2),
            },
        )


def time_runaway(client: QueryClient) -> dict[str, float]:
    """Time how long after its limit a runaway is answered, its process being gone."""
    text = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    started = time.perf_counter()
    with pytest.raises(Exception, match="stopped"):
        client.ask(text, media_type=JSON, client="b", timeout_s=0.5)
    return {"ms_after_limit": _ms(time.perf_counter() - started - 0.5)}


def load_rival(store: EmbeddedStore, engine: str) -> None:
    lines = "".join(
        f"{quad} .\n" for iri in store.graphs() for quad in store.quads(iri)
    )
    headers = {"Content-Type": "application/n-quads"}
    call = Call("POST", f"{engine}/store", body=lines.encode(), headers=headers)
    with Response(call, 60) as response:
        assert response.status < 300


def _ask_process(client: QueryClient) -> Ask:
    def ask(text: str, media_type: str) -> int:
        return len(client.ask(text, media_type=media_type, client="b").read())

    return ask


def _ask_server(engine: str) -> Ask:
    def ask(text: str, media_type: str) -> int:
        headers = {"Accept": media_type, "Content-Type": "application/sparql-query"}
        call = Call("POST", f"{engine}/query", body=text.encode(), headers=headers)
        with Response(call, 60) as response:
            return len(response.read())

    return ask


def _rate(ask: Ask, *, threads: int) -> float:
    def work(_: int) -> None:
        for _ in range(SMALL // threads):
            assert ask(SMALL_QUERY, JSON) > 300

    started = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    return SMALL / (time.perf_counter() - started)


def _best(ask: Ask, text: str, media_type: str) -> float:
    seconds = []
    for _ in range(BIG):
        started = time.perf_counter()
        assert ask(text, media_type) > 100_000
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def keep(figures: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    machine = (
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    text = json.dumps({"machine": machine, **figures}, indent=2)
    (RESULTS / "graph.json").write_text(text + "\n")
