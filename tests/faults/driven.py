"""A driver of faults, run as a process in a museum of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.prepared import lay_database


def drive(folder: Path, *words: str, **given: str) -> dict[str, Any]:
    """Run `python -m tests.faults…` beside archive and replica; give what it told."""
    museum = os.environ | {
        "HERITAGE_DATA": str(folder / "museum"),
        "HERITAGE_REPLICA": str(folder / "replica"),
        "HERITAGE_DATABASE_URL": "",
        "HERITAGE_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "heritage.settings",
        **given,
    }
    lay_database(folder / "museum")
    for command in (["manage.py", "migrate", "-v0"], ["-m", *words]):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            env=museum,
            capture_output=True,
            text=True,
            check=False,
        )
        # A driver ends with 1 on a fault, which it tells in its last line.
        allowed = (0, 1) if command[0] == "-m" else (0,)
        assert done.returncode in allowed, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told
