"""Keep the graph store in step with the records: its only writer.

A row of the outbox is done only after the snapshot that holds its graph was published.
Killed anywhere before, the projector finds the row again and builds the graph again, to
the same end: delivery is at least once, and building twice changes nothing.
"""

import time
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from heritage.catalogue.mentions import VOCABULARY, GraphName
from heritage.catalogue.vocabularies import look_again
from knowledge_graph.errors import GraphError
from knowledge_graph.graph_state import GraphState
from knowledge_graph.store import GraphStore

from . import graphs
from .building import Built, build_all, forget_mentions
from .graphs import NARROWED, BuiltGraph, graph_iri
from .models import Dump, Outbox, PublishedGraph
from .outbox import any_of, mentioning, queue
from .states import current_state, keep, next_state, recount

BATCH: Final = 200  # graphs; about half a second of building
PUBLISH_EVERY_S: Final = 0.5  # from the begin of one batch to that of the next
MOST_ATTEMPTS: Final = 6  # some two minutes with the pauses below
FIRST_PAUSE_S: Final = 2.0
KEEP_DONE: Final = timedelta(days=1)
# Graphs written before the store is worth packing: it has grown by a few per cent.
WORTH_PACKING: Final = 2000


class Projector:
    """Takes what waits, writes it into the store, publishes, and only then says done."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self._began_at = -PUBLISH_EVERY_S
        self._written = 0  # graphs, since the store was packed

    def step(self) -> int:
        """Do one batch; tell how many rows of the outbox it took.

        Raises `GraphError` or `OSError` when the store fails; the rows wait on.
        """
        if not due().exists():
            return 0  # without a write: this is asked several times a second
        self._wait_for_turn()
        rows = take_rows()
        if rows:
            look_again()  # this process hears no request that would tell it
            built = build_all({_name(row) for row in rows})
            state = self._write(rows, built)
            settle(rows, built, state)
        return len(rows)

    def drain(self) -> int:
        """Do all that can be done now; tell how many rows that were."""
        total = 0
        while done := self.step():
            total += done
        return total

    def reconcile(self) -> None:
        """Queue what store and records disagree on: after a crash, a lost or new store."""
        named = {iri: graphs.graph_name(iri) for iri in self._store.graphs()}
        foreign = [iri for iri, name in named.items() if name is None]
        self._store.replace_many(dict.fromkeys(foreign, ()))
        known = set(_published())
        stored = {name for name in named.values() if name}
        _forget(known - stored)
        queue(known ^ stored)
        queue(_stale_vocabularies())

    def tidy(self) -> None:
        """Forget what was done long ago, and give back the room that old triples took.

        For an idle hour: raises `GraphError` or `OSError` when the store fails.
        """
        remove_old_rows()
        state = current_state()
        if waiting().exists():
            return  # a step that failed: what lies in the store is not that state
        if state is not None and self._written >= WORTH_PACKING:
            self._store.optimize()
            self._store.publish(state)
            self._written = 0

    def _write(self, rows: list[Outbox], built: Built) -> GraphState:
        state = next_state(built.graphs)
        contents = {graph_iri(name): one.triples for name, one in built.graphs.items()}
        try:
            self._store.replace_many(contents)
            self._store.publish(state)
            self._written += len(contents)
        except (GraphError, OSError) as error:
            put_back(rows, str(error))
            raise
        return state

    def _wait_for_turn(self) -> None:
        """Wait before rows are taken, not after: what changes meanwhile comes with them."""
        pause_s = self._began_at + PUBLISH_EVERY_S - time.monotonic()
        if pause_s > 0:
            time.sleep(pause_s)
        self._began_at = time.monotonic()


def waiting() -> QuerySet[Outbox]:
    """Give the rows that wait, whether or not their time has come."""
    return Outbox.objects.filter(done_at__isnull=True, is_dead=False)


def due() -> QuerySet[Outbox]:
    """Give the rows whose time has come."""
    is_due = Q(try_after__isnull=True) | Q(try_after__lte=timezone.now())
    return waiting().filter(is_due)


def take_rows(most: int = BATCH) -> list[Outbox]:
    """Take the oldest rows that are due.

    Counting the attempt is what marks them taken, and must be committed before a record
    is read: see `outbox.queue`.
    """
    with transaction.atomic():
        free = due().select_for_update(skip_locked=True)
        rows = list(free.order_by("pk")[:most])
        _these(rows).update(attempts=F("attempts") + 1)
    return rows


def settle(rows: list[Outbox], built: Built, state: GraphState) -> None:
    """Write down what was published, and what could not be built."""
    with transaction.atomic():
        came_or_went = _record(built.graphs)
        keep(state)
        forget_mentions(built.graphs.values())
        _done(rows, built)
        for row in rows:
            if reason := built.failed.get(_name(row)):
                _fail(row, reason)
        # Released by another way than the action: statements about it follow now.
        queue(mentioning(came_or_went) - {_name(row) for row in rows})


def put_back(rows: list[Outbox], reason: str) -> None:
    """The store failed, not the graphs: wait for it, however long it takes."""
    retry = timezone.now() + timedelta(seconds=FIRST_PAUSE_S)
    _these(rows).update(attempts=F("attempts") - 1, try_after=retry, error=reason)


def queue_everything() -> None:
    """Ask for every graph there is or was, and give up none of them.

    The dumps are measured anew as well: one from a backup may be newer than its row.
    """
    queue({*graphs.every_name(), *_published()})
    Dump.objects.update(stale_at=timezone.now())
    waiting().update(try_after=None)
    revive(Outbox.objects.all())


def revive(rows: QuerySet[Outbox]) -> int:
    """Take rows that were given up into the queue again; no other ones.

    A row the projector may hold must keep its count of attempts: see `outbox.queue`.
    """
    dead = rows.filter(is_dead=True, done_at__isnull=True)
    return dead.update(is_dead=False, attempts=0, try_after=None)


def remove_old_rows() -> int:
    """Forget what was done more than a day ago."""
    old = Outbox.objects.filter(done_at__lt=timezone.now() - KEEP_DONE)
    return old.delete()[0]


def _done(rows: list[Outbox], built: Built) -> None:
    done = _these([row for row in rows if _name(row) in built.graphs])
    done.update(done_at=timezone.now(), error="")
    # A graph given up earlier has been built after all, for a later change.
    dead = Outbox.objects.filter(is_dead=True, done_at__isnull=True)
    dead.filter(any_of(built.graphs, "kind", "key")).update(
        done_at=timezone.now(), is_dead=False
    )


def _record(built: dict[GraphName, BuiltGraph]) -> list[GraphName]:
    """Keep each graph's digest; name those that came or went."""
    before = _digests(built)
    there = set(before)
    now = timezone.now()
    rows = [
        PublishedGraph(
            kind=name.kind,
            key=name.key,
            digest=one.digest,
            triples=len(one.triples),
            published_at=now,
        )
        for name, one in built.items()
        if one.triples
    ]
    PublishedGraph.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["kind", "key"],
        update_fields=["digest", "triples", "published_at"],
    )
    gone = {name for name in there if not built[name].triples}
    PublishedGraph.objects.filter(any_of(gone, "kind", "key")).delete()
    if gone or any(_may_hide(one, before) for one in built.values()):
        Dump.objects.update(stale_at=now)
    return [name for name, one in built.items() if (name in there) != bool(one.triples)]


def _forget(lost: Collection[GraphName]) -> None:
    """A store was lost: what it no longer holds is no longer published."""
    ordered = sorted(lost)
    for start in range(0, len(ordered), BATCH):
        names = ordered[start : start + BATCH]
        PublishedGraph.objects.filter(any_of(names, "kind", "key")).delete()
    if lost:
        keep(recount())


def _published(names: Collection[GraphName] | None = None) -> list[GraphName]:
    rows = PublishedGraph.objects.all()
    if names is not None:
        rows = rows.filter(any_of(names, "kind", "key"))
    return [GraphName(kind, key) for kind, key in rows.values_list("kind", "key")]


def _may_hide(one: BuiltGraph, before: Mapping[GraphName, str]) -> bool:
    """Tell whether a graph of the kinds that can be narrowed says something else now."""
    return one.name.kind in NARROWED and before.get(one.name, one.digest) != one.digest


def _digests(names: Collection[GraphName]) -> dict[GraphName, str]:
    rows = PublishedGraph.objects.filter(any_of(names, "kind", "key"))
    known = rows.values_list("kind", "key", "digest")
    return {GraphName(kind, key): digest for kind, key, digest in known}


def _fail(row: Outbox, reason: str) -> None:
    attempts = row.attempts + 1  # counted when it was taken
    pause = timedelta(seconds=FIRST_PAUSE_S * 2 ** (attempts - 1))
    row.error, row.is_dead = reason, attempts >= MOST_ATTEMPTS
    row.try_after = timezone.now() + pause
    row.save(update_fields=["error", "is_dead", "try_after"])


def _these(rows: list[Outbox]) -> QuerySet[Outbox]:
    return Outbox.objects.filter(pk__in=[row.pk for row in rows])


def _name(row: Outbox) -> GraphName:
    return GraphName(row.kind, row.key)


def _stale_vocabularies() -> list[GraphName]:
    """Name the vocabularies that a new version of ours has changed."""
    rows = PublishedGraph.objects.filter(kind=VOCABULARY)
    published = dict(rows.values_list("key", "digest"))
    return [
        name
        for name in graphs.vocabulary_names()
        if published.get(name.key) != graphs.build(name).digest
    ]
