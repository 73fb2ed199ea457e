"""An answer is kept while nothing was committed, by whichever connection."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper

from heritage.lib import moments
from heritage.lib.moments import moment_now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "museum.sqlite3"
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE relics (name)")
    return path


@pytest.fixture
def own(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseWrapper]:
    """A connection as the museum's, on a file."""
    settings = connection.settings_dict | {"NAME": str(file), "OPTIONS": {}}
    own = DatabaseWrapper(settings)
    own.inc_thread_sharing()
    monkeypatch.setattr(moments, "connection", own)
    yield own
    own.close()


def write_elsewhere(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("INSERT INTO relics VALUES ('ding')")
        other.commit()


@pytest.mark.django_db
def test_it_is_the_same_until_somebody_commits(
    own: DatabaseWrapper, file: Path
) -> None:
    first = moment_now()
    assert first is not None
    assert moment_now() == first
    write_elsewhere(file)
    second = moment_now()
    assert second != first
    with own.cursor() as cursor:
        cursor.execute("INSERT INTO relics VALUES ('gui')")
    assert moment_now() not in (first, second)


@pytest.mark.django_db
def test_a_new_connection_begins_anew(own: DatabaseWrapper, file: Path) -> None:
    """Each counts for itself, and may begin with the number another ended with."""
    before = moment_now()
    own.close()
    write_elsewhere(file)
    assert moment_now() != before


@pytest.mark.django_db
def test_within_a_transaction_nothing_is_known() -> None:
    assert moment_now() is None
