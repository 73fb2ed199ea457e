"""Real processes for the tests: the query process, and an engine that speaks SPARQL."""

import contextlib
import os
import select
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

from knowledge_graph.query.client import QueryClient

ROOT = Path(__file__).resolve().parents[2]
GONE_S = 120.0  # long enough for a loaded machine; a test that waits so long has failed


@contextlib.contextmanager
def query_process(
    store: Path, **options: float
) -> Iterator[tuple[QueryClient, subprocess.Popen[bytes]]]:
    """Run the query process; `time_s=2` becomes `--time-s 2`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "query.sock"
        with running(store, path, **options) as process:
            client = QueryClient(path)
            try:
                yield client, process
            finally:
                client.close()


@contextlib.contextmanager
def running(
    store: Path, path: Path, **options: float
) -> Iterator[subprocess.Popen[bytes]]:
    process = start_query_process(store, path, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(GONE_S)
        close_pipe(process)


def start_query_process(
    store: Path, path: Path, **options: float
) -> subprocess.Popen[bytes]:
    """Start the query process; whoever calls ends it."""
    # Patient and of ordinary priority: other tests may load the machine.
    options = {"time_s": GONE_S, "wait_s": GONE_S, "nice": 0, **options}
    words = [
        word
        for name, value in options.items()
        for word in (f"--{name.replace('_', '-')}", str(value))
    ]
    command = [sys.executable, "-m", "knowledge_graph.query"]
    command += ["--store", str(store), "--socket", str(path), *words]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    wait_for_line(process, b"listening")
    return process


@contextlib.contextmanager
def sparql_engine(*, union: bool = True) -> Iterator[str]:
    """Run the Oxigraph server on a free port, in memory; give its address."""
    port = free_port()
    binary = Path(sysconfig.get_path("scripts")) / "oxigraph"
    command = [str(binary), "serve", "--bind", f"127.0.0.1:{port}"]
    command += ["--union-default-graph"] if union else []
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        wait_for_line(process, b"Listening")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        close_pipe(process)


def wait_for_line(process: subprocess.Popen[bytes], words: bytes) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return
    raise AssertionError(f"the process ended with status {process.wait()}")


def close_pipe(process: subprocess.Popen[bytes]) -> None:
    assert process.stderr is not None
    process.stderr.close()


def is_gone(pid: int, timeout_s: float = GONE_S) -> bool:
    """Wait until a process that is not ours has ended."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], timeout_s)[0])
    finally:
        os.close(handle)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
