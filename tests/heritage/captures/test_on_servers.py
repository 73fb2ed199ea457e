"""The lease and the bells once more, on PostgreSQL with its real locks, and on Redis."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .museum import ROOT

pytestmark = [pytest.mark.servers, pytest.mark.slow]
HERE = Path(__file__).parent
FILES = ("test_lease.py", "test_bell.py", "test_progress.py", "test_due.py")


def test_leases_bells_and_the_clock_hold_on_postgresql() -> None:
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
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
