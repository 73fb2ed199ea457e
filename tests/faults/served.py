"""The real processes of a museum: started, listened to, waited for."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil

from tests.faults.browser import Browser

PATIENCE_S = 180.0
SETTLES_S = 600.0  # on a machine that computes much else
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def served(session: str) -> Iterator[Browser]:
    """Start gunicorn as the Procfile does; one worker, begun anew from a loaded master."""
    command = [
        sys.executable, "-m", "gunicorn", "heritage.wsgi", "--bind", "127.0.0.1:0",
        "--worker-class", "gthread", "--workers", "1", "--threads", "4",
        "--no-control-socket", "--preload", "--log-level", "info",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        told = Listening(process.stderr)
        yield Browser(told.await_port(), session, psutil.Process(process.pid))
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(PATIENCE_S)


class Listening:
    """Reads what a server says, all of it or its pipe would fill, for its port."""

    def __init__(self, said: IO[str]) -> None:
        self._said, self._found = said, threading.Event()
        self._port, self._lines = 0, list[str]()
        threading.Thread(target=self._read, daemon=True).start()

    def await_port(self) -> int:
        if not self._found.wait(SETTLES_S) or not self._port:
            raise TimeoutError("the server does not listen: " + "".join(self._lines))
        return self._port

    def _read(self) -> None:
        for line in self._said:
            if "Listening at" in line and not self._port:
                self._port = int(line.split("127.0.0.1:")[1].split()[0])
                self._found.set()
            if not self._port:
                self._lines.append(line)
        self._found.set()  # it has ended, listening or not


def await_work(process: subprocess.Popen[bytes]) -> None:
    """Wait until a process has come so far as to open the database."""
    seen, deadline = psutil.Process(process.pid), time.monotonic() + SETTLES_S
    while time.monotonic() < deadline:
        if any(".sqlite3" in file.path for file in seen.open_files()):
            return
        wait(0.01)


@contextmanager
def ticking() -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "manage.py", "tick"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE_S)


def wait(seconds: float) -> None:
    threading.Event().wait(seconds)


def run_all(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SETTLES_S)
        if thread.is_alive():
            raise TimeoutError("a request is neither answered nor broken off")
