"""A migrated SQLite database, made once: each museum of the tests begins with a copy.

A test that commits leaves the test database as it found it: `Snapshot` lays it again.

Making one takes a processor about eight seconds, and a test run needs half a dozen. What
is kept has the digest of all migrations in its name; each copy is migrated once more,
which finds nothing to do.
"""

import fcntl
import hashlib
import shutil
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.creation import DatabaseCreation

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "databases"


def lay_database(folder: Path) -> None:
    """Put a migrated database into a museum's folder, if there is one by now."""
    if prepared_path().exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(prepared_path(), folder / "museum.sqlite3")


def prepared_path() -> Path:
    digest = hashlib.sha256()
    sources = (*ROOT.glob("heritage/*/migrations/*.py"), ROOT / "requirements.txt")
    for path in sorted(sources):
        digest.update(path.read_bytes())
    return KEPT / f"{digest.hexdigest()[:20]}.sqlite3"


def is_tests_own() -> bool:
    """Where no test asks for a database, the one at hand is no test's."""
    return "mode=memory" in str(connection.settings_dict["NAME"])


class Prepared:
    """Has Django begin its test database with the kept one, or keeps what it made.

    Of several processes the first makes it, and the others wait until it has.
    """

    def __init__(self) -> None:
        self._path = prepared_path()
        self._until_made = ExitStack()

    def begin(self) -> None:
        KEPT.mkdir(parents=True, exist_ok=True)
        lock = self._until_made.enter_context((KEPT / "lock").open("w"))
        fcntl.flock(lock, fcntl.LOCK_EX)
        if self._path.exists():
            patch = self._until_made.enter_context(pytest.MonkeyPatch.context())
            patch.setattr(DatabaseCreation, "_create_test_db", self._filled())

    def end(self) -> None:
        if is_tests_own() and not self._path.exists():
            for old in KEPT.glob("*.sqlite3"):
                old.unlink()
            draft = self._path.with_suffix(".draft")
            draft.unlink(missing_ok=True)
            connection.ensure_connection()
            with closing(sqlite3.connect(draft)) as file:
                connection.connection.backup(file)
            draft.rename(self._path)
        self._until_made.close()

    def _filled(self) -> Any:
        create = DatabaseCreation._create_test_db  # type: ignore[attr-defined]

        def create_filled(creation: DatabaseCreation, *args: Any, **named: Any) -> str:
            name: str = create(creation, *args, **named)
            # A database in memory lives as long as somebody is connected to it.
            memory = sqlite3.connect(name, uri=True)
            self._until_made.enter_context(closing(memory))
            with closing(sqlite3.connect(self._path)) as kept:
                kept.backup(memory)
            return name

        return create_filled


class Snapshot:
    """All that the test database in memory holds at one moment, to be laid again.

    Django empties two hundred tables instead and fills those that are never empty, which
    takes a processor two thirds of a second; this takes a hundredth.
    """

    def __init__(self) -> None:
        # Of our own: what somebody still reads through Django's would be in the way.
        self._memory = sqlite3.connect(connection.settings_dict["NAME"], uri=True)
        self._kept = sqlite3.connect(":memory:")
        self._memory.backup(self._kept)

    def lay(self) -> None:
        # Django's own `close` leaves a database in memory open.
        BaseDatabaseWrapper.close(connection)
        self._kept.backup(self._memory)
        ContentType.objects.clear_cache()

    def close(self) -> None:
        self._memory.close()
        self._kept.close()
