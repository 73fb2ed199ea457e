"""A museum's database of the first version comes through every later migration.

The tables of each app's first migration are made in a database of their own, a row is
put into each, and all migrations are applied. A later version adds its own rows here
before it changes a table, and keeps these.
"""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

ALIAS = "before"
OURS = ("archive", "catalogue", "captures", "exhibits", "linked_data")
NOW = datetime.datetime(2026, 11, 20, 8, 30, tzinfo=datetime.UTC)
NAMES = {"name_zh": "鼎", "name_en": "Ding"}
IN = {"collection": "@catalogue.Collection"}
IDENTITY = [[float(i == j) for j in range(4)] for i in range(4)]
# Rows of every table in an order that foreign keys allow; "@" points at the first row
# of a table above, "@@" at its last.
ROWS: list[tuple[str, dict[str, Any]]] = [
    ("auth.User", {"username": "keeper", "password": "!"}),
    ("catalogue.Collection", NAMES),
    ("catalogue.Membership", IN | {"user": "@auth.User", "role": "curator"}),
    ("catalogue.Place", IN | NAMES | {"state": "released", "released_at": NOW}),
    ("catalogue.Period", IN | NAMES | {"slug": "shang", "begin_year": -1600}),
    ("catalogue.Agent", IN | NAMES | {"type": "person", "birth_year": 1900}),
    ("catalogue.Element", IN | NAMES | {"category": "craft-skills", "code": "Ⅷ-1"}),
    ("catalogue.Bearer", IN | NAMES | {
        "person": "@catalogue.Agent", "element": "@catalogue.Element",
        "consent_until": datetime.date(2030, 1, 1)}),
    ("catalogue.Agent", IN | {"name_zh": "徒", "type": "person"}),
    ("catalogue.Bearer", IN | {
        "name_zh": "徒", "person": "@@catalogue.Agent", "element": "@catalogue.Element"}),
    ("catalogue.Transmission", {
        "master": "@catalogue.Bearer", "apprentice": "@@catalogue.Bearer",
        "begin_year": 1950, "source": "oral"}),
    ("catalogue.Relic", IN | NAMES | {
        "key": "ding0001", "register_no": "0001", "category": "bronze", "begin_year": -1300,
        "period": "@catalogue.Period", "maker": "@catalogue.Agent",
        "rights": "http://creativecommons.org/licenses/by/4.0/"}),
    ("catalogue.RelicMaterial", {"relic": "@catalogue.Relic", "material": "copper"}),
    ("catalogue.Dimension", {
        "relic": "@catalogue.Relic", "kind": "height", "value": 25.5, "unit": "cm"}),
    ("catalogue.TechniqueOf", {
        "element": "@catalogue.Element", "relic": "@catalogue.Relic"}),
    ("catalogue.RecordEvent", {
        "record_kind": "relic", "record_key": "k", "verb": "released",
        "by": "@auth.User"}),
    ("catalogue.RecordEvent", {
        "record_kind": "relic", "record_key": "ding0001", "verb": "accepted",
        "by": "@auth.User"}),
    ("archive.Deposit", {"kind": "original", "created_by": "@auth.User"}),
    ("archive.StoredFile", {
        "deposit": "@archive.Deposit", "name": "front.ply", "size_bytes": 12,
        "sha512": "0" * 128, "media_type": "model/ply", "path": "1/v1/content/front.ply"}),
    ("captures.Capture", {"relic": "@catalogue.Relic", "unit": "mm"}),
    ("captures.CaptureFile", {
        "capture": "@captures.Capture", "stored_file": "@archive.StoredFile",
        "findings": [{"code": "unit-unknown", "facts": {}, "blocks": True}]}),
    ("captures.Run", {
        "capture": "@captures.Capture", "state": "succeeded", "is_accepted": True,
        "fraction": 1.0, "outputs": "@archive.Deposit", "report": {"format": 1}}),
    ("captures.RunStage", {
        "run": "@captures.Run", "name": "read", "number": 1, "seconds": 1.5,
        "peak_bytes": 10, "digest": "d", "attempt": 1}),
    ("captures.Derivative", {
        "run": "@captures.Run", "role": "model", "profile": "web", "triangles": 9,
        "stored_file": "@archive.StoredFile"}),
    ("captures.Upright", {
        "run": "@captures.Run", "matrix": IDENTITY, "confirmed_at": NOW}),
    ("captures.Heartbeat", {"name": "heavy@here", "role": "heavy", "at": NOW}),
    ("exhibits.Exhibit", IN | NAMES),
    ("exhibits.ExhibitItem", {
        "exhibit": "@exhibits.Exhibit", "relic": "@catalogue.Relic", "x_m": 1.25}),
    ("linked_data.Outbox", {"kind": "relic", "key": "k"}),
    ("linked_data.Mention", {
        "kind": "relic", "key": "k", "about_kind": "place", "about_key": "p"}),
    ("linked_data.PublishedGraph", {
        "kind": "relic", "key": "k", "digest": "d", "triples": 7}),
]  # fmt: skip


@pytest.fixture
def database(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[BaseDatabaseWrapper]:
    """An empty database beside the one of the other tests."""
    connections.databases[ALIAS] = connections["default"].settings_dict | {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": tmp_path / "museum.sqlite3",
        "OPTIONS": {},
    }
    with django_db_blocker.unblock():
        yield connections[ALIAS]
        connections[ALIAS].close()
    del connections.databases[ALIAS]
    del connections[ALIAS]


# A library's migration writes to the default database, whichever it is applied to.
@pytest.mark.django_db
def test_records_of_the_first_version_survive(database: BaseDatabaseWrapper) -> None:
    first = migrate(database, to_first=True)
    written = [write(first, label, values) for label, values in ROWS]
    assert tables(first) <= {row._meta.label for row in written}, "a table has no row"

    last = migrate(database, to_first=False)
    for row, (label, told) in zip(written, ROWS, strict=True):
        kept = last.get_model(label)._default_manager.using(ALIAS).get(pk=row.pk)
        before, now = values_of(row), values_of(kept)
        names = before.keys() & now.keys()
        assert {n: now[n] for n in names} == {n: before[n] for n in names}
        assert set(told) <= {field.name for field in kept._meta.fields}, label
    decisions = last.get_model("captures.RunDecision")._default_manager.using(ALIAS)
    told_of = [
        (row.verdict, row.run.is_accepted, row.checker) for row in decisions.all()
    ]
    assert told_of == [("accepted", True, "keeper")]


def migrate(database: BaseDatabaseWrapper, *, to_first: bool) -> Apps:
    """Bring the database to the first or the last version; give its models."""
    executor = MigrationExecutor(database)
    graph = executor.loader.graph
    nodes = graph.root_nodes() if to_first else graph.leaf_nodes()
    targets = [node for node in nodes if not to_first or node[0] in OURS]
    executor.migrate(targets)
    state: Any = executor.loader.project_state(targets)
    apps: Apps = state.apps
    return apps


def write(apps: Apps, label: str, values: dict[str, Any]) -> Any:
    told = {name: _follow(apps, value) for name, value in values.items()}
    row = apps.get_model(label)._default_manager.using(ALIAS).create(**told)
    row.refresh_from_db()  # as the database has it, not as it was said
    return row


def _follow(apps: Apps, value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith("@"):
        return value
    rows = apps.get_model(value.lstrip("@"))._default_manager.using(ALIAS)
    return rows.latest("pk") if value.startswith("@@") else rows.earliest("pk")


def values_of(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.fields}


def tables(apps: Apps) -> set[str]:
    """Name our tables, but for the histories, which mirror them."""
    return {
        model._meta.label
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        if not model.__name__.startswith("Historical")
    }
