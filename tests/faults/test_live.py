"""Real web and tick processes, killed at random moments; connections cut; races."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("processes")]

SEED = 20261121
FEW = 3
MANY = [("web", 160), ("tick", 40), ("cut", 100), ("race", 10)]


def run(folder: Path, kind: str, times: int) -> dict[str, Any]:
    museum = os.environ | {
        "HERITAGE_DATA": str(folder / "museum"),
        "HERITAGE_REPLICA": str(folder / "replica"),
        "HERITAGE_DROP_FOLDER": str(folder / "drop"),
        "HERITAGE_DATABASE_URL": "",
        "HERITAGE_LOG_LEVEL": "ERROR",
        "HERITAGE_TICK_S": "0.2",
        "DJANGO_SETTINGS_MODULE": "heritage.settings",
    }
    (folder / "drop").mkdir()
    driver = ["-m", "tests.faults.live", kind, str(times), str(SEED)]
    for words in (["manage.py", "migrate", "-v0"], driver):
        done = subprocess.run(
            [sys.executable, *words],
            cwd=settings.BASE_DIR,
            env=museum,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (0, 1), done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_a_few_times(tmp_path: Path) -> None:
    told = run(tmp_path, "some", FEW)
    assert told["faults"] == []
    assert sum(told["outcome"].values()) == 2 * FEW + 1


@pytest.mark.faults
@pytest.mark.parametrize(("kind", "times"), MANY)
def test_many_times(tmp_path: Path, kind: str, times: int) -> None:
    told = run(tmp_path, kind, times)
    assert told["faults"] == []
    assert sum(told["outcome"].values()) == times
    if kind == "web":  # moments are spread over the work, not after it
        assert told["outcome"]["broken off"] > times * 0.4
