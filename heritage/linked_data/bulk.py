"""Build every graph at once into a new store: what a rebuild takes, memory kept flat.

Graphs are written as N-Quads straight from their builders, by several processes, and
loaded in bulk; the projector's own way would write each through an update. What is to be
kept of each graph is written beside it and read back line by line, so that no process
ever holds more than some hundred graphs. What changes meanwhile waits in the outbox, and
is built by the projector afterwards.
"""

import gc
import json
import os
import shutil
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TextIO, TypeVar

from django.db import connections
from django.db.models import F
from django.utils import timezone

from heritage.catalogue.mentions import GraphName
from knowledge_graph.graph_state import GraphState, as_digest, serial_at, weight
from knowledge_graph.store import EmbeddedStore
from knowledge_graph.store_terms import canonical_lines, hash_lines

from . import graphs
from .building import BUILD_ERRORS, forget_mentions, mentions_of
from .graphs import NARROWED, BuiltGraph, graph_iri
from .models import Dump, Mention, Outbox, PublishedGraph
from .outbox import any_of, mentioning, queue
from .states import current_state, keep

CHUNK: Final = 200  # graphs built from rows that are fetched together
ROWS: Final = 500  # of a table in one transaction: some tens of milliseconds
WORTH_FORKING: Final = 2000  # graphs; fewer are built before another process is there
MOST_WORKERS: Final = 8
DRAFTS: Final = ".bulk-"
# Of one file that is loaded: the engine sorts it in memory, some five times its size.
FILE_BYTES: Final = 50_000_000

Item = TypeVar("Item")


@dataclass(frozen=True)
class Written:
    """A graph that lies in a file: what is kept of it. No triples: it says nothing."""

    name: GraphName
    digest: str
    triples: int
    mentions: frozenset[GraphName]


class _Files:
    """What the builders have written, each process into files of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def quads(self) -> list[Path]:
        return sorted(self._folder.glob("*.nq"))

    def written(self) -> Iterator[Written]:
        """Read what is kept of every graph, empty ones too."""
        for path in sorted(self._folder.glob("*.kept")):
            with path.open(encoding="utf-8") as lines:
                yield from map(_read_kept, lines)

    def graphs(self) -> Iterator[Written]:
        return (one for one in self.written() if one.triples)


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
    for left in store.folder.glob(f"{DRAFTS}*"):  # by one that was killed
        shutil.rmtree(left)
    with TemporaryDirectory(prefix=DRAFTS, dir=store.folder) as folder:
        failed = _build(Path(folder), workers)
        files = _Files(Path(folder))
        _mark_dumps(files)
        PublishedGraph.objects.all()._raw_delete(PublishedGraph.objects.db)
        store.load(files.quads())
        state = _state_of(files)
        store.publish(state)
        _record(files, state)
    rows = Outbox.objects.filter(done_at=None).values_list("pk", "kind", "key")
    changed = {GraphName(kind, key) for pk, kind, key in rows if pk not in served}
    # A record that was released meanwhile: graphs built before it name it only now.
    queue(mentioning(changed))
    for some in _chunks(sorted(served), ROWS):
        Outbox.objects.filter(pk__in=some).update(done_at=timezone.now(), is_dead=False)
    queue(failed)
    return state.graphs


def _build(folder: Path, workers: int | None) -> list[GraphName]:
    """Write every graph into files; name those that could not be built."""
    names = graphs.every_name()
    first = list(islice(names, WORTH_FORKING))
    count = workers or min(os.cpu_count() or 1, MOST_WORKERS)
    if count == 1 or (workers is None and len(first) < WORTH_FORKING):
        every = _chunks(chain(first, names), CHUNK)
        return [name for some in every for name in _write(folder, some)]
    del names
    connections.close_all()  # a child must not inherit one
    fork = get_context("fork")
    with ProcessPoolExecutor(count, mp_context=fork, initializer=_settle) as pool:
        pool.submit(os.getpid).result()  # they are all there now, before we connect
        return list(_written_by(pool, folder, 2 * count))


def _written_by(
    pool: ProcessPoolExecutor, folder: Path, most: int
) -> Iterator[GraphName]:
    """Have chunks written, so many waiting at a time; name what could not be built."""
    waiting: deque[Future[list[GraphName]]] = deque()
    for some in _chunks(graphs.every_name(), CHUNK):
        waiting.append(pool.submit(_write_in_child, folder, some))
        if len(waiting) == most:
            yield from waiting.popleft().result()
    for each in waiting:
        yield from each.result()


def _settle() -> None:
    """In a process that builds: garbage is looked for after each chunk, among its own."""
    gc.freeze()
    gc.disable()


def _write_in_child(folder: Path, names: list[GraphName]) -> list[GraphName]:
    failed = _write(folder, names)
    gc.collect(1)  # rows and the rows that were fetched for them refer to each other
    return failed


def _write(folder: Path, names: list[GraphName]) -> list[GraphName]:
    """Append graphs to this process's files; name those that could not be built."""
    rows, failed = graphs.rows_of(names), []
    with (
        _quads_file(folder).open("a", encoding="utf-8") as out,
        (folder / f"{os.getpid()}.kept").open("a", encoding="utf-8") as kept,
    ):
        for name in names:
            try:
                written = _write_one(name, rows.get(name), out)
            except BUILD_ERRORS:
                failed.append(name)  # the projector tries again, and tells
            else:
                kept.write(_kept_line(written))
    return failed


def _quads_file(folder: Path) -> Path:
    """Give this process's file to write to: another one once the last is large."""
    number = len(list(folder.glob(f"{os.getpid()}-*.nq")))
    last = folder / f"{os.getpid()}-{number}.nq"
    if number and last.stat().st_size < FILE_BYTES:
        return last
    return folder / f"{os.getpid()}-{number + 1}.nq"


def _write_one(name: GraphName, row: Any, out: TextIO) -> Written:
    built = graphs.build_from(name, row)
    lines = canonical_lines(graph_iri(name), built.triples)
    out.writelines(lines)
    return Written(name, hash_lines(lines), len(lines), built.mentions)


def _kept_line(one: Written) -> str:
    kept = (one.name, one.digest, one.triples, sorted(one.mentions))
    return f"{json.dumps(kept)}\n"


def _read_kept(line: str) -> Written:
    name, digest, triples, mentions = json.loads(line)
    about = frozenset(GraphName(*each) for each in mentions)
    return Written(GraphName(*name), digest, triples, about)


def _state_of(files: _Files) -> GraphState:
    moment, last = timezone.now(), current_state()
    added = graphs_ = triples = 0
    for one in files.graphs():
        added += weight(graph_iri(one.name), one.digest)
        graphs_, triples = graphs_ + 1, triples + one.triples
    serial = serial_at(moment, after=last.serial if last else 0)
    return GraphState(serial, moment.isoformat(), as_digest(added), graphs_, triples)


def _record(files: _Files, state: GraphState) -> None:
    """Write down what was published, some hundred rows at a time.

    What they mention first: a graph that is known as published is looked at no more.
    """
    for some in _chunks(files.written(), CHUNK):
        _mention(some)
    now = timezone.now()
    for some in _chunks(files.graphs(), ROWS):
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
    keep(state)


def _mention(some: list[Written]) -> None:
    """Write down what these graphs mention; take away what they no longer do."""
    known = mentions_of([one.name for one in some])
    Mention.objects.bulk_create(
        (
            Mention(kind=kind, key=key, about_kind=about.kind, about_key=about.key)
            for one in some
            for kind, key in (one.name,)
            for about in sorted(one.mentions - known.get(one.name, set()))
        ),
        batch_size=ROWS,
        ignore_conflicts=True,
    )
    stale = [one for one in some if known.get(one.name, set()) - one.mentions]
    if stale:
        forget_mentions(BuiltGraph(one.name, (), one.mentions) for one in stale)


def _mark_dumps(files: _Files) -> None:
    """Dumps are written anew where something was withdrawn or narrowed."""
    if Dump.objects.exists() and _says_less(files):
        Dump.objects.update(stale_at=timezone.now())


def _says_less(files: _Files) -> bool:
    """Tell whether a published graph is gone, or one that can be narrowed is another."""
    there = 0
    for some in _chunks(files.graphs(), ROWS):
        rows = PublishedGraph.objects.filter(
            any_of((one.name for one in some), "kind", "key")
        )
        known = {
            GraphName(k, key): d
            for k, key, d in rows.values_list("kind", "key", "digest")
        }
        there += len(known)
        for one in some:
            if (
                one.name.kind in NARROWED
                and known.get(one.name, one.digest) != one.digest
            ):
                return True
    return there < PublishedGraph.objects.count()


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
