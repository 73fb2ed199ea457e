"""A whole museum in a folder, with a process that answers questions about it.

For tests that kill workers: the database is a real one (a file, or PostgreSQL), and so
are the worker processes. They are forked from the answering process, which has Django
set up: a new interpreter for each would take longer than the tests themselves.
"""

import multiprocessing
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.prepared import lay_database

from . import puppet

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 300.0  # for a machine under load; a sound one needs a few seconds
LOOK_EVERY_S = 0.02
T = TypeVar("T")


class Museum:
    """Its environment, its worker processes, and a process that knows its records."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.folder = folder
        self.gates = folder / "gates"
        self.gates.mkdir(parents=True, exist_ok=True)
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "heritage.settings",
            "HERITAGE_DATA": str(folder),
            "HERITAGE_SWEEP_S": "0.2",
            "HERITAGE_LOG_LEVEL": "INFO",
            "STANDIN_GATES": str(self.gates),
            **environment,
        }
        self.pool: ProcessPoolExecutor | None = None

    def found(self) -> None:
        if not self.environment.get("HERITAGE_DATABASE_URL"):
            lay_database(self.folder)
        self.ask(puppet.found_museum)

    def tidy(self) -> None:
        """Leave nothing of one test for the next."""
        self.ask(puppet.cancel_all)
        for path in self.gates.iterdir():
            path.unlink()

    def ask(self, question: Callable[..., T], *arguments: Any) -> T:
        """Call a function of puppet.py in the process that has this museum's records."""
        if self.pool is None:
            with _environment(self.environment):
                self.pool = ProcessPoolExecutor(
                    1,
                    mp_context=multiprocessing.get_context("spawn"),
                    # Whatever it is asked later may import models.
                    initializer=puppet.be_ready,
                )
                # The environment is read when the process starts, which is now.
                self.pool.submit(os.getpid).result()
        return self.pool.submit(question, *arguments).result()

    @contextmanager
    def process(self, *words: str) -> Iterator["Process"]:
        """Start a management command; it is killed at the end if it still runs."""
        log = str(self.folder / "processes.log")
        process = Process(self, self.ask(puppet.fork_command, log, *words))
        try:
            yield process
        finally:
            process.kill()

    def worker(self, *words: str) -> Any:
        return self.process("work", *(words or ("--queue", "heavy")))

    def hold(self, stage: str) -> None:
        """Let the stand-in wait in this stage until it is let go."""
        (self.gates / f"{stage}.reached").unlink(missing_ok=True)
        (self.gates / f"{stage}.hold").touch()

    def let_go(self, stage: str) -> None:
        (self.gates / f"{stage}.hold").unlink()

    def await_stage(self, stage: str, run: str) -> int:
        """Wait until the run is seen in this stage; give the process id of its engine."""
        reached = self.gates / f"{stage}.reached"
        await_that(lambda: reached.exists() and reached.read_text() != "", self.log)
        await_that(lambda: self.ask(puppet.look, run)["stage"] == stage, self.log)
        return int(reached.read_text())

    def await_state(self, state: str, run: str) -> None:
        await_that(lambda: self.ask(puppet.look, run)["state"] == state, self.log)

    def log(self) -> str:
        path = self.folder / "processes.log"
        return path.read_text() if path.exists() else "no process was started"

    def close(self) -> None:
        if self.pool is not None:
            self.pool.shutdown()
        self.pool = None


@dataclass
class Process:
    """A process of a museum, reaped by the one that it was forked from."""

    museum: Museum
    pid: int
    code: int | None = None

    def kill(self) -> None:
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            self.code = self.museum.ask(puppet.reap, self.pid)

    def stop(self) -> int:
        """Ask it to end, and give its exit code.

        It is heard a moment before it listens: until then the signal would kill it.
        """
        await_that(lambda: listens_for(signal.SIGTERM, self.pid), self.museum.log)
        os.kill(self.pid, signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Wait until it ends by itself; give its exit code."""
        await_that(lambda: not is_alive(self.pid), self.museum.log)
        self.code = self.museum.ask(puppet.reap, self.pid)
        return self.code


def await_that(is_so: Callable[[], bool], tell: Callable[[], str] = str) -> None:
    """Look until it is so; a test that waits in vain fails with what `tell` gives."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, tell()
        time.sleep(LOOK_EVERY_S)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that is dead and not yet reaped does not."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return words[0] not in {"Z", "X"}


def listens_for(number: int, pid: int) -> bool:
    """Tell whether a process has a handler of its own for a signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    (caught,) = re.findall(r"^SigCgt:\s*(\w+)", status, re.MULTILINE)
    return bool(int(caught, 16) >> (number - 1) & 1)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
