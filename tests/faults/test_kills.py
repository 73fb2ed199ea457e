"""Killed, or on a full disk, at any moment, the archive loses nothing it accepted."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

SEED = 20261121


@pytest.mark.parametrize(("fault", "times"), [("kill", 200), ("full", 60)])
def test_stopped_at_any_moment_nothing_accepted_is_lost(
    tmp_path: Path, fault: str, times: int
) -> None:
    museum = os.environ | {
        "HERITAGE_DATA": str(tmp_path / "museum"),
        "HERITAGE_REPLICA": str(tmp_path / "replica"),
        "HERITAGE_DATABASE_URL": "",
        "HERITAGE_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "heritage.settings",
    }
    driver = ["-m", "tests.faults.driver", fault, str(times), str(SEED)]
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
    told = json.loads(done.stdout)
    assert told["faults"] == []
    # A full replica stops nobody: it is logged, and filled another time.
    assert told["outcome"]["stopped"] > times * (0.8 if fault == "kill" else 0.4)
    assert min(told["moments"].values()) >= 10
