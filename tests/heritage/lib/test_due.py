"""One function that fails ends neither the others nor the tick."""

import pytest

from heritage.lib import due


def broken() -> int:
    raise ValueError("a fault of ours")


def sound() -> int:
    return 3


def test_a_fault_in_one_room_leaves_the_others_at_work(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    functions = {"broken": broken, "sound": sound}
    monkeypatch.setattr(due, "due_functions", lambda: functions)
    assert due.bring_about() == {"sound": 3}
    assert "broken failed" in caplog.text
