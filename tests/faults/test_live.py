"""Real web and tick processes, killed at random moments; connections cut; races."""

from pathlib import Path
from typing import Any

import pytest

from .driven import drive

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("processes")]

SEED = 20261121
FEW = 3
MANY = [("web", 160), ("tick", 40), ("cut", 100), ("race", 10)]


def run(folder: Path, kind: str, times: int) -> dict[str, Any]:
    (folder / "drop").mkdir()
    return drive(
        folder, "tests.faults.live", kind, str(times), str(SEED),
        HERITAGE_DROP_FOLDER=str(folder / "drop"), HERITAGE_TICK_S="0.2",
    )  # fmt: skip


def test_a_few_times(tmp_path: Path) -> None:
    told = run(tmp_path, "some", FEW)
    assert told["faults"] == []
    assert sum(told["outcome"].values()) == 2 * FEW + 2


@pytest.mark.faults
@pytest.mark.parametrize(("kind", "times"), MANY)
def test_many_times(tmp_path: Path, kind: str, times: int) -> None:
    told = run(tmp_path, kind, times)
    assert told["faults"] == []
    assert sum(told["outcome"].values()) == times * (2 if kind == "race" else 1)
    if kind == "web":  # moments are spread over the work, not after it
        assert told["outcome"]["broken off"] > times * 0.4
