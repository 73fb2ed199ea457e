"""Snapshots are whole or not there, stay while they are read, and go afterwards."""

import random
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from knowledge_graph.errors import NothingPublished, SnapshotMissing
from knowledge_graph.store import EmbeddedStore, canonical_hash
from knowledge_graph.store_snapshots import lease_current, publish, read_current, tidy
from knowledge_graph.store_terms import hash_quads
from tests.knowledge_graph.graphs import EX, build_graph, build_graphs, graph_iri
from tests.knowledge_graph.processes import ROOT

GRAPHS = 4


def numbers(folder: Path) -> set[str]:
    return {path.name for path in (folder / "snapshots").iterdir()}


def test_readers_see_what_was_published_and_nothing_later(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.replace_many(build_graphs(GRAPHS, version=1))
    store.publish()
    store.replace_many(build_graphs(GRAPHS, version=2))
    lease = lease_current(tmp_path)
    assert versions(lease.path) == {1}
    lease.close()
    store.close()


def test_nothing_new_publishes_nothing_new(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.replace_many(build_graphs(GRAPHS, version=1))
    first = store.publish()
    store.replace_many(build_graphs(GRAPHS, version=1))
    assert store.publish() == first
    store.close()


def test_a_snapshot_stays_while_it_is_read(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    leases = []
    for version in (1, 2, 3):
        store.replace_many(build_graphs(GRAPHS, version=version))
        store.publish()
        leases.append(lease_current(tmp_path))
    assert [versions(lease.path) for lease in leases] == [{1}, {2}, {3}]
    leases[0].close()
    store.replace_many(build_graphs(GRAPHS, version=4))
    store.publish()
    assert numbers(tmp_path) == {"2", "3", "4"}
    assert versions(leases[1].path) == {2}
    for lease in leases[1:]:
        lease.close()
    store.close()


def test_the_current_snapshot_is_never_removed(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.replace_many(build_graphs(GRAPHS, version=1))
    store.publish()
    store.close()
    tidy(tmp_path)
    assert numbers(tmp_path) == {"1"}


def test_a_reader_without_a_snapshot_is_told(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished):
        lease_current(tmp_path)


def test_a_pointer_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "current").write_text("7\n")
    with pytest.raises(SnapshotMissing):
        lease_current(tmp_path)


class Killed(Exception):
    """Stands for a SIGKILL in the middle of publishing."""


def test_half_a_snapshot_is_removed_on_open(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.replace_many(build_graphs(GRAPHS, version=1))
    store.publish()
    store.close()
    with pytest.raises(Killed):
        publish(tmp_path, _write_half)
    assert len(numbers(tmp_path)) == 2
    reopened = EmbeddedStore(tmp_path)
    assert numbers(tmp_path) == {"1"}
    assert read_current(tmp_path) == 1
    reopened.close()


def _write_half(target: Path) -> None:
    target.mkdir()
    (target / "CURRENT").write_text("MANI")
    raise Killed


def test_a_snapshot_that_was_not_pointed_to_is_replaced(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.replace_many(build_graphs(GRAPHS, version=1))
    store.publish()
    store.close()
    (tmp_path / "snapshots" / "1").rename(tmp_path / "snapshots" / "2")
    (tmp_path / "current").unlink()  # as if killed between the rename and the pointer
    reopened = EmbeddedStore(tmp_path)
    assert reopened.publish().name == "1"
    assert numbers(tmp_path) == {"1"}
    reopened.close()


WRITER = """
import sys
from pathlib import Path
from knowledge_graph.store import EmbeddedStore
from tests.knowledge_graph.graphs import build_graphs
store = EmbeddedStore(Path(sys.argv[1]))
for version in range(int(sys.argv[2]), 10**9):
    store.replace_many(build_graphs(4, version))
    print("written", flush=True)
    store.publish()
    print("published", version, flush=True)
"""


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_whole_snapshots(tmp_path: Path) -> None:
    chance = random.Random(20261121)  # noqa: S311 the same moments in every run
    version = 0
    for _ in range(6):
        version = _write_until_killed(tmp_path, version + 1, chance.randint(1, 25))
        lease = lease_current(tmp_path)
        (found,) = versions(lease.path)
        assert found >= version
        assert_is_exactly(lease.path, found)
        lease.close()
    store = EmbeddedStore(tmp_path)
    assert len(numbers(tmp_path)) == 1
    (live,) = {version_of(store, each) for each in range(GRAPHS)}
    assert live >= version
    store.close()


def _write_until_killed(folder: Path, version: int, lines: int) -> int:
    """Run a writer until it has said so much; give the last version it published."""
    command = [sys.executable, "-c", WRITER, str(folder), str(version)]
    published = version - 1
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        for count, line in enumerate(writer.stdout, start=1):
            words = line.split()
            published = int(words[1]) if words[0] == b"published" else published
            if count == lines + 2:
                writer.kill()
    return published


def version_of(store: EmbeddedStore, number: int) -> int:
    """Find by its hash which version of a graph the writer's own store holds."""
    held = store.graph_hash(graph_iri(number))
    for version in range(1, 1000):
        if held == canonical_hash(graph_iri(number), build_graph(number, version)):
            return version
    raise AssertionError(f"graph {number} is of no version")


def versions(path: Path) -> set[int]:
    """Give the versions found in a snapshot: one, if batches are atomic."""
    snapshot = ox.Store.read_only(str(path))
    predicate = ox.NamedNode(f"{EX}version")
    quads = list(snapshot.quads_for_pattern(None, predicate, None, None))
    assert len(quads) == GRAPHS
    return {int(quad.object.value) for quad in quads}  # type: ignore[union-attr]


def assert_is_exactly(path: Path, version: int) -> None:
    snapshot = ox.Store.read_only(str(path))
    for iri, triples in build_graphs(GRAPHS, version).items():
        name = ox.NamedNode(iri)
        held = snapshot.quads_for_pattern(None, None, None, name)
        assert hash_quads(held) == canonical_hash(iri, triples)
