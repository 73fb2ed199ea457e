"""Fixtures that every test may use."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django.db.backends.sqlite3.base  # noqa: F401  (else operations imports itself)
import pytest
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.test import TransactionTestCase

from tests.gates import SHARED_DATA, Gates
from tests.prepared import Prepared, Snapshot, is_tests_own


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Gates(), "gates")


@pytest.fixture(autouse=True, scope="session")
def _tables_can_be_emptied() -> Iterator[None]:
    """Have SQLite empty even the tables whose rows nobody may delete.

    PostgreSQL truncates, which calls no trigger on rows.
    """
    operations = DatabaseWrapper.ops_class
    empty = operations.execute_sql_flush

    def without_triggers(self: Any, sql_list: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            empty(self, sql_list)
            for _name, sql in triggers:
                cursor.execute(sql)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "execute_sql_flush", without_triggers)
        yield


@pytest.fixture(scope="session")
def prepared_database(pytestconfig: pytest.Config) -> Prepared | None:
    """Stand before Django's own preparation of the test database."""
    # What is made without migrations is no database to begin with.
    if connection.vendor != "sqlite" or pytestconfig.option.nomigrations:
        return None
    prepared = Prepared()
    prepared.begin()
    return prepared


@pytest.fixture(scope="session")
def django_db_setup(
    prepared_database: Prepared | None, django_db_setup: None, django_db_blocker: Any
) -> Iterator[None]:
    """Begin with a database that is migrated already: see `tests/prepared.py`."""
    if prepared_database is not None:
        with django_db_blocker.unblock():
            prepared_database.end()
    if prepared_database is None or not is_tests_own():
        yield
        return
    as_made = Snapshot()
    with pytest.MonkeyPatch.context() as patch:
        # What Django calls after a test that commits.
        patch.setattr(
            TransactionTestCase, "_fixture_teardown", lambda case: as_made.lay()
        )
        yield
    as_made.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real scans and official suites; skips where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(
            "the shared data (real scans, official suites) is not beside the checkout"
        )
    return SHARED_DATA
