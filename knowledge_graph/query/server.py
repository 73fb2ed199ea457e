"""The owner process: takes questions from a Unix socket, limits them, lends readers."""

import contextlib
import fcntl
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from knowledge_graph import store_snapshots
from knowledge_graph.errors import GraphError
from knowledge_graph.query import wire
from knowledge_graph.query.accounts import Accounts
from knowledge_graph.query.kept import KeptAnswers
from knowledge_graph.query.limits import Limits
from knowledge_graph.query.pool import ReaderGone, ReaderPool, ask_once, explain

IDLE_S = 300.0  # a connection on which nobody has asked for so long is closed
SEND_S = 10.0  # answers fit into the socket's buffer; a client that is slower is stuck
GRACE_S = 3.0  # for running queries when we are told to stop
# What a kept answer is paid for: nothing is evaluated, but it is carried.
HANDING_S, BYTES_PER_S = 0.001, 50e6
TAKE_OVER_S = 2.0  # for a predecessor that was killed to be gone altogether

# What the header of every question holds; its text is the body.
ASKED_WITH = {
    "base_iri", "client", "default_graphs", "media_type", "named_graphs",
    "state_address", "timeout_s", "truncation_link",
}  # fmt: skip

logger = logging.getLogger(__name__)


class SocketInUse(Exception):
    """Another query process listens at this path."""


@dataclass(frozen=True)
class Desk:
    """What every connection needs."""

    store: Path
    pool: ReaderPool
    limits: Limits
    accounts: Accounts
    kept: KeptAnswers


@contextlib.contextmanager
def listening(path: Path) -> Iterator[socket.socket]:
    """Listen at `path`, in place of whatever a crash has left there.

    Raises `SocketInUse` while another process listens.
    """
    with _sole_owner(path), socket.socket(socket.AF_UNIX) as listener:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        path.chmod(0o660)
        listener.listen(128)
        try:
            yield listener
        finally:
            path.unlink(missing_ok=True)


class Reception:
    """Takes connections in, each served by a thread of its own."""

    def __init__(self, listener: socket.socket, desk: Desk) -> None:
        self._listener = listener
        self._desk = desk
        self._places = threading.BoundedSemaphore(desk.limits.connections)
        self._answering = 0
        self._all_answered = threading.Condition()
        self._closed = False

    def open(self) -> None:
        threading.Thread(target=self._accept, daemon=True, name="accept").start()

    def close(self, grace_s: float = GRACE_S) -> None:
        """Take no more connections, and let running queries end."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        with self._all_answered:
            self._all_answered.wait_for(lambda: self._answering == 0, grace_s)

    def _accept(self) -> None:
        while True:
            self._places.acquire()
            try:
                connection, _ = self._listener.accept()
            except OSError:
                if self._closed:
                    return
                raise
            threading.Thread(
                target=self._serve, args=[connection], daemon=True, name="client"
            ).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, contextlib.suppress(ConnectionError, TimeoutError):
                self._converse(connection)
        finally:
            self._places.release()

    def _converse(self, connection: socket.socket) -> None:
        connection.settimeout(IDLE_S)
        while (request := wire.receive(connection)) is not None:
            with self._counted():
                reply = answer(self._desk, request)
                try:
                    connection.settimeout(SEND_S)
                    wire.send(connection, reply)
                finally:
                    _close_file(reply)
            connection.settimeout(IDLE_S)

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        with self._all_answered:
            self._answering += 1
        try:
            yield
        finally:
            with self._all_answered:
                self._answering -= 1
                self._all_answered.notify_all()


def answer(desk: Desk, request: wire.Message) -> wire.Message:
    """Answer one message of a client; every refusal is an answer."""
    if request.header.get("command") == "status":
        return wire.Message(_status(desk))
    try:
        if request.header.get("command") == "check":
            desk.accounts.check(str(request.header["client"]))
            return wire.Message({})
        if request.header.get("command") == "bill":
            _bill(desk, request)
            return wire.Message({})
        if not request.header.keys() >= ASKED_WITH:
            raise wire.BrokenMessage("a question with parts missing")
        return _answer_query(desk, request)
    except GraphError as error:
        return wire.Message({"error": error.code, "facts": error.facts})


def _bill(desk: Desk, request: wire.Message) -> None:
    header = request.header
    desk.accounts.bill(str(header["client"]), float(header["seconds"]))


def _answer_query(desk: Desk, request: wire.Message) -> wire.Message:
    edition, client = desk.kept.edition(), str(request.header["client"])
    if (known := desk.kept.find(edition, request)) is not None:
        desk.accounts.check(client)
        desk.accounts.bill(client, HANDING_S + _size(known) / BYTES_PER_S)
        return known
    desk.limits.check_length(request.body)
    desk.accounts.admit(client)
    meter = _Meter()
    try:
        reply = _evaluate(desk, request, meter)
    finally:
        desk.accounts.settle(client, meter.used_s)
    desk.kept.keep(edition, request, reply)
    return reply


def _size(reply: wire.Message) -> int:
    return int(str(reply.header["size"]))


class _Meter:
    """Adds up the seconds that readers worked, not those spent waiting for one."""

    def __init__(self) -> None:
        self.used_s = 0.0

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            self.used_s += time.monotonic() - started


def _evaluate(desk: Desk, request: wire.Message, meter: _Meter) -> wire.Message:
    limit_s = desk.limits.time_for(request.header["timeout_s"])
    asked = wire.Message({**request.header, "rows": desk.limits.rows}, request.body)
    try:
        reply = _ask(desk, asked, limit_s, meter)
    except (ReaderGone, TimeoutError) as error:
        raise explain(error, desk.limits, limit_s) from error
    return wire.Message(
        {**reply.header, "seconds": round(meter.used_s, 6)}, reply.body, reply.file
    )


def _ask(
    desk: Desk, request: wire.Message, limit_s: float, meter: _Meter
) -> wire.Message:
    try:
        return _ask_a_reader(desk, request, limit_s, meter)
    except ReaderGone as error:
        if not error.was_killed_from_outside:
            raise
        # By the kernel or an operator, and a query changes nothing: try another reader.
        return _ask_a_reader(desk, request, limit_s, meter)


def _ask_a_reader(
    desk: Desk, request: wire.Message, limit_s: float, meter: _Meter
) -> wire.Message:
    reader = desk.pool.borrow(desk.limits.wait_s)
    with meter.running():
        return ask_once(desk.pool, reader, request, limit_s)


def _status(desk: Desk) -> dict[str, object]:
    number = store_snapshots.read_current(desk.store)
    return {
        "pid": os.getpid(),
        "readers": desk.pool.pids(),
        "idle": desk.pool.idle(),
        "running": desk.accounts.running(),
        "kept": len(desk.kept),
        "snapshot": "" if number is None else str(number),
    }


def _close_file(message: wire.Message) -> None:
    if message.file is not None:
        os.close(message.file)


@contextlib.contextmanager
def _sole_owner(path: Path) -> Iterator[None]:
    """Hold a lock beside the socket: a socket file itself does not tell who is alive."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        deadline = time.monotonic() + TAKE_OVER_S
        while not _locked(lock):
            if time.monotonic() > deadline:
                raise SocketInUse(f"another query process serves {path}")
            time.sleep(0.05)
        yield


def _locked(lock: IO[str]) -> bool:
    """Try to lock. An owner killed as it started a reader leaves its lock to that child
    for as long as it takes to become a program of its own."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
