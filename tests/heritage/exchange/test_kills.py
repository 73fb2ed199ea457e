"""A load whose process is killed goes on where it was, and nothing is there twice or half."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from .registers import make_register

pytestmark = pytest.mark.thorough
ROWS = 300
DRIVER = """
import json, os, signal, sys
import django
django.setup()
from django.core.management import call_command
from heritage.catalogue.models import Collection, Relic
from heritage.exchange.actions import begin, run_load, stage_load
from heritage.exchange.actions.mappings import find_mapping
from heritage.exchange.models import Load, LoadedRow
from pathlib import Path
act = sys.argv[1]
if act == "begin":
    call_command("migrate", verbosity=0)
    collection = Collection.objects.create(name_zh="馆")
    load = stage_load([Path(sys.argv[2])], collection=collection, by=None)
    begin(load, find_mapping("register-zh"), by=None)
if act in ("begin", "again"):
    done = []
    def kill(held):
        done.append(held.cursor)
        if len(done) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
    Load.objects.update(leased_until=None)
    run_load(Load.objects.get().pk, on_batch=kill)
if act == "last":
    Load.objects.update(leased_until=None)
    run_load(Load.objects.get().pk)
load = Load.objects.get()
print(json.dumps([load.state, load.cursor, LoadedRow.objects.count(), Relic.objects.count(),
                  Relic.history.count()]))
"""


def run(act: str, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "HERITAGE_DATA": str(folder), "HERITAGE_DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "heritage.settings",
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-c", DRIVER, act, *more],
        env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_killed_load_ends_whole(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes(make_register(ROWS).csv())
    data = tmp_path / "data"
    data.mkdir()
    assert run("begin", data, str(table)).returncode == -9
    assert run("again", data).returncode == -9
    state, cursor, results, relics, history = json.loads(run("look", data).stdout)
    assert state == "running"
    assert 0 < cursor == results == relics == history < ROWS
    last = run("last", data)
    assert json.loads(last.stdout or last.stderr) == ["done", ROWS, ROWS, ROWS, ROWS]
