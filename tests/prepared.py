"""A migrated SQLite database, made once: each museum of the tests begins with a copy.

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
from django.db import connection
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
        # Where no test asks for a database, the one at hand is no test's.
        is_made = "mode=memory" in str(connection.settings_dict["NAME"])
        if is_made and not self._path.exists():
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
