"""A reader process: one query at a time, on the newest snapshot, until it is killed.

Started by the owner (`pool.py`), which talks to it through an inherited socket. It imports
little, so that it starts in a few hundredths of a second.
"""

import argparse
import socket
from pathlib import Path

import pyoxigraph as ox

from knowledge_graph import store_snapshots
from knowledge_graph.errors import GraphError
from knowledge_graph.graph_state import GraphState, read_state
from knowledge_graph.query import wire
from knowledge_graph.query.confine import confine
from knowledge_graph.query.evaluate import Question, evaluate
from knowledge_graph.query.spool import INLINE_BYTES, Spool


class Shelf:
    """The snapshot that is open, changed for the current one before each query."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lease: store_snapshots.Lease | None = None
        self._store: ox.Store | None = None
        self.state: GraphState | None = None  # of what is open

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
        self.state = read_state(lease.path)
        return lease, store


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
    question = _read_question(request, shelf.state)
    outcome = evaluate(store, question, spool)
    header = {
        **outcome.header(question.media_type),
        "snapshot": str(number),
        "state": shelf.state and vars(shelf.state),
        "size": spool.size,
    }
    return _message(spool, header)


def _message(spool: Spool, header: dict[str, object]) -> wire.Message:
    if spool.size <= INLINE_BYTES:
        return wire.Message(header, spool.rewound().read())
    return wire.Message(header, file=spool.rewound().fileno())


def _read_question(request: wire.Message, state: GraphState | None) -> Question:
    header = request.header
    return Question(
        text=request.body.decode(errors="replace"),
        media_type=header["media_type"],
        rows=header["rows"],
        default_graphs=tuple(header["default_graphs"]),
        named_graphs=tuple(header["named_graphs"]),
        base_iri=header["base_iri"],
        truncation_link=header["truncation_link"],
        state=state,
        state_address=header["state_address"],
    )


def main() -> None:
    arguments = _parser().parse_args()
    confine(
        memory_bytes=arguments.memory_bytes,
        file_bytes=arguments.answer_bytes,
        nice=arguments.nice,
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
    parser.add_argument("--nice", type=int, required=True)
    return parser


if __name__ == "__main__":
    main()
