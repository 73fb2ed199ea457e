"""Captures with files of the stand-in engine, and runs from them."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from time_machine import TimeMachineFixture

from heritage.captures.actions import add_files, start_run
from heritage.captures.models import Capture, Run
from heritage.captures.worker_run import compute
from heritage.catalogue.models import Collection
from scans import child
from tests.heritage.factories import make_relic

from .tus import Sender

Later = Callable[[float], None]
STANDIN = Path(__file__).with_name("standin.py")


@pytest.fixture(autouse=True)
def standin_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "ENGINE", (sys.executable, "-I", str(STANDIN)))


@pytest.fixture
def capture(collection: Collection) -> Capture:
    made: Capture = Capture.objects.create(relic=make_relic(collection))
    return made


@pytest.fixture
def sender(client: Client, curator: User, capture: Capture) -> Sender:
    client.force_login(curator)
    return Sender(client, capture)


def item(name: str = "front.ply", text: str = "points 1") -> tuple[str, io.BytesIO]:
    return name, io.BytesIO(text.encode())


@pytest.fixture
def filled(capture: Capture, curator: User) -> Capture:
    add_files(capture, [item(), item("back.ply", "points 2")], by=curator)
    return capture


@pytest.fixture
def run(filled: Capture, curator: User) -> Run:
    return start_run(filled, by=curator)


@pytest.fixture
def work() -> Callable[..., Run]:
    """Compute a run in this process, as its worker would."""

    def do(run: Run, *, is_stopping: Callable[[], bool] = lambda: False) -> Run:
        compute(run.key, worker="test", is_stopping=is_stopping)
        run.refresh_from_db()
        return run

    return do


@pytest.fixture
def later(time_machine: TimeMachineFixture) -> Later:
    """Move the clock on by seconds; it stands still otherwise."""
    time_machine.move_to(timezone.now(), tick=False)
    return time_machine.shift
