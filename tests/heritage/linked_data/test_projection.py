"""Whatever happens, and in whatever order: projecting it ends where a rebuild ends."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heritage.catalogue import mentions
from heritage.catalogue.actions.release import release, return_to_draft, withdraw
from heritage.catalogue.errors import NotReady
from heritage.catalogue.mentions import GraphName, Mentions
from heritage.catalogue.models import Collection, Record, Relic, TechniqueOf
from heritage.exhibits.models import ExhibitItem
from heritage.linked_data import graphs, projector
from heritage.linked_data.building import build_all
from heritage.linked_data.models import Mention, Outbox, PublishedGraph
from heritage.linked_data.projector import (
    MOST_ATTEMPTS,
    take_rows,
    waiting,
)
from heritage.linked_data.states import current_state
from knowledge_graph.patterns import Triples
from knowledge_graph.store import Triple
from tests.heritage.factories import make_relic

from .museum import HastyProjector, MemoryStore, queued, rebuilt, settled
from .samples import Museum, make_museum, make_run

Act = Callable[[Museum, MemoryStore, int], None]


def move(museum: Museum, store: MemoryStore, n: int) -> None:
    """Move a record to the next state: draft, released, withdrawn, draft …

    A relic whose model was taken back stays: it is not ready to be released.
    """
    record = museum.records[n % len(museum.records)]
    record.refresh_from_db()
    steps: dict[str, Callable[..., None]] = {
        "draft": release,
        "released": withdraw,
        "withdrawn": return_to_draft,
    }
    with suppress(NotReady):
        steps[record.state](record, by=None)


def edit(museum: Museum, store: MemoryStore, n: int) -> None:
    record = museum.records[n % len(museum.records)]
    record.refresh_from_db()
    record.name_en = f"Name {n}"
    record.save()


def release_by_bulk(museum: Museum, store: MemoryStore, n: int) -> None:
    """A path that sends no `state_changed`: an import, a shell."""
    record = museum.records[n % len(museum.records)]
    state = list(Record.State)[n % 3]
    type(record)._default_manager.filter(pk=record.pk).update(state=state)


def change_keeper(museum: Museum, store: MemoryStore, n: int) -> None:
    museum.relic.refresh_from_db()
    museum.relic.holder = museum.master.person if n % 2 else None
    museum.relic.save(update_fields=["holder"])


def relink(museum: Museum, store: MemoryStore, n: int) -> None:
    """Take the link between relic and element away, or make it again."""
    rows = TechniqueOf.objects.filter(relic=museum.relic)
    if rows.exists():
        rows.delete()
        return
    TechniqueOf.objects.create(relic=museum.relic, element=museum.element)


def reaccept(museum: Museum, store: MemoryStore, n: int) -> None:
    museum.run.refresh_from_db()
    museum.run.is_accepted = not museum.run.is_accepted
    museum.run.save()


def show_element(museum: Museum, store: MemoryStore, n: int) -> None:
    items = ExhibitItem.objects.filter(element=museum.element)
    if items.exists():
        items.delete()
        return
    ExhibitItem.objects.create(exhibit=museum.exhibit, element=museum.element)


def renumber_item(museum: Museum, store: MemoryStore, n: int) -> None:
    ExhibitItem.objects.filter(relic=museum.relic).update(number=n)


def die_after_taking(museum: Museum, store: MemoryStore, n: int) -> None:
    take_rows(most=5)


def die_after_writing(museum: Museum, store: MemoryStore, n: int) -> None:
    """As SIGKILL between publishing and saying so."""
    names = {GraphName(row.kind, row.key) for row in take_rows(most=5)}
    built = build_all(names).graphs.values()
    store.replace_many({graphs.graph_iri(one.name): one.triples for one in built})


ACTS: tuple[Act, ...] = (
    move, move, move, edit, release_by_bulk, change_keeper, relink, reaccept, show_element,
    renumber_item, die_after_taking, die_after_writing,
)  # fmt: skip


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    story=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 40)), max_size=25)
)
def test_projecting_any_story_equals_a_rebuild(
    collection: Collection, story: list[tuple[Act, int]]
) -> None:
    with transaction.atomic():
        museum, store = make_museum(collection), MemoryStore()
        for act, n in story:
            act(museum, store, n)
        settled(store)
        assert store.published == rebuilt()
        assert digests() == {iri: store.graph_hash(iri) for iri in store.held}
        transaction.set_rollback(True)


def test_a_release_brings_every_statement_in_at_once(collection: Collection) -> None:
    museum, store = make_museum(collection), MemoryStore()
    settled(store)
    museum.release()
    HastyProjector(store).step()
    assert store.published == rebuilt()
    withdraw(museum.relic, by=None)
    HastyProjector(store).step()
    assert store.published == rebuilt()


def test_what_changes_while_it_waits_its_turn_comes_along(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_relic(collection), make_relic(collection)
    store = settled()
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        release(second, by=None)
        waited.append(seconds)

    clock = SimpleNamespace(monotonic=lambda: 7.0, sleep=sleep)
    monkeypatch.setattr(projector, "time", clock)
    ours = projector.Projector(store)
    release(first, by=None)
    assert ours.step() == 1
    assert not waited  # there was no batch before
    first.save()
    assert ours.step() == 2
    assert waited == [projector.PUBLISH_EVERY_S]
    assert graphs.graph_iri(GraphName("relic", second.key)) in store.published


def test_deleting_a_relic_takes_its_graphs_along(collection: Collection) -> None:
    museum, store = make_museum(collection), MemoryStore()
    museum.release()
    settled(store)
    other = make_relic(collection)
    TechniqueOf.objects.create(relic=other, element=museum.element)
    release(other, by=None)
    settled(store)
    other.delete()
    settled(store)
    assert store.published == rebuilt()
    assert not Mention.objects.filter(kind="technique-of", about_key=other.key).exists()


def test_progress_of_a_run_builds_nothing(collection: Collection) -> None:
    museum = make_museum(collection)
    run = make_run(museum.capture, is_accepted=False)
    type(run).objects.filter(pk=run.pk).update(
        state="running", leased_until=timezone.now()
    )
    settled()
    type(run).objects.filter(pk=run.pk).update(fraction=0.5)
    assert queued() == []


class BrokenStore(MemoryStore):
    """A remote engine that is away."""

    def replace_many(self, graphs: Mapping[str, Iterable[Triple]]) -> None:
        raise OSError("connection refused")


def test_a_store_that_is_away_costs_no_row_its_life(collection: Collection) -> None:
    make_museum(collection)
    expected = queued()
    moment = timezone.now()
    for minutes in range(MOST_ATTEMPTS + 3):
        later = time_machine.travel(moment + timedelta(minutes=minutes), tick=False)
        with later, pytest.raises(OSError, match="refused"):
            HastyProjector(BrokenStore()).step()
    assert queued() == expected
    assert set(waiting().values_list("attempts", flat=True)) == {0}
    waiting().update(try_after=None)
    assert settled().published == rebuilt()


def test_a_graph_that_cannot_be_built_is_given_up_and_seen(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = make_relic(collection), make_relic(collection)
    build = graphs.SOURCES["relic"].build

    def break_on_bad(relic: Relic, says: Mentions) -> Triples:
        if relic.pk == bad.pk:
            raise ValueError("the field is odd")
        return build(relic, says)

    source = graphs.SOURCES["relic"]
    broken = type(source)(source.model, break_on_bad, source.related)
    monkeypatch.setitem(graphs.SOURCES, "relic", broken)
    release(bad, by=None)
    release(good, by=None)
    store, moment = MemoryStore(), timezone.now()
    for hours in range(MOST_ATTEMPTS):
        with time_machine.travel(moment + timedelta(hours=hours), tick=False):
            HastyProjector(store).drain()
    row = Outbox.objects.get(is_dead=True)
    assert (row.key, row.error) == (bad.key, "ValueError: the field is odd")
    assert graphs.graph_iri(GraphName("relic", good.key)) in store.published
    monkeypatch.setitem(graphs.SOURCES, "relic", source)
    bad.save()
    settled(store)
    assert store.published == rebuilt()
    assert not Outbox.objects.filter(is_dead=True).exists()


def test_a_lost_store_is_built_again_on_start(collection: Collection) -> None:
    museum = make_museum(collection)
    museum.release()
    settled()
    fresh = MemoryStore()
    fresh.replace("http://elsewhere.example/graph/relic/1", _one_triple())
    projector = HastyProjector(fresh)
    projector.reconcile()
    projector.drain()
    ours = {iri: triples for iri, triples in fresh.held.items() if "/vocab/" not in iri}
    assert ours == rebuilt()


def digests() -> dict[str, str]:
    rows = PublishedGraph.objects.all()
    return {graphs.graph_iri(GraphName(row.kind, row.key)): row.digest for row in rows}


def _one_triple() -> list[Triple]:
    return list(graphs.build(GraphName(mentions.VOCABULARY, "tier")).triples)[:1]


@pytest.mark.django_db
def test_the_store_is_packed_once_enough_was_written(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "WORTH_PACKING", 2)
    store = MemoryStore()
    busy = HastyProjector(store)
    busy.tidy()  # nothing was ever published
    for expected in (0, 1, 1):
        release(make_relic(collection), by=None)
        busy.drain()
        busy.tidy()
        assert store.packed == expected
    assert store.state == current_state()


@pytest.mark.django_db
def test_the_store_is_not_packed_while_something_waits(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a step that failed has written is not what was published last."""
    monkeypatch.setattr(projector, "WORTH_PACKING", 1)
    store = MemoryStore()
    busy = HastyProjector(store)
    release(make_relic(collection), by=None)
    busy.drain()
    release(make_relic(collection), by=None)
    busy.tidy()
    assert store.packed == 0
    busy.drain()
    busy.tidy()
    assert store.packed == 1
