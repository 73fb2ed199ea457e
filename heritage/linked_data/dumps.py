"""Dumps: the whole public graph in one file a month, so that what was cited can be had.

A file begins with a remark that names its state; `python -m knowledge_graph query` reads
it. What is withdrawn later is taken out of every dump: `Dump.is_stale` keeps a file from
being given out until that is done.
"""

import gzip
import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Final

import pyoxigraph as ox
from django.conf import settings
from django.utils import timezone

from heritage.catalogue.mentions import GraphName
from knowledge_graph import store_snapshots
from knowledge_graph.graph_state import GraphState, read_state

from .drift import dump_lines
from .graphs import graph_iri
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
                out.writelines(f"{line}\n".encode() for line in dump_lines())
    finally:
        if lease:
            lease.close()
    return _record(state, draft)


def reissue(dump: Dump) -> int:
    """Write a dump anew without the graphs that are no longer public; tell how many."""
    public = _public_graphs()
    removed: set[str] = set()
    draft = _draft(dump.serial)
    with gzip.open(path_of(dump)) as file, _packed(draft) as out:
        for line in file:
            graph = _graph_of(line)
            if graph and graph not in public:
                removed.add(graph)
            else:
                out.write(line)
    if removed:
        dump.removed_graphs += len(removed)
        dump.reissued_at = timezone.now()
        dump.sha512, dump.size_bytes = _measure(draft)
    draft.replace(path_of(dump))
    dump.is_stale = False
    dump.save()
    return len(removed)


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
        is_stale=True,
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


def _public_graphs() -> set[str]:
    rows: Iterator[tuple[str, str]] = PublishedGraph.objects.values_list(
        "kind", "key"
    ).iterator()
    return {graph_iri(GraphName(kind, key)) for kind, key in rows}
