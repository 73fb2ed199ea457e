"""What leans on locks once more, on PostgreSQL with its real ones, and on Redis.

All in one process: preparing a database there takes longer than most of these tests.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.gates import SHARED_DATA

pytestmark = [pytest.mark.servers, pytest.mark.slow]
HERE = Path(__file__).parent
FILES = (
    "captures/test_lease.py",
    "captures/test_bell.py",
    "captures/test_progress.py",
    "captures/test_due.py",
    "linked_data/test_outbox.py",
    "linked_data/test_projection.py",
    "linked_data/test_races.py",
    "search/test_postgres.py",
    "search/test_sight.py",
)
ALL_OF_SEARCH = (
    "search/test_words.py",
    "search/test_keeping.py",
    "search/test_lists.py",
    *(["search/test_judged.py"] if SHARED_DATA.is_dir() else []),
)


def test_leases_bells_clock_graph_and_search_hold_on_postgresql() -> None:
    check_on_postgresql(*FILES)


@pytest.mark.thorough
def test_search_gives_the_same_on_postgresql() -> None:
    check_on_postgresql(*ALL_OF_SEARCH)


def check_on_postgresql(*files: str) -> None:
    environment = os.environ | {
        "HERITAGE_DATABASE_URL": os.environ["HERITAGE_TEST_POSTGRES_URL"],
        "HERITAGE_TEST_WHOLE": "",
        "PYTEST_ADDOPTS": "",
    }
    for name in [name for name in environment if name.startswith("PYTEST_XDIST")]:
        del environment[name]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *(str(HERE / name) for name in files)],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    assert " skipped" not in done.stdout
