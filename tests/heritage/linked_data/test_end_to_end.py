"""The real projector and the real query process, in a museum of their own."""

import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.prepared import lay_database

from .conftest import wait_until
from .folder import Folder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty museum's database, made once."""
    folder = Folder(tmp_path_factory.mktemp("empty"))
    lay_database(folder.path)
    folder.manage("migrate", "--verbosity=0")
    return folder.path / "museum.sqlite3"


@pytest.fixture
def folder(tmp_path: Path, empty: Path) -> Iterator[Folder]:
    shutil.copy(empty, tmp_path)
    folder = Folder(tmp_path)
    yield folder
    folder.stop()


@pytest.fixture
def museum(folder: Folder) -> Folder:
    """The same with projector and query process running."""
    folder.serve_graph()
    return folder


def test_releases_and_withdrawals_are_answered_and_examples_hold(
    museum: Folder,
) -> None:
    told = museum.drive("release-and-ask")
    assert len(told["released_s"]) == len(told["withdrawn_s"]) == 5

    told = museum.drive("fill-and-query")
    check_answers(told["answers"], told["known"])
    refused = museum.manage("project_graph", "--once", check=False)
    assert "Another process writes the store" in refused


def check_answers(answers: dict[str, Any], known: dict[str, str]) -> None:
    """The example questions find exactly the rows that are there."""
    (craft,) = answers["2"]
    names = ("relic", "bearer", "element", "model")
    assert {name: craft[name]["value"] for name in names} == {
        name: known[name] for name in names
    }
    files = answers["1"]
    assert [row["fileName"]["value"] for row in files] == ["one.ply", "two.ply"]
    assert {row["run"]["value"] for row in files} == {known["run"]}
    assert '"voxel_m":0.001' in files[0]["parameters"]["value"]
    assert len(answers["3"]) == 1
    assert known["relic"] in {row["relic"]["value"] for row in answers["4"]}
    assert len(answers["5"]) == 0


def test_killed_at_any_moment_it_ends_without_drift(folder: Folder) -> None:
    chance = random.Random(11)  # noqa: S311  # the same moments every time
    work = folder.start("-m", "tests.heritage.linked_data.driver", "work-on")
    kills = 0
    while work.poll() is None or kills < 4:
        projector = folder.start("manage.py", "project_graph")
        wait_until((folder.path / "graph" / "live").exists, "the projector")
        time.sleep(chance.uniform(0.5, 2.0))
        projector.kill()
        projector.wait(timeout=120)
        kills += 1
    assert work.returncode == 0
    told = folder.drive("look-for-drift")
    assert told == {"drift": [], "published": 40}
