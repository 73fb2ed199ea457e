"""Dumps: the whole public graph in one file a month, so that what was cited can be had.

A file begins with a remark that names its state; `python -m knowledge_graph query` reads
it. What is withdrawn later is taken out of every dump: `Dump.is_stale` keeps a file from
being given out until that is done.
"""

import gzip
import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import IO, Final

import pyoxigraph as ox
from django.conf import settings
from django.utils import timezone

from heritage.catalogue.mentions import GraphName
from knowledge_graph import store_snapshots
from knowledge_graph.graph_state import GraphState, read_state
from knowledge_graph.store_terms import canonical_lines

from . import graphs
from .drift import dump_lines
from .graphs import NARROWED, graph_iri
from .models import Dump, PublishedGraph
from .states import current_state

LEVEL: Final = 6


def make_dump() -> Dump | None:
    """Write the published state into a file; None where there is none, or it is there.

    Raises `GraphError` or `OSError`.
    """
    lease = (
        None
        if settings.GRAPH_URL
        else store_snapshots.lease_current(settings.GRAPH_ROOT)
    )
    try:
        state = read_state(lease.path) if lease else current_state()
        if state is None or Dump.objects.filter(serial=state.serial).exists():
            return None
        draft = _draft(state.serial)
        with _packed(draft) as out:
            out.write(f"# {state.remark}\n".encode())
            if lease:
                store = ox.Store.read_only(str(lease.path))
                store.dump(out, ox.RdfFormat.N_QUADS)
            else:
                out.writelines(line.encode() for line in dump_lines())
    finally:
        if lease:
            lease.close()
    return _record(state, draft)


def reissue(dump: Dump) -> int:
    """Write a dump anew without what is no longer public; tell how many graphs changed.

    What is withdrawn meanwhile keeps the dump stale, and is seen to the next time.
    """
    seen, left = dump.stale_at, _Public(dump)
    draft = _draft(dump.serial)
    with gzip.open(path_of(dump)) as file, _packed(draft) as out:
        out.writelines(line for line in file if left.may_say(line))
    # Measured each time: killed after the file was replaced, the row still tells the old.
    sha512, size = _measure(draft)
    changed: dict[str, object] = {"sha512": sha512, "size_bytes": size}
    if left.removed:
        changed["removed_graphs"] = dump.removed_graphs + len(left.removed)
        changed["reissued_at"] = timezone.now()
    draft.replace(path_of(dump))
    rows = Dump.objects.filter(pk=dump.pk)
    rows.update(**changed)
    rows.filter(stale_at=seen).update(stale_at=None)
    return len(left.removed)


class _Public:
    """What may still be said of what a dump says; `removed` names graphs that lost any."""

    def __init__(self, dump: Dump) -> None:
        self.removed: set[str] = set()
        rows = PublishedGraph.objects.values_list("kind", "key")
        self._graphs = {graph_iri(GraphName(*row)) for row in rows.iterator()}
        later = rows.filter(kind__in=NARROWED, published_at__gt=dump.published_at)
        self._lines = {
            graph_iri(one.name): _lines(one)
            for one in graphs.build_many(GraphName(*row) for row in later)
        }

    def may_say(self, line: bytes) -> bool:
        graph = _graph_of(line)
        if not graph:
            return True
        said = graph in self._graphs
        if said and graph in self._lines:
            said = line.rstrip(b"\n") in self._lines[graph]
        if not said:
            self.removed.add(graph)
        return said


def _lines(one: graphs.BuiltGraph) -> set[bytes]:
    lines = canonical_lines(graph_iri(one.name), one.triples)
    return {line.rstrip("\n").encode() for line in lines}


def path_of(dump: Dump) -> Path:
    return Path(settings.DUMPS_ROOT) / dump.file_name


def _record(state: GraphState, draft: Path) -> Dump:
    sha512, size = _measure(draft)
    dump = Dump(
        serial=state.serial,
        published_at=datetime.fromisoformat(state.published_at),
        digest=state.digest,
        graphs=state.graphs,
        triples=state.triples,
        sha512=sha512,
        size_bytes=size,
        # Somebody may have withdrawn something while we wrote.
        stale_at=timezone.now(),
    )
    draft.replace(path_of(dump))
    dump.save()
    reissue(dump)
    return dump


def _draft(serial: int) -> Path:
    folder = Path(settings.DUMPS_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f".graph-{serial}.new"


def _packed(path: Path) -> IO[bytes]:
    # No time in the header: the same state gives the same bytes.
    return gzip.GzipFile(path, "wb", LEVEL, mtime=0)  # type: ignore[return-value]


def _measure(path: Path) -> tuple[str, int]:
    """Sync a file; give its SHA-512 and its bytes."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha512").hexdigest()
    return digest, path.stat().st_size


def _graph_of(line: bytes) -> str:
    """Read the graph's IRI at the end of a line of N-Quads; "" for a remark."""
    if line.startswith(b"#"):
        return ""
    return line.rstrip(b" .\n").rpartition(b" ")[2].strip(b"<>").decode()
