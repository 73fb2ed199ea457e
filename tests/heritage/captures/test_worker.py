"""What a worker does when it is asked to end."""

import signal
from collections.abc import Iterator
from unittest.mock import MagicMock, Mock

import pytest
from django.db import transaction

from heritage.captures import bell
from heritage.captures import worker as worker_loop
from heritage.captures.heartbeat import beat, say_goodbye
from heritage.captures.models import Heartbeat
from heritage.captures.worker import database_worker
from heritage.captures.worker_state import THIS_WORKER


@pytest.fixture
def signals() -> Iterator[None]:
    """Put back what a worker sets, so that the tests themselves can be ended."""
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    yield
    THIS_WORKER.stopping.clear()
    for one, handler in before.items():
        signal.signal(one, handler)


@pytest.mark.django_db
@pytest.mark.usefixtures("signals")
def test_a_signal_breaks_no_transaction_off() -> None:
    worker = database_worker("quick", until_empty=False)
    worker.configure_signals()
    with transaction.atomic():
        beat("quick", "quick@here:1")
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        say_goodbye("quick@here:1")
    assert not Heartbeat.objects.exists()
    assert THIS_WORKER.stopping.is_set()
    assert not worker.running


@pytest.mark.parametrize("queue", ["quick", "heavy"])
def test_what_makes_clouds_sweeps_them_each_minute(
    queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeps = {"quick": Mock(), "heavy": Mock()}
    monkeypatch.setattr(worker_loop, "_beat", lambda queue: None)
    monkeypatch.setattr(worker_loop, "sweep_clouds", sweeps["quick"])
    monkeypatch.setattr(bell, "sweep", sweeps["heavy"])
    turns = round(2 * worker_loop.CLOUDS_SWEEP_S / worker_loop.BEAT_EVERY_S)
    over = Mock(wait=Mock(side_effect=[False] * turns + [True]))
    worker_loop._beat_and_sweep(over, queue)
    assert (sweeps["quick"].call_count == 2) is (queue == "quick")
    assert sweeps["heavy"].called is (queue == "heavy")


@pytest.mark.django_db
@pytest.mark.usefixtures("signals")
def test_what_makes_clouds_sweeps_them_first(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Mock(side_effect=OSError("the disk is away"), __name__="sweep_clouds")
    monkeypatch.setattr(worker_loop, "sweep_clouds", asked)
    monkeypatch.setattr(worker_loop, "connection", Mock())
    monkeypatch.setattr(worker_loop, "_beside", MagicMock())
    monkeypatch.setattr(worker_loop, "_work_on_database", asked.work)
    monkeypatch.setattr(THIS_WORKER, "name", "nobody")
    worker_loop.work("quick", until_empty=True)
    assert [call[0] for call in asked.mock_calls] == ["", "work"]
