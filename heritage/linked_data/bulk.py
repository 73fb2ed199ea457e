"""Build every graph at once into a new store: what a rebuild takes, memory kept flat.

Graphs are written as N-Quads straight from their builders, by several processes, and
loaded in bulk; the projector's own way would write each through an update. What changes
meanwhile waits in the outbox, and is built by the projector afterwards.
"""

import gc
import hashlib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TextIO, TypeVar

from django.db import connections
from django.db.models import F
from django.utils import timezone

from heritage.catalogue.mentions import GraphName
from knowledge_graph.graph_state import GraphState, as_digest, serial_at, total
from knowledge_graph.store import EmbeddedStore
from knowledge_graph.store_terms import build_quads

from . import graphs
from .building import BUILD_ERRORS, forget_mentions
from .graphs import NARROWED, BuiltGraph, graph_iri
from .models import Dump, Mention, Outbox, PublishedGraph
from .outbox import mentioning, queue
from .states import current_state, keep

CHUNK: Final = 200  # graphs built from rows that are fetched together
ROWS: Final = 500  # of a table in one transaction: some tens of milliseconds
WORTH_FORKING: Final = 2000  # graphs; fewer are built before another process is there
MOST_WORKERS: Final = 8

Item = TypeVar("Item")


@dataclass(frozen=True)
class Written:
    """A graph that lies in a file: what is kept of it. No triples: it says nothing."""

    name: GraphName
    digest: str
    triples: int
    mentions: frozenset[GraphName]


@dataclass(frozen=True)
class _Part:
    """What came of one chunk; `failed` could not be built."""

    written: list[Written]
    failed: list[GraphName]


def load_all(store: EmbeddedStore, *, workers: int | None = None) -> int:
    """Put every graph there is into a new store and publish it; tell how many.

    workers : processes that build; None for as many as there are processors

    Killed at any moment, the next projector that starts finds what differs and queues it.
    """
    # What these asked for is committed, so that the builders below see it; counted as
    # taken, so that no change from here on is left to one of them (`outbox.queue`).
    served = set(Outbox.objects.filter(done_at=None).values_list("pk", flat=True))
    for some in _chunks(sorted(served), ROWS):
        Outbox.objects.filter(pk__in=some).update(attempts=F("attempts") + 1)
    with TemporaryDirectory(prefix=".bulk-", dir=store.folder) as folder:
        parts = list(_parts(Path(folder), workers))
        written = [one for part in parts for one in part.written if one.triples]
        _mark_dumps(written)
        PublishedGraph.objects.all()._raw_delete(PublishedGraph.objects.db)
        store.load(sorted(Path(folder).glob("*.nq")))
    state = _state_of(written)
    store.publish(state)
    _record(parts, state)
    rows = Outbox.objects.filter(done_at=None).values_list("pk", "kind", "key")
    changed = {GraphName(kind, key) for pk, kind, key in rows if pk not in served}
    # A record that was released meanwhile: graphs built before it name it only now.
    queue(mentioning(changed))
    for some in _chunks(sorted(served), ROWS):
        Outbox.objects.filter(pk__in=some).update(done_at=timezone.now(), is_dead=False)
    queue({name for part in parts for name in part.failed})
    return len(written)


def _parts(folder: Path, workers: int | None) -> Iterator[_Part]:
    names = list(graphs.every_name())
    chunks = list(_chunks(names, CHUNK))
    count = workers or min(os.cpu_count() or 1, MOST_WORKERS)
    if count == 1 or (workers is None and len(names) < WORTH_FORKING):
        yield from (_write((folder, chunk)) for chunk in chunks)
        return
    connections.close_all()  # a child must not inherit one
    fork = get_context("fork")
    with ProcessPoolExecutor(count, mp_context=fork, initializer=_settle) as pool:
        yield from pool.map(_write, ((folder, chunk) for chunk in chunks))


def _settle() -> None:
    """In a process that builds: nearly nothing that a builder makes is garbage in a ring."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _write(job: tuple[Path, list[GraphName]]) -> _Part:
    """Build a chunk of graphs, and append them to this process's file."""
    folder, names = job
    rows = graphs.rows_of(names)
    part = _Part([], [])
    with (folder / f"{os.getpid()}.nq").open("a", encoding="utf-8") as out:
        for name in names:
            try:
                part.written.append(_write_one(name, rows.get(name), out))
            except BUILD_ERRORS:
                part.failed.append(name)  # the projector tries again, and tells
    return part


def _write_one(name: GraphName, row: Any, out: TextIO) -> Written:
    built = graphs.build_from(name, row)
    lines = sorted(
        f"{quad} .\n" for quad in build_quads(graph_iri(name), built.triples)
    )
    text = "".join(lines)
    out.write(text)
    digest = hashlib.sha512(text.encode()).hexdigest()
    return Written(name, digest, len(lines), built.mentions)


def _state_of(written: list[Written]) -> GraphState:
    moment = timezone.now()
    last = current_state()
    return GraphState(
        serial_at(moment, after=last.serial if last else 0),
        moment.isoformat(),
        as_digest(total((graph_iri(one.name), one.digest) for one in written)),
        len(written),
        sum(one.triples for one in written),
    )


def _record(parts: list[_Part], state: GraphState) -> None:
    """Write down what was published, some hundred rows at a time."""
    now = timezone.now()
    every = [one for part in parts for one in part.written]
    for some in _chunks((one for one in every if one.triples), ROWS):
        PublishedGraph.objects.bulk_create(
            PublishedGraph(
                kind=one.name.kind,
                key=one.name.key,
                digest=one.digest,
                triples=one.triples,
                published_at=now,
            )
            for one in some
        )
    for some in _chunks(every, CHUNK):
        Mention.objects.bulk_create(
            (
                Mention(kind=kind, key=key, about_kind=about.kind, about_key=about.key)
                for one in some
                for kind, key in (one.name,)
                for about in sorted(one.mentions)
            ),
            batch_size=ROWS,
            ignore_conflicts=True,
        )
        forget_mentions(BuiltGraph(one.name, (), one.mentions) for one in some)
    keep(state)


def _mark_dumps(written: list[Written]) -> None:
    """Dumps are written anew where something was withdrawn or narrowed."""
    digests = {one.name: one.digest for one in written}
    rows = PublishedGraph.objects.values_list("kind", "key", "digest")
    for kind, key, digest in rows.iterator():
        now = digests.get(GraphName(kind, key))
        if now is None or (kind in NARROWED and now != digest):
            Dump.objects.update(stale_at=timezone.now())
            return


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
