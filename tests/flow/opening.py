"""What holds of a museum that `manage.py serve` has just opened, and of its end."""

import sqlite3
from pathlib import Path
from typing import Any

from .processes import Started
from .served import ADMINISTRATOR, PASSWORD
from .visitor import Visitor

PROCESSES = 8  # at least: serve, honcho and what the Procfile lists


def check_opened(museum: Started) -> None:
    """It is well, empty, closed to strangers, and has one account."""
    _check_health(museum)
    _check_closed_to_strangers(museum)
    _check_accounts(museum.folder)


def check_ends(museum: Started) -> None:
    """Asked to end it does, and leaves no process behind."""
    # So that the empty list below says something.
    assert len(museum.survivors()) > PROCESSES
    assert museum.stop() == 0
    assert museum.survivors() == []


def _check_health(museum: Started) -> None:
    keeper = Visitor(museum.site)
    keeper.log_in(ADMINISTRATOR, PASSWORD)

    def well() -> Any:
        answer = keeper.get("/healthz")
        return answer.json() if answer.status == 200 else None

    parts = museum.wait_for("health", well)["parts"]
    assert {part["state"] for part in parts.values()} == {"well"}
    assert {"database", "quick", "heavy", "projector", "tick", "query"} <= set(parts)
    doctor = museum.manage("doctor")
    assert doctor.returncode == 0, doctor.stdout


def _check_closed_to_strangers(museum: Started) -> None:
    stranger = Visitor(museum.site)
    assert stranger.get("/").status == 200
    assert stranger.get("/api/exhibits").json()["items"] == []
    missing = stranger.get("/no-such-page")
    assert missing.status == 404
    assert "URLconf" not in missing.text  # what DEBUG would show
    assert stranger.get("/", Host="elsewhere.example").status == 400


def _check_accounts(folder: Path) -> None:
    with sqlite3.connect(folder / "museum.sqlite3") as database:
        rows = database.execute("SELECT username, is_superuser FROM auth_user")
        assert rows.fetchall() == [(ADMINISTRATOR, 1)]
    assert (folder / "secret-key").stat().st_mode & 0o077 == 0
