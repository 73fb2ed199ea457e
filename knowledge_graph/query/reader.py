"""A reader process: one query at a time, on the newest snapshot, until it is killed.

Started by the owner (`pool.py`), which talks to it through an inherited socket. It imports
little, so that it starts in a few hundredths of a second.
"""

import argparse
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from knowledge_graph import store_snapshots
from knowledge_graph.errors import AnswerTooLarge, GraphError
from knowledge_graph.query import wire
from knowledge_graph.query.confine import confine
from knowledge_graph.query.evaluate import Question, evaluate

# A larger answer goes into a file. Fits into a socket's buffer, so that sending never waits.
INLINE_BYTES = 64 << 10


class Shelf:
    """The snapshot that is open, changed for the current one before each query."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lease: store_snapshots.Lease | None = None
        self._store: ox.Store | None = None

    def newest(self) -> tuple[int, ox.Store]:
        """Give the current snapshot and its number; raises `NothingPublished`."""
        lease, store = self._lease, self._store
        current = store_snapshots.read_current(self._folder)
        if lease is None or store is None or lease.number != current:
            lease, store = self._change()
        return lease.number, store

    def _change(self) -> tuple[store_snapshots.Lease, ox.Store]:
        lease = store_snapshots.lease_current(self._folder)
        store = ox.Store.read_only(str(lease.path))
        if self._lease is not None:
            self._lease.close()
        self._lease, self._store = lease, store
        return lease, store


class Spool:
    """Takes an answer: in memory while it is small, then in a file that has no name."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 closed in close()
            max_size=INLINE_BYTES
        )
        self.refusal: AnswerTooLarge | None = None

    def write(self, data: bytes) -> int:
        if self._file.tell() + len(data) > self._limit_bytes:
            self.refusal = AnswerTooLarge(limit_bytes=self._limit_bytes)
            raise self.refusal
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def message(self, header: Mapping[str, Any]) -> wire.Message:
        """Make the message that carries the answer."""
        size = self._file.tell()
        self._file.seek(0)
        header = {**header, "size": size}
        if size <= INLINE_BYTES:
            return wire.Message(header, self._file.read())
        return wire.Message(header, file=self._file.fileno())

    def close(self) -> None:
        self._file.close()


def serve(channel: socket.socket, folder: Path, answer_bytes: int) -> None:
    """Answer until the owner closes the channel."""
    shelf = Shelf(folder)
    wire.send(channel, wire.Message({"ready": True}))
    while (request := wire.receive(channel)) is not None:
        spool = Spool(answer_bytes)
        wire.send(channel, _answer(shelf, request, spool))
        spool.close()


def _answer(shelf: Shelf, request: wire.Message, spool: Spool) -> wire.Message:
    try:
        return _evaluated(shelf, request, spool)
    except GraphError as error:
        error = spool.refusal or error
        return wire.Message({"error": error.code, "facts": error.facts})


def _evaluated(shelf: Shelf, request: wire.Message, spool: Spool) -> wire.Message:
    number, store = shelf.newest()
    question = read_question(request)
    outcome = evaluate(store, question, spool)
    return spool.message(
        {
            "media_type": question.media_type,
            "form": outcome.form,
            "rows": outcome.rows,
            "truncated": outcome.truncated,
            "snapshot": str(number),
        }
    )


def read_question(request: wire.Message) -> Question:
    header = request.header
    return Question(
        text=request.body.decode(),
        media_type=header["media_type"],
        rows=header["rows"],
        default_graphs=tuple(header["default_graphs"]),
        named_graphs=tuple(header["named_graphs"]),
        base_iri=header["base_iri"],
        truncation_link=header["truncation_link"],
    )


def main() -> None:
    arguments = _parser().parse_args()
    confine(
        memory_bytes=arguments.memory_bytes,
        file_bytes=arguments.answer_bytes,
        parent=arguments.parent,
    )
    with socket.socket(fileno=arguments.channel) as channel:
        serve(channel, arguments.store, arguments.answer_bytes)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m knowledge_graph.query.reader")
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument(
        "--channel", type=int, required=True, help="inherited descriptor"
    )
    parser.add_argument("--parent", type=int, required=True, help="process to die with")
    parser.add_argument("--memory-bytes", type=int, required=True)
    parser.add_argument("--answer-bytes", type=int, required=True)
    return parser


if __name__ == "__main__":
    main()
