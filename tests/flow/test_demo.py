"""`manage.py demo`: a museum at work in an empty folder, its end, and its removal."""

import re
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .processes import Started
from .visitor import Visitor

pytestmark = pytest.mark.thorough

FIRST_RELIC_S = 900.0  # on a machine that computes other tests meanwhile
PRINTED = re.compile(
    r"Museum +(?P<home>http\S+/)\n"
    r" +Admin +(?P<admin>http\S+/) +\(name: (?P<name>\w+) +password: (?P<password>\S+)\)"
)
COUNT = """
PREFIX crm: <http://www.cidoc-crm.org/cidoc-crm/>
SELECT (COUNT(DISTINCT ?thing) AS ?count) WHERE { ?thing a crm:E22_Human-Made_Object }
"""
# What a demo leaves on purpose: periods (in a collection) and terms are everybody's, the logs and what the graph
# waits for tell what happened, accounts' permissions come with every museum.
KEPT = re.compile(
    r"django_|auth_permission|sqlite_|catalogue_(historical)?period|catalogue_recordevent"
    r"|catalogue_collection$|linked_data_|captures_heartbeat"
    r"|archive_preservation(agent|event)$|archive_preservedrecord$|archive_recordchange$"
    r"|catalogue_(term|vocabularyedition)$"
)


@dataclass(frozen=True)
class Login:
    home: str
    admin: str
    name: str
    password: str


@pytest.fixture
def museum(tmp_path: Path) -> Iterator[Started]:
    museum = Started(tmp_path / "museum")
    museum.environment["HERITAGE_DEMO_RELICS"] = "1"
    yield museum
    museum.kill()


def test_a_demo_ends_comes_again_shows_itself_and_is_removed(museum: Started) -> None:
    login = open_demo(museum)
    museum.wait_for("virtual scanner", lambda: is_scanning(museum))
    check_ends(museum)

    begun = time.monotonic()
    assert open_demo(museum) == login
    print(f"demo again after {time.monotonic() - begun:.1f} s")  # noqa: T201
    visitor = Visitor(museum.site)
    model = museum.wait_for(
        "relic with a model", lambda: find_model(visitor), patience_s=FIRST_RELIC_S
    )
    print(f"first relic after {time.monotonic() - begun:.1f} s")  # noqa: T201
    check_shown(museum, visitor, login, model)
    check_ends(museum)

    removed = museum.manage("remove_demo", "--yes")
    assert removed.returncode == 0, removed.stderr
    assert "catalogue.Relic" in removed.stdout
    assert rows_left(museum.folder) == {}


def open_demo(museum: Started) -> Login:
    """Start it and read from its output what a person would."""
    museum.start("demo")
    told = museum.wait_for("address", lambda: PRINTED.search(museum.printed()))
    login = Login(**told.groupdict())
    assert login.home == f"http://localhost:{museum.web_port}/"
    return login


def check_shown(
    museum: Started, visitor: Visitor, login: Login, model: dict[str, Any]
) -> None:
    home = visitor.get(login.home)
    assert home.status == 200
    assert "Demo Digital Museum" in home.text
    assert visitor.get(model["url"]).body[:4] == b"glTF"
    things = museum.wait_for("relic in the graph", lambda: count_things(visitor))
    assert things == 1
    curator = Visitor(museum.site)
    curator.log_in(login.name, login.password)
    assert curator.get("/admin/catalogue/relic/").status == 200
    assert curator.get("/admin/auth/user/").status == 403


def find_model(visitor: Visitor) -> dict[str, Any] | None:
    """Find an object with a model in the scene of any exhibit."""
    for exhibit in visitor.get("/api/exhibits").json()["items"]:
        scene = visitor.get(exhibit["scene"]).json()
        for thing in scene["objects"]:
            if thing["model"]:
                found: dict[str, Any] = thing["model"]
                return found
    return None


def count_things(visitor: Visitor) -> int:
    (row,) = visitor.ask(COUNT)
    return int(row["count"])


def is_scanning(museum: Started) -> bool:
    return any("synthesize" in one.cmdline() for one in museum.survivors())


def check_ends(museum: Started) -> None:
    assert museum.survivors()
    museum.stop()
    assert [one.cmdline() for one in museum.survivors()] == []


def rows_left(folder: Path) -> dict[str, int]:
    """Count the rows of every table that a removed demo should leave empty."""
    with sqlite3.connect(folder / "museum.sqlite3") as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type='table'")
        counts = {
            name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for (name,) in names.fetchall()
            if not KEPT.match(name)
        }
    return {name: count for name, count in counts.items() if count}
