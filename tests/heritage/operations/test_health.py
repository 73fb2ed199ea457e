"""What the museum says of its own health: to whom, and with which cure."""

import io
import shutil
import sqlite3
from collections import namedtuple
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from heritage.captures.models import Heartbeat
from heritage.linked_data.models import Outbox
from heritage.operations import health
from heritage.search.models import IndexChange
from tests.heritage.factories import make_user

ROLES = ("quick", "heavy", "projector", "index", "tick")
Usage = namedtuple("Usage", "total used free")

pytestmark = pytest.mark.django_db


class AnsweringQueries:
    """A query process that is there."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket

    def status(self) -> dict[str, Any]:
        return {}


@pytest.fixture
def well(monkeypatch: pytest.MonkeyPatch) -> None:
    """A museum in which every process has just been heard of."""
    for role in ROLES:
        Heartbeat.objects.create(name=f"{role}@here", role=role, at=timezone.now())
    monkeypatch.setattr(health, "QueryClient", AnsweringQueries)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1, 0, 50 * 1024**3))


def ill_parts() -> set[str]:
    return {one.part for one in health.check_running() if not one.is_well}


def silence(role: str) -> None:
    past = timezone.now() - timedelta(seconds=health.SILENCE_S + 1)
    Heartbeat.objects.filter(role=role).update(at=past)


class TestParts:
    @pytest.fixture(autouse=True)
    def start_well(self, well: None) -> None:
        assert ill_parts() == set()

    @pytest.mark.parametrize("role", ROLES)
    def test_a_silent_process_is_ill(self, role: str) -> None:
        silence(role)
        assert ill_parts() == {role}

    @pytest.mark.parametrize("role", ROLES)
    def test_a_process_that_never_spoke_is_ill(self, role: str) -> None:
        Heartbeat.objects.filter(role=role).delete()
        assert ill_parts() == {role}

    def test_one_of_two_workers_is_enough(self) -> None:
        silence("heavy")
        Heartbeat.objects.create(name="heavy@there", role="heavy", at=timezone.now())
        assert ill_parts() == set()

    def test_a_graph_change_given_up_is_ill(self) -> None:
        Outbox.objects.create(kind="relic", key="k", is_dead=True)
        assert ill_parts() == {"graph"}

    def test_a_record_that_cannot_be_indexed_is_ill(self) -> None:
        IndexChange.objects.create(kind="relic", key="k", error="ValueError: broken")
        assert ill_parts() == {"search"}

    def test_a_full_disk_is_ill(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1, 1, 1024**3))
        assert ill_parts() == {"disk"}

    def test_a_query_process_that_is_away_is_ill(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.undo()
        assert "query" in ill_parts()

    def test_a_database_that_is_away_is_all_there_is_to_say(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse() -> None:
            raise DatabaseError("no connection")

        monkeypatch.setattr(connection, "cursor", refuse)
        (finding,) = health.check_running()
        assert finding.part == "database"
        assert "HERITAGE_DATABASE_URL" in finding.cure


class TestInstallation:
    def test_a_missing_library_names_its_package(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(health, "SYSTEM_LIBRARIES", {"never-there": "libnever1"})
        (ill,) = (f for f in health.check_installation() if not f.is_well)
        assert ill.part == "libnever-there"
        assert "apt-get install libnever1" in ill.cure

    def test_missing_front_end_is_told(self, tmp_path: Path, settings: Any) -> None:
        settings.BASE_DIR = tmp_path
        ill = {f.part: f for f in health.check_installation() if not f.is_well}
        assert "make" in ill["node"].cure

    def test_waiting_migrations_are_told(self) -> None:
        graph = MigrationLoader(connection).graph
        MigrationRecorder(connection).record_unapplied(*graph.leaf_nodes("captures")[0])
        ill = {f.part: f for f in health.check_installation() if not f.is_well}
        assert "manage.py migrate" in ill["migrations"].cure

    def test_versions_are_told(self) -> None:
        told = {f.part: f.detail for f in health.check_installation()}
        assert f"SQLite {sqlite3.sqlite_version}" in told["versions"]


class TestDoctor:
    def examine(self, *words: str) -> tuple[int, str]:
        out = io.StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("doctor", *words, stdout=out, no_color=True)
        return int(ended.value.code or 0), out.getvalue()

    def test_well(self, well: None) -> None:
        code, told = self.examine()
        assert code == 0
        assert "ill" not in told.split()
        assert "→" not in told

    def test_each_illness_comes_with_its_cure(self, well: None) -> None:
        for role in ROLES:
            silence(role)
        code, told = self.examine()
        lines = told.splitlines()
        after = [
            lines[number + 1]
            for number, line in enumerate(lines)
            if line.startswith("ill ")
        ]
        assert code == 1
        assert len(after) == len(ROLES)
        assert all("→" in line and len(line) > 20 for line in after)

    def test_installation_alone_needs_no_process(self) -> None:
        code, told = self.examine("--installation")
        assert code == 0, told
        assert "heavy" not in told


class TestHealthz:
    def ask(self, user: User | None = None, query: str = "") -> Any:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client.get(f"/healthz{query}")

    @pytest.fixture
    def administrator(self) -> User:
        return make_user(is_staff=True, is_superuser=True)

    @pytest.mark.parametrize("person", ["curator", "volunteer", "stranger", None])
    def test_others_learn_only_that_a_part_is_ill(
        self, well: None, person: str | None, request: pytest.FixtureRequest
    ) -> None:
        silence("heavy")
        answer = self.ask(request.getfixturevalue(person) if person else None)
        assert answer.status_code == 503
        told = answer.json()
        assert told["status"] == "ill"
        assert told["parts"].pop("heavy") == "ill"
        assert set(told["parts"].values()) == {"well"}

    def test_the_administrator_learns_the_cure(
        self, well: None, administrator: User
    ) -> None:
        silence("heavy")
        part = self.ask(administrator).json()["parts"]["heavy"]
        assert part["state"] == "ill"
        assert "make serve" in part["cure"]

    def test_well(self, well: None) -> None:
        answer = self.ask()
        assert (answer.status_code, answer.json()["status"]) == (200, "well")
        assert "no-store" in answer["Cache-Control"]

    def test_live_asks_only_the_web_process(self) -> None:
        answer = self.ask(query="?live")
        assert (answer.status_code, answer.json()) == (200, {"status": "live"})

    def test_it_changes_nothing(self, well: None) -> None:
        assert Client().post("/healthz").status_code == 405
