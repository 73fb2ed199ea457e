"""Outbox and projection once more, on PostgreSQL with its real locks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = [pytest.mark.servers, pytest.mark.slow]
HERE = Path(__file__).parent
FILES = ("test_outbox.py", "test_projection.py", "test_races.py")


def test_the_graph_keeps_in_step_on_postgresql() -> None:
    environment = os.environ | {
        "HERITAGE_DATABASE_URL": os.environ["HERITAGE_TEST_POSTGRES_URL"],
        "HERITAGE_TEST_WHOLE": "",
        "PYTEST_ADDOPTS": "",
    }
    for name in [name for name in environment if name.startswith("PYTEST_XDIST")]:
        del environment[name]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *(str(HERE / name) for name in FILES)],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " skipped" not in done.stdout
