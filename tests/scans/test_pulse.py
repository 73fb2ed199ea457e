"""Progress while the engine is silent: never longer than a second without a word."""

from types import SimpleNamespace

import pytest

from scans.events import Event
from scans.pulse import Pulse


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    clock = SimpleNamespace(monotonic=lambda: now[0])
    monkeypatch.setattr("scans.pulse.time", clock)
    return now


def begun(estimate_s: float) -> Pulse:
    beat = Pulse()
    detail = {"span": [0.2, 0.6], "estimate_s": estimate_s}
    beat.hear(Event("stage-started", "surface", 0.2, 30.0, detail=detail))
    return beat


def test_a_silence_is_filled_before_a_second_is_over(clock: list[float]) -> None:
    beat = begun(4.0)
    clock[0] += 0.4
    assert beat.guess() is None
    clock[0] += 0.2
    guessed = beat.guess()
    assert guessed is not None
    assert guessed.fraction == pytest.approx(0.2 + 0.4 * 0.6 / 4)
    assert guessed.eta_s == pytest.approx(29.4)


def test_a_stage_of_unknown_length_is_heard_of_and_stands_still(
    clock: list[float],
) -> None:
    beat = begun(0.0)
    clock[0] += 1.0
    guessed = beat.guess()
    assert guessed is not None
    assert guessed.fraction == 0.2


def test_after_a_warning_it_goes_on(clock: list[float]) -> None:
    beat = begun(4.0)
    beat.hear(Event("warning", "surface", 0.3, detail={"code": "x"}))
    clock[0] += 1.0
    guessed = beat.guess()
    assert guessed is not None
    assert (guessed.kind, guessed.detail) == ("progress", {})
    assert guessed.fraction == pytest.approx(0.4)


def test_nothing_is_guessed_past_the_stage_nor_after_the_end(
    clock: list[float],
) -> None:
    beat = begun(1.0)
    clock[0] += 500.0
    guessed = beat.guess()
    assert guessed is not None
    assert guessed.fraction == pytest.approx(0.58)
    beat.hear(Event("done", fraction=1.0))
    clock[0] += 5.0
    assert beat.guess() is None
