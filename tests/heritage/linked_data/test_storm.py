"""Ten thousand random edits while projector, query process and readers are killed.

A few such kills are in make test: `test_end_to_end.py`.
"""

import contextlib
import os
import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.prepared import lay_database

from .conftest import wait_until
from .folder import Folder

EDITS = 10_000
SOME = 500
START_S = (
    600.0  # the storm runs for long beside other work, which may have the processors
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    lay_database(tmp_path)
    folder = Folder(tmp_path)
    folder.manage("migrate", "--verbosity=0")
    yield folder
    folder.stop()


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param(SOME, marks=pytest.mark.thorough),
        pytest.param(EDITS, marks=pytest.mark.faults),
    ],
)
def test_it_ends_without_drift(folder: Folder, edits: int) -> None:
    chance = random.Random(edits)  # noqa: S311 - the same victims every time
    driver = "tests.heritage.linked_data.driver"
    work = folder.start("-m", driver, "storm", str(edits))
    kills = 0
    while work.poll() is None or kills < 3:
        kills += _serve_and_kill(folder, chance, work)
    assert work.returncode == 0
    told = folder.drive("look-for-drift")
    assert told["drift"] == []


def _serve_and_kill(
    folder: Folder, chance: random.Random, work: subprocess.Popen[bytes]
) -> int:
    """Run projector and query process for a while; end some of them without a word."""
    socket = folder.path / "query.sock"
    socket.unlink(missing_ok=True)
    projector = folder.start("manage.py", "project_graph")
    queries = folder.start("manage.py", "answer_queries")
    _wait_for(socket, queries)
    _wait_for(folder.path / "graph" / "current", projector)
    with_readers = chance.random() < 0.5
    with contextlib.suppress(subprocess.TimeoutExpired):  # the work may end before
        work.wait(timeout=chance.uniform(0.5, 3.0))
    if with_readers:
        for reader in _children(queries.pid):
            _kill(reader)
    for process in (projector, queries):
        process.kill()
        process.wait(timeout=120)
    return 1


def _wait_for(path: Path, owner: subprocess.Popen[bytes]) -> None:
    """Wait until a process has made its file; one that has ended is not waited for."""
    wait_until(
        lambda: path.exists() or owner.poll() is not None,
        f"{owner.args!r} to make {path.name}",
        patience_s=START_S,
    )
    assert owner.poll() is None, f"{owner.args!r} ended with {owner.returncode}"


def _children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in told.read_text().split()]


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # its owner may have ended it
        os.kill(pid, signal.SIGKILL)
