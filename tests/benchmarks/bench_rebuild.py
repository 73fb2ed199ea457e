"""Rebuild the graph of a large museum, and rewrite graphs until the store is packed.

    make bench TESTS=tests/benchmarks/bench_rebuild.py      (GRAPH_RELICS=2000: fewer)

Input: `large_museum`, each relic captured: 238 triples a relic, so that 25 000 relics make
the 6 million triples that the target counts (it thought of 60 a relic). No rival: nothing
else reads our records. Memory is the largest process and all together, of a quarter of
the relics and of all: flat is the same. Targets: 300 s; 10 000 rewrites of a relic's graph
and packing grow the store less than 1.2 times.
"""

import json
import os
import platform
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from rdflib import Literal, URIRef

from knowledge_graph.graph_state import read_state
from knowledge_graph.store import LIVE, EmbeddedStore
from knowledge_graph.store_snapshots import lease_current
from tests.heritage.linked_data.folder import Folder
from tests.prepared import lay_database

RESULTS = Path(__file__).parent / "results" / "rebuild.json"
RELICS = int(os.environ.get("GRAPH_RELICS", "25000"))
REWRITES, AT_ONCE = 10_000, 25


@pytest.mark.benchmark
def test_rebuild(tmp_path: Path) -> None:
    few = rebuilt(tmp_path / "few", RELICS // 4)
    many = rebuilt(tmp_path / "many", RELICS)
    figures = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "few": few,
        "many": many,
        "memory_ratio": round(many["all_mb"] / few["all_mb"], 2),
        "rewrites": rewritten(tmp_path / "many" / "graph"),
        "targets": {"s_for_6_million": 300, "growth": 1.2},
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n")


def rebuilt(path: Path, relics: int) -> dict[str, Any]:
    """Fill a museum and build its graph; its seconds, triples and memory."""
    lay_database(path)
    folder = Folder(path)
    folder.manage("migrate", "--verbosity=0")
    folder.run("-m", "tests.benchmarks.large_museum", str(relics), patience_s=7200)
    started = time.perf_counter()
    load = folder.start("manage.py", "graph", "load")
    largest, together, cpu_s = watched(load)
    seconds = time.perf_counter() - started
    assert load.returncode == 0
    lease = lease_current(path / "graph")
    state = read_state(lease.path)
    lease.close()
    assert state
    return {
        "relics": relics,
        "triples": state.triples,
        "wall_s": round(seconds, 1),
        "cpu_s": round(cpu_s, 1),
        "s_for_6_million": round(seconds * 6e6 / state.triples),
        "largest_mb": round(largest),
        "all_mb": round(together),
    }


def watched(process: subprocess.Popen[bytes]) -> tuple[float, float, float]:
    """Wait for a process: MB of its largest child and of all together, CPU seconds."""
    largest = together = 0.0
    before = os.times()
    while process.poll() is None:
        each = [private_mb(pid) for pid in family(process.pid)]
        largest, together = max([largest, *each]), max(together, sum(each))
        time.sleep(0.2)
    after = os.times()
    used = after.children_user + after.children_system
    return largest, together, used - before.children_user - before.children_system


def family(pid: int) -> list[int]:
    children: list[int] = []
    for told in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children += [int(word) for word in told.read_text().split()]
        except OSError:  # it has ended
            continue
    return [pid, *(one for child in children for one in family(child))]


def private_mb(pid: int) -> float:
    """Give a process's share of memory that is not a file's."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^Pss_Anon:\s+(\d+)", told, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def rewritten(folder: Path) -> dict[str, Any]:
    """Write graphs anew with other texts, pack, and compare the store's size."""
    store = EmbeddedStore(folder)
    store.optimize()
    store.publish()
    before = size_of(folder / LIVE)
    names = sorted(name for name in store.graphs() if "/graph/relic/" in name)
    started = time.perf_counter()
    for start in range(0, REWRITES, AT_ONCE):
        some = [names[n % len(names)] for n in range(start, start + AT_ONCE)]
        store.replace_many({name: changed(store, name, start) for name in some})
    seconds = time.perf_counter() - started
    store.publish()
    grown = size_of(folder / LIVE)
    store.optimize()
    store.publish()
    after = size_of(folder / LIVE)
    store.close()
    return {
        "graphs": REWRITES,
        "per_s": round(REWRITES / seconds),
        "mb_before": round(before / 1e6, 1),
        "mb_rewritten": round(grown / 1e6, 1),
        "mb_packed": round(after / 1e6, 1),
        "growth": round(after / before, 3),
    }


def changed(store: EmbeddedStore, name: str, number: int) -> list[Any]:
    """Give a graph's triples with other texts: as many, as long."""
    return [
        (another(quad.subject, number), URIRef(quad.predicate.value), another(quad.object, number))
        for quad in store.quads(name)
    ]  # fmt: skip


def another(term: Any, number: int) -> Any:
    if not hasattr(term, "datatype"):
        return URIRef(term.value)
    if term.language:
        text = f"{number:06d}{term.value[6:]}"
        return Literal(text, lang=term.language)
    return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
