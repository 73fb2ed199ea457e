"""The owner's side of the readers: start, lend, kill and replace them."""

import contextlib
import logging
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import knowledge_graph
from knowledge_graph.errors import (
    QueryCrashed,
    QueryError,
    QueryOutOfMemory,
    QueryTimedOut,
    ReadersBusy,
)
from knowledge_graph.query import wire
from knowledge_graph.query.limits import Limits

START_S = 30.0  # even on a machine under full load, at nice 19
RETRY_START_S = 1.0
VACANCY, STOP = "vacancy", "stop"  # what the main thread is told
PACKAGE_ROOT = Path(knowledge_graph.__file__).parents[1]
# What Rust, C++ and Python say last when they are refused memory.
OUT_OF_MEMORY = (
    b"memory allocation of",
    b"bad_alloc",
    b"MemoryError",
    b"Cannot allocate",
)

logger = logging.getLogger(__name__)


class ReaderGone(Exception):
    """The reader died under a query; `status` is its exit status, negative for a signal."""

    def __init__(self, status: int, last_words: bytes) -> None:
        super().__init__(f"reader ended with status {status}")
        self.status = status
        self.last_words = last_words

    @property
    def was_killed_from_outside(self) -> bool:
        return self.status == -signal.SIGKILL


class Reader:
    """One reader process. Start it from the main thread: it dies with its thread."""

    def __init__(self, store: Path, limits: Limits) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 closed in end()
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 ourselves
                _command(store, limits, theirs.fileno()),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stderr=self._errors,
                env={**os.environ, **_environment()},
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Raises `ReaderGone` or `TimeoutError`."""
        self._receive(START_S)

    def ask(self, request: wire.Message, limit_s: float) -> wire.Message:
        """Raises `TimeoutError`, or `ReaderGone`; either way the reader is of no more use."""
        try:
            wire.send(self._channel, request)
        except ConnectionError:
            raise self._gone() from None
        return self._receive(limit_s)

    def end(self) -> None:
        """Kill the process, and return only when it is gone."""
        self._process.kill()
        self._process.wait()
        self._channel.close()
        self._errors.close()

    def _receive(self, limit_s: float) -> wire.Message:
        self._channel.settimeout(limit_s)
        try:
            reply = wire.receive(self._channel)
        except ConnectionError:
            reply = None
        if reply is None:
            raise self._gone()
        return reply

    def _gone(self) -> ReaderGone:
        status = self._process.wait()
        self._errors.seek(0)
        return ReaderGone(status, self._errors.read()[-2000:])


class ReaderPool:
    """So many readers, each lent to one query at a time."""

    def __init__(self, start: Callable[[], Reader], size: int) -> None:
        self._start = start
        self._size = size
        self._idle: queue.LifoQueue[Reader] = queue.LifoQueue()
        self._vacancies: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._readers: set[Reader] = set()
        self._stopping = threading.Event()

    def run(self) -> None:
        """Keep the pool full until `stop`; the main thread does this."""
        for _ in range(self._size):
            self._vacancies.put(VACANCY)
        while self._vacancies.get() != STOP:
            reader = self._started()
            if reader is not None:
                self._idle.put(reader)

    def stop(self) -> None:
        """Let `run` return; a signal handler may call it."""
        self._stopping.set()
        self._vacancies.put(STOP)

    def end_readers(self) -> None:
        for reader in list(self._readers):
            reader.end()

    def pids(self) -> list[int]:
        return [reader.pid for reader in list(self._readers)]

    def idle(self) -> int:
        return self._idle.qsize()

    def borrow(self, wait_s: float) -> Reader:
        """Raises `ReadersBusy` when none comes free."""
        try:
            return self._idle.get(timeout=wait_s)
        except queue.Empty:
            raise ReadersBusy(retry_after_s=max(1, round(wait_s))) from None

    def give_back(self, reader: Reader) -> None:
        self._idle.put(reader)

    def replace(self, reader: Reader) -> None:
        """End a reader and have another started."""
        self._readers.discard(reader)
        reader.end()
        self._vacancies.put(VACANCY)

    def _started(self) -> Reader | None:
        while not self._stopping.is_set():
            reader = self._start()
            self._readers.add(reader)
            with contextlib.suppress(ReaderGone, TimeoutError):
                reader.wait_until_ready()
                return reader
            logger.error("a query reader did not start; trying again")
            self._readers.discard(reader)
            reader.end()
            self._stopping.wait(RETRY_START_S)
        return None


def ask_once(
    pool: ReaderPool, reader: Reader, request: wire.Message, limit_s: float
) -> wire.Message:
    """Ask a borrowed reader, and give it back or replace it."""
    try:
        reply = reader.ask(request, limit_s)
    except BaseException:
        pool.replace(reader)
        raise
    pool.give_back(reader)
    return reply


def explain(
    error: ReaderGone | TimeoutError, limits: Limits, limit_s: float
) -> QueryError:
    """Say to a client what became of its query."""
    if isinstance(error, TimeoutError):
        return QueryTimedOut(limit_s=limit_s)
    if any(words in error.last_words for words in OUT_OF_MEMORY):
        return QueryOutOfMemory(limit_bytes=limits.memory_bytes)
    logger.error("%s: %s", error, error.last_words.decode(errors="replace"))
    return QueryCrashed(cause=_cause(error.status))


def _cause(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"status {status}"


def _command(store: Path, limits: Limits, channel: int) -> list[str]:
    options = {
        "--store": str(store),
        "--channel": str(channel),
        "--parent": str(os.getpid()),
        "--memory-bytes": str(limits.memory_bytes),
        "--answer-bytes": str(limits.answer_bytes),
        "--nice": str(limits.nice),
    }
    words = [word for option in options.items() for word in option]
    return [sys.executable, "-m", "knowledge_graph.query.reader", *words]


def _environment() -> dict[str, str]:
    inherited = os.environ.get("PYTHONPATH", "")
    return {
        "PYTHONPATH": os.pathsep.join(filter(None, [str(PACKAGE_ROOT), inherited])),
        # glibc sets aside 128 MB of address space for each thread that allocates. The
        # engine's three threads at once took a reader over its limit as it started.
        "MALLOC_ARENA_MAX": "1",
    }
