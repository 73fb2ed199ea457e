"""Run the scan engine in a child process with limits, and hear what it says.

Standard library only: the web process may import this. The engine parses untrusted files
and may crash, swell or hang; all of that ends here as one of three exceptions.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from scans.events import Event
from scans.pulse import Pulse

REFUSED = 2  # exit code after an `error` event
LOOK_EVERY_S = 0.2
TAIL_BYTES = 4000
ENGINE = (sys.executable, "-m", "scans")
# What C++, Python, OpenMP and the kernel say when RLIMIT_AS is reached.
MEMORY_WORDS = (
    "MemoryError",
    "bad_alloc",
    "Cannot allocate memory",
    "Thread creation failed",
    "failed to map segment",
    "out of memory",
)


@dataclass(frozen=True)
class Limits:
    """What a child may use; zero leaves one unlimited.

    stage_s : wall time of any one stage; memory is the same for all of them
    """

    memory_bytes: int
    wall_s: float
    cpu_s: float
    file_bytes: int
    stage_s: float = 0.0


class ChildRefused(Exception):
    """The engine looked at the input and said why it will not go on."""

    def __init__(self, code: str, facts: dict[str, str | int | float], message: str):
        super().__init__(message)
        self.code = code
        self.facts = facts
        self.message = message


class ChildCrashed(Exception):
    """The child ended without a reason of its own: crash, kill, or a limit."""

    SENTENCES = {
        "memory": "The work needed more memory than it may use and was stopped{where}. "
        "Take fewer or thinner scans, or allow more memory.",
        "time": "The work took longer than it may and was stopped{where}. "
        "Take fewer or thinner scans, or allow more time.",
        "": "The engine ended unexpectedly{where} (exit code {exit_code}). Leave out the "
        "file it was working on, or export it in another format.",
    }

    def __init__(
        self, exit_code: int, log_tail: str, *, limit: str = "", stage: str = ""
    ):
        where = f" in the stage “{stage}”" if stage else ""
        sentence = self.SENTENCES[limit]
        super().__init__(sentence.format(exit_code=exit_code, where=where))
        self.exit_code = exit_code
        self.log_tail = log_tail
        self.limit = limit
        self.stage = stage


class ChildStopped(Exception):
    """should_stop() said so; nothing of the child survives."""


def run_engine(
    arguments: Sequence[str],
    *,
    limits: Limits,
    on_event: Callable[[Event], None],
    should_stop: Callable[[], bool],
    log: Path,
) -> None:
    """Run `python -m scans ARGUMENTS --events` to its end.

    Raises ChildRefused, ChildCrashed or ChildStopped; returns after a `done`.
    """
    with log.open("ab") as log_file:
        start = log_file.tell()
        child = _start([*arguments, "--events"], limits=limits, log_file=log_file)
        watch = _Watch(child, limits, on_event, should_stop)
        try:
            code = watch.follow()
        finally:
            _end_group(child)
    if watch.error is not None and code == REFUSED and not watch.limit:
        _raise_refused(watch.error, log_tail=_tail(log, start), stage=watch.stage)
    if code != 0 or watch.limit:
        tail = _tail(log, start)
        limit = watch.limit or _limit_told(code, tail)
        raise ChildCrashed(code, tail, limit=limit, stage=watch.stage)


def leashed(
    command: Sequence[str],
    *,
    memory_bytes: int = 0,
    cpu_s: float = 0,
    file_bytes: int = 0,
) -> list[str]:
    """Wrap a command (first word: an absolute path) so that it dies with its parent.

    For grandchildren such as Node: killing the engine alone would leave them behind.
    A `memory_bytes` above the engine's own lifts the soft limit for the command.
    """
    limits = {
        "parent": os.getpid(),
        "memory_bytes": memory_bytes,
        "cpu_s": int(cpu_s),
        "file_bytes": file_bytes,
    }
    leash = str(Path(__file__).with_name("leash.py"))
    return [sys.executable, "-I", leash, json.dumps(limits), *command]


class _Watch:
    """Follows one child: its lines, its limits, and the wish to stop."""

    def __init__(
        self,
        child: subprocess.Popen[bytes],
        limits: Limits,
        on_event: Callable[[Event], None],
        should_stop: Callable[[], bool],
    ) -> None:
        self.child = child
        self.limits = limits
        self.on_event = on_event
        self.should_stop = should_stop
        self.error: Event | None = None
        self.limit = ""
        self.stage = ""
        self.started = self.stage_started = time.monotonic()
        self.pulse = Pulse()

    def follow(self) -> int:
        """Pass events on until the child has ended; give its exit code."""
        looked = 0.0
        for line in self._lines():
            if line is not None:
                self._hear(line)
            elif (guess := self.pulse.guess()) is not None:
                self.on_event(guess)
            if time.monotonic() - looked < LOOK_EVERY_S:
                continue
            looked = time.monotonic()
            if self.should_stop():
                raise ChildStopped
            if self._over_limit():
                break
        if self.limit:
            _end_group(self.child)
        return self.child.wait()

    def _lines(self) -> Iterator[bytes | None]:
        """Lines of stdout as they come, and None at least every LOOK_EVERY_S."""
        pipe = cast("IO[bytes]", self.child.stdout)
        os.set_blocking(pipe.fileno(), False)
        rest = b""
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while True:
                # Asked first: what was written before the end is still read after it.
                ended = self.child.poll() is not None
                chunk = pipe.read() if selector.select(LOOK_EVERY_S) else None
                # A grandchild may hold the pipe open for ever: its end is not awaited.
                if chunk == b"" or (ended and chunk is None):
                    return
                *lines, rest = (rest + (chunk or b"")).split(b"\n")
                yield from lines
                yield None

    def _hear(self, line: bytes) -> None:
        try:
            event = Event.from_line(line.decode("utf-8", "replace"))
        except (ValueError, TypeError):
            return  # not ours: a library wrote to stdout
        if event.kind == "error":
            self.error = event
        if event.kind == "stage-started":
            self.stage, self.stage_started = event.stage, time.monotonic()
        self.on_event(self.pulse.hear(event))

    def _over_limit(self) -> bool:
        now = time.monotonic()
        if _passed(self.limits.wall_s, now - self.started) or _passed(
            self.limits.stage_s, now - self.stage_started
        ):
            self.limit = "time"
        elif self.limits.memory_bytes and (
            group_bytes(self.child.pid) > self.limits.memory_bytes
        ):
            self.limit = "memory"
        return bool(self.limit)


def _passed(limit: float, value: float) -> bool:
    return bool(limit) and value > limit


def group_bytes(group: int) -> int:
    """Resident memory of all processes of one group (0 where there is no /proc)."""
    page = os.sysconf("SC_PAGE_SIZE")
    return sum(_resident_pages(process) for process in _members(group)) * page


def _members(group: int) -> Iterator[int]:
    """Processes of a group: asked one by one, for reading of each would take longer."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getpgid(int(folder.name)) == group:
                yield int(folder.name)


def _resident_pages(process: int) -> int:
    try:
        stat = Path(f"/proc/{process}/stat").read_text(errors="replace")
    except OSError:
        return 0  # it has just ended
    # The name in brackets may hold blanks; what follows it does not.
    return int(stat.rpartition(")")[2].split()[21])


def _start(
    arguments: list[str], *, limits: Limits, log_file: IO[bytes]
) -> subprocess.Popen[bytes]:
    leash = {
        "parent": os.getpid(),
        "nice": 10,
        "memory_bytes": limits.memory_bytes,
        "cpu_s": int(limits.cpu_s + 0.999),
        "file_bytes": limits.file_bytes,
    }
    command = [
        sys.executable,
        "-I",
        str(Path(__file__).with_name("leash.py")),
        json.dumps(leash),
        *ENGINE,
        *arguments,
    ]
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log_file,
        env=_environment(),
        start_new_session=True,
    )


def _environment() -> dict[str, str]:
    home = str(Path(__file__).resolve().parents[1])
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    # glibc gives each thread a 64 MB arena of address space: RLIMIT_AS counts it.
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(paths),
        "MALLOC_ARENA_MAX": "2",
        "PYTHONUNBUFFERED": "1",
    }


def _end_group(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    if child.stdout:
        child.stdout.close()


def _raise_refused(error: Event, *, log_tail: str, stage: str) -> None:
    code = str(error.detail.get("code", "scan-error"))
    message = str(error.detail.get("message", ""))
    if code == "memory-limit":
        raise ChildCrashed(REFUSED, log_tail, limit="memory", stage=stage)
    raise ChildRefused(code, dict(error.detail.get("facts", {})), message)


def _limit_told(code: int, log_tail: str) -> str:
    if code == -signal.SIGXCPU:
        return "time"
    if any(word in log_tail for word in MEMORY_WORDS):
        return "memory"
    return ""


def _tail(log: Path, start: int) -> str:
    with log.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(start, end - TAIL_BYTES))
        return file.read().decode("utf-8", "replace")
