"""Killed, or on a full disk, at any moment, the archive loses nothing it accepted."""

from pathlib import Path

import pytest

from .driven import drive

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

SEED = 20261121


@pytest.mark.parametrize(("fault", "times"), [("kill", 200), ("full", 60)])
def test_stopped_at_any_moment_nothing_accepted_is_lost(
    tmp_path: Path, fault: str, times: int
) -> None:
    told = drive(tmp_path, "tests.faults.driver", fault, str(times), str(SEED))
    assert told["faults"] == []
    # A full replica stops nobody: it is logged, and filled another time. Nor is an
    # erasure stopped by a full disk, which writes next to nothing.
    assert told["outcome"]["stopped"] > times * (0.8 if fault == "kill" else 0.3)
    assert min(told["moments"].values()) >= 10
