"""Ask the query process: a synchronous client for many threads, standard library only."""

import contextlib
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol

from knowledge_graph.errors import (
    QueryServiceDown,
    QueryTimedOut,
    QueryTooLong,
    refusal,
)
from knowledge_graph.graph_state import GraphState
from knowledge_graph.query import wire
from knowledge_graph.query.limits import Limits

CHUNK_BYTES = 64 << 10
CONNECT_S = 5.0
# The owner keeps to its own limits; this only ends the wait for one that has hung.
SLACK_S = 10.0


class Answer:
    """An answer: iterate over it for the bytes, once; close it if you do not."""

    def __init__(self, header: Mapping[str, Any], source: IO[bytes] | bytes) -> None:
        self.media_type: str = header["media_type"]
        self.truncated: bool = header["truncated"]
        self.snapshot: str = header["snapshot"]
        self.rows: int = header["rows"]
        self.size: int = header["size"]
        self.seconds: float = header["seconds"]
        # How the query was read where not as it stands, and what it could ask instead.
        self.notes: tuple[str, ...] = tuple(header.get("notes", ()))
        state = header.get("state")  # none where a store was published without
        self.state = GraphState(**state) if state else None
        self._source = source

    @property
    def file(self) -> IO[bytes] | None:
        """Give the file that a long answer is; a server can send it without reading it."""
        return None if isinstance(self._source, bytes) else self._source

    def __iter__(self) -> Iterator[bytes]:
        if isinstance(self._source, bytes):
            yield self._source
            return
        with self._source as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    def read(self) -> bytes:
        return b"".join(self)

    def close(self) -> None:
        if not isinstance(self._source, bytes):
            self._source.close()

    def __enter__(self) -> "Answer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Queries(Protocol):
    """What serves a SPARQL endpoint needs; local and remote clients give it."""

    def ask(
        self,
        text: str,
        *,
        media_type: str,
        client: str,
        timeout_s: float | None = None,
        default_graphs: tuple[str, ...] = (),
        named_graphs: tuple[str, ...] = (),
        base_iri: str | None = None,
        truncation_link: str = "",
        state_address: str = "",
    ) -> Answer:
        """Answer a query.

        Raises `QueryRefused` (its subclasses name the causes), `QueryTimedOut` or
        `QueryServiceDown`.
        """

    def check(self, client: str) -> None:
        """Raises `TooManyAtOnce` or `OverBudget` where this client may not ask now."""

    def bill(self, client: str, seconds: float) -> None:
        """Count what was done for a client before its query was asked."""


class QueryClient:
    """Asks the query process at a Unix socket; each thread keeps a connection open."""

    def __init__(self, socket_path: Path | str) -> None:
        self._path = str(socket_path)
        self._local = threading.local()

    def ask(
        self,
        text: str,
        *,
        media_type: str,
        client: str,
        timeout_s: float | None = None,
        default_graphs: tuple[str, ...] = (),
        named_graphs: tuple[str, ...] = (),
        base_iri: str | None = None,
        truncation_link: str = "",
        state_address: str = "",
    ) -> Answer:
        header = {
            "media_type": media_type,
            "client": client,
            "timeout_s": timeout_s,
            "default_graphs": default_graphs,
            "named_graphs": named_graphs,
            "base_iri": base_iri,
            "truncation_link": truncation_link,
            "state_address": state_address,
        }
        reply = self._exchange(_message(header, text), timeout_s)
        return _read_answer(reply)

    def check(self, client: str) -> None:
        message = wire.Message({"command": "check", "client": client})
        _refuse(self._exchange(message, None))

    def bill(self, client: str, seconds: float) -> None:
        told = {"command": "bill", "client": client, "seconds": seconds}
        _refuse(self._exchange(wire.Message(told), None))

    def status(self) -> dict[str, Any]:
        """Give the owner's pid, its readers', how many of them idle, how many queries
        run or wait, how many answers are kept, and the current snapshot."""
        return dict(self._exchange(wire.Message({"command": "status"}), None).header)

    @property
    def address(self) -> str:
        return self._path

    def close(self) -> None:
        """Close this thread's connection."""
        self._local.connection = None

    def _exchange(self, message: wire.Message, timeout_s: float | None) -> wire.Message:
        limits = Limits()
        patience_s = (timeout_s or limits.longest_time_s) + limits.wait_s + SLACK_S
        connection, is_fresh = self._connection()
        try:
            return _converse(connection, message, patience_s)
        except TimeoutError:
            self.close()
            raise QueryTimedOut(limit_s=patience_s) from None
        except ConnectionError:
            self.close()
            if is_fresh:
                raise QueryServiceDown(address=self._path) from None
        # The owner has closed an idle connection or was restarted: once more, afresh.
        return self._exchange(message, timeout_s)

    def _connection(self) -> tuple[socket.socket, bool]:
        """Give this thread's connection, and whether it was opened just now."""
        held: _Connection | None = getattr(self._local, "connection", None)
        if held is not None and held.pid == os.getpid():
            return held.socket, False
        fresh = _Connection(self._path)
        self._local.connection = fresh
        return fresh.socket, True


class _Connection:
    """Closed when its thread ends or lets go of it.

    It knows the process that opened it: after a fork, two would read from it.
    """

    def __init__(self, path: str) -> None:
        self.pid = os.getpid()
        self.socket = _connect(path)

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError):  # It may not have come to be opened.
            self.socket.close()


def _message(header: Mapping[str, Any], text: str) -> wire.Message:
    body = text.encode("utf-8", errors="replace")
    if len(body) > wire.LONGEST:
        raise QueryTooLong(limit_bytes=Limits().query_bytes)
    return wire.Message(header, body)


def _connect(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(CONNECT_S)
    try:
        connection.connect(path)
    except OSError as error:
        connection.close()
        raise QueryServiceDown(address=path) from error
    return connection


def _converse(
    connection: socket.socket, message: wire.Message, patience_s: float
) -> wire.Message:
    connection.settimeout(patience_s)
    wire.send(connection, message)
    reply = wire.receive(connection)
    if reply is None:
        raise wire.BrokenMessage("closed before it answered")
    return reply


def _refuse(reply: wire.Message) -> None:
    if "error" in reply.header:
        raise refusal(reply.header["error"], reply.header["facts"])


def _read_answer(reply: wire.Message) -> Answer:
    _refuse(reply)
    if reply.file is None:
        return Answer(reply.header, reply.body)
    return Answer(reply.header, os.fdopen(reply.file, "rb"))
