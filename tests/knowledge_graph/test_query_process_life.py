"""Queries see the newest snapshot; processes come and go, and leave nothing behind."""

import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from knowledge_graph.errors import (
    NothingPublished,
    QueryCrashed,
)
from knowledge_graph.query.client import QueryClient
from knowledge_graph.store import EmbeddedStore
from tests.knowledge_graph.asking import (
    BUDGET,
    COUNT,
    TRIPLES,
    VERSIONS,
    ask,
    kill,
    lines,
    publish,
    readers,
)
from tests.knowledge_graph.graphs import build_graphs
from tests.knowledge_graph.processes import (
    GONE_S,
    ROOT,
    is_gone,
    query_process,
    running,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graph")
    publish(folder, version=1)
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[QueryClient]:
    with query_process(folder, time_s=30, concurrent=100, **BUDGET) as (client, _):
        yield client


# Snapshots


def test_before_the_first_snapshot_a_sentence_says_so(tmp_path: Path) -> None:
    with query_process(tmp_path) as (client, _), pytest.raises(NothingPublished):
        ask(client, COUNT)


def test_the_very_next_query_sees_a_new_snapshot(tmp_path: Path) -> None:
    publish(tmp_path, version=1, count=3, size=2)
    with query_process(tmp_path) as (client, _):
        for version in range(2, 12):
            publish(tmp_path, version, count=3, size=2)
            assert lines(ask(client, VERSIONS)) == [str(version)]


def test_snapshots_nobody_reads_are_removed(tmp_path: Path) -> None:
    with query_process(tmp_path, readers=1) as (client, _):
        for version in range(1, 4):
            publish(tmp_path, version, count=3, size=2)
            ask(client, COUNT)
        held = {path.name for path in (tmp_path / "snapshots").iterdir()}
        # The last, and the one that the reader had open when it was published.
        assert held == {"2", "3"}


@pytest.mark.slow
def test_readers_killed_at_random_while_publishing_give_no_wrong_answer(
    tmp_path: Path,
) -> None:
    chance = random.Random(20261121)  # noqa: S311 the same victims in every run
    publish(tmp_path, version=1, count=6, size=10)
    store = EmbeddedStore(tmp_path)
    options = {"readers": 2, "concurrent": 50, **BUDGET}
    with (
        query_process(tmp_path, **options) as (client, _),
        ThreadPoolExecutor(3) as pool,
    ):
        stop = threading.Event()
        answered = threading.Semaphore(0)
        asked = [pool.submit(_ask_versions, client, stop, answered) for _ in range(3)]
        for version in range(2, 14):
            store.replace_many(build_graphs(6, version, 10))
            store.publish()
            kill(chance.choice(sorted(readers(client)) or [0]))
            assert answered.acquire(timeout=GONE_S)
        stop.set()
        seen = [versions for each in asked for versions in each.result(GONE_S)]
        assert lines(ask(client, VERSIONS)) == ["13"]
    store.close()
    assert all(len(versions) == 1 for versions in seen)  # no half batch, ever
    assert seen.count(["killed"]) < len(seen) / 2
    assert len(seen) > 10


def _ask_versions(
    client: QueryClient, stop: threading.Event, answered: threading.Semaphore
) -> list[list[str]]:
    seen = []
    while not stop.is_set():
        try:
            seen.append(lines(ask(client, VERSIONS)))
            answered.release()
        except QueryCrashed:
            seen.append(["killed"])  # twice under the same query
    return seen


# Life and death


def test_it_ends_when_told_and_leaves_nothing(folder: Path) -> None:
    with query_process(folder) as (client, process):
        ask(client, COUNT)
        pids = readers(client)
        process.terminate()
        assert process.wait(GONE_S) == 0
        assert all(is_gone(pid) for pid in pids)
        assert not Path(client.address).exists()


def test_its_readers_die_with_it_and_its_socket_is_taken_over(folder: Path) -> None:
    with query_process(folder) as (client, process):
        ask(client, COUNT)
        pids = readers(client)
        process.kill()
        process.wait(GONE_S)
        assert all(is_gone(pid) for pid in pids)
        path = Path(client.address)
        assert path.exists()
        with running(folder, path) as successor:
            assert lines(ask(client, COUNT)) == [str(TRIPLES)]  # a connection of old
            assert successor.poll() is None


def test_a_second_process_does_not_take_the_socket(
    client: QueryClient, folder: Path
) -> None:
    command = [sys.executable, "-m", "knowledge_graph.query", "--store", str(folder)]
    command += ["--socket", client.address]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=GONE_S)
    assert second.returncode == 1
    assert b"another query process" in second.stderr
    assert lines(ask(client, COUNT)) == [str(TRIPLES)]


CONFINED = """
import os, resource, socket, sys
from knowledge_graph.query.confine import confine
confine(memory_bytes=1 << 29, file_bytes=1000, nice=19, parent=os.getppid())
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
    try:
        socket.socket(family)
    except PermissionError:
        print("no socket")
print(os.nice(0), resource.getrlimit(resource.RLIMIT_AS)[0])
try:
    bytearray(1 << 30)
except MemoryError:
    print("no memory")
"""


def test_a_reader_has_no_network_and_little_else() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CONFINED], cwd=ROOT, capture_output=True, timeout=GONE_S
    )
    assert done.stdout.decode().splitlines() == [
        *["no socket"] * 3,
        f"19 {1 << 29}",
        "no memory",
    ]
