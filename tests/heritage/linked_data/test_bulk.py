"""A rebuild in bulk gives what the projector gives, and loses no change made meanwhile."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.models import Collection
from heritage.linked_data import bulk
from heritage.linked_data.bulk import load_all
from heritage.linked_data.drift import find_drift
from heritage.linked_data.models import Dump, Mention, Outbox, PublishedGraph
from heritage.linked_data.projector import Projector, queue_everything
from heritage.linked_data.states import current_state
from knowledge_graph.store import LOADED, LOADING, EmbeddedStore
from tests.heritage.factories import make_relic

from .samples import make_museum

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def store(tmp_path: Path, settings: Any) -> Iterator[EmbeddedStore]:
    settings.GRAPH_ROOT = tmp_path
    store = EmbeddedStore(tmp_path)
    yield store
    store.close()


def rows() -> tuple[Any, ...]:
    """All that is kept of published graphs, and the digest of their sum."""
    state = current_state()
    assert state
    published = PublishedGraph.objects.values_list("kind", "key", "digest", "triples")
    mentions = Mention.objects.values_list("kind", "key", "about_kind", "about_key")
    counts = (state.digest, state.graphs, state.triples)
    return sorted(published), sorted(mentions), counts


def test_it_gives_what_the_projector_gives(
    store: EmbeddedStore, collection: Collection
) -> None:
    make_museum(collection).release()
    projector = Projector(store)
    projector.reconcile()
    projector.drain()
    wanted = rows()
    store.replace("urn:graph:stray", [])
    queue_everything()  # as an upgrade does
    load_all(store)
    assert rows() == wanted
    assert find_drift() == []
    assert Projector(store).drain() == 0  # what waited before has been served


def test_a_release_while_it_builds_is_not_missed(
    store: EmbeddedStore, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The maker is released after the relic's graph was built without his name."""
    museum = make_museum(collection)
    museum.release()
    maker = museum.relic.maker
    assert maker
    withdraw(maker, by=None)
    plain = bulk._write_one

    def slow(name: Any, row: Any, out: Any) -> Any:
        written = plain(name, row, out)
        if name == ("relic", museum.relic.key):
            maker.refresh_from_db()
            release(maker, by=None)
        return written

    monkeypatch.setattr(bulk, "_write_one", slow)
    load_all(store)
    Projector(store).drain()
    assert find_drift() == []


def test_a_graph_that_cannot_be_built_is_left_to_the_projector(
    store: EmbeddedStore, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    relic = make_relic(collection)
    release(relic, by=None)
    Outbox.objects.all().delete()
    plain = bulk._write_one

    def broken(name: Any, row: Any, out: Any) -> Any:
        if name.key == relic.key:
            raise ValueError("broken")
        return plain(name, row, out)

    monkeypatch.setattr(bulk, "_write_one", broken)
    load_all(store)
    assert Outbox.objects.filter(kind="relic", key=relic.key).exists()


def test_killed_amid_its_notes_it_leaves_nothing_half_known(
    store: EmbeddedStore, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A graph that counted as published without what it mentions would never be told."""
    make_museum(collection).release()
    (store.folder / ".bulk-left").mkdir()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bulk, "_mention", killed)
        with pytest.raises(KeyboardInterrupt):
            load_all(store)
    assert not PublishedGraph.objects.exists()
    assert not list(store.folder.glob(".bulk-*"))
    projector = Projector(store)
    projector.reconcile()
    projector.drain()
    ended = rows()
    load_all(store)
    assert rows() == ended


def test_dumps_are_reissued_when_something_is_gone(
    store: EmbeddedStore, collection: Collection
) -> None:
    museum = make_museum(collection)
    museum.release()
    load_all(store)
    state = current_state()
    assert state
    dump = Dump.objects.create(
        serial=state.serial,
        published_at=state.published_at,
        digest=state.digest,
        graphs=state.graphs,
        triples=state.triples,
        size_bytes=1,
    )
    load_all(store)
    dump.refresh_from_db()
    assert not dump.is_stale
    withdraw(museum.apprentice, by=None)
    load_all(store)
    dump.refresh_from_db()
    assert dump.is_stale


def test_a_store_that_was_loaded_half_is_as_it_was(tmp_path: Path) -> None:
    lines = tmp_path / "one.nq"
    lines.write_text("<urn:s> <urn:p> <urn:o> <urn:graph:1> .\n")
    folder = tmp_path / "store"
    store = EmbeddedStore(folder)
    store.load([lines])
    assert store.graphs() == {"urn:graph:1"}
    store.close()
    (folder / LOADING).mkdir()  # killed while it was loading
    store = EmbeddedStore(folder)
    assert store.graphs() == {"urn:graph:1"}
    store.close()
    (folder / "live").rename(folder / LOADED)  # killed before the last step
    store = EmbeddedStore(folder)
    assert store.graphs() == {"urn:graph:1"}
    store.close()
