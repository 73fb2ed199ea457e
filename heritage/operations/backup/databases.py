"""Save the database as of one moment, while others write, and load it again."""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.client import DatabaseClient

from heritage.archive.models import Deposit, PreservedRecord

from .errors import ToolFailed, ToolMissing, ToolTooOld

FILES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
_OBJECTS = " UNION ".join(
    f"SELECT object_path FROM {model._meta.db_table} WHERE object_path <> ''"  # noqa: S608
    for model in (Deposit, PreservedRecord)
)


def save(folder: Path) -> list[str]:
    """Write the database into a folder; give the archive's objects that it names."""
    target = folder / FILES[connection.vendor]
    return _save_sqlite(target) if is_sqlite() else _save_postgresql(target)


def load(folder: Path) -> None:
    """Have the database be as it was saved: all of it, or nothing changes."""
    source = folder / FILES[connection.vendor]
    if is_sqlite():
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as kept:
            kept.backup(_raw())
        connection.close()
    else:
        words, environment = _postgresql("pg_restore")
        words += ["--clean", "--if-exists", "--no-owner", "--single-transaction"]
        _run([*words, "--exit-on-error", str(source)], environment)
        connection.close()


def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _save_sqlite(target: Path) -> list[str]:
    with closing(sqlite3.connect(target)) as copy:
        _raw().backup(copy)  # in one step: readers and one writer go on meanwhile
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        return [path for (path,) in copy.execute(_OBJECTS)]


def _raw() -> Any:
    connection.ensure_connection()
    return connection.connection


def _save_postgresql(target: Path) -> list[str]:
    words, environment = _postgresql("pg_dump")
    with _one_moment() as (cursor, moment):
        words += ["--format=custom", f"--snapshot={moment}", f"--file={target}"]
        _run(words, environment)
        cursor.execute(_OBJECTS)
        return [path for (path,) in cursor.fetchall()]


@contextmanager
def _one_moment() -> Iterator[tuple[Any, str]]:
    """Give a cursor and a name for the moment that it sees, for other sessions."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor, cursor.fetchone()[0]


def _postgresql(tool: str) -> tuple[list[str], dict[str, str]]:
    """Begin a command line for this database, with a tool that knows its version."""
    program = shutil.which(tool)
    if program is None:
        raise ToolMissing(tool)
    told = subprocess.run([program, "--version"], capture_output=True, check=True)  # noqa: S603
    found = re.search(rb"\) (\d+)", told.stdout)
    version, server = int(found[1]) if found else 0, _raw().info.server_version // 10000
    if version < server:
        raise ToolTooOld(tool, version, server)
    args, env = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    *place, name = args[1:]
    return [program, *place, f"--dbname={name}"], os.environ | (env or {})


def _run(words: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(words, env=environment, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise ToolFailed(Path(words[0]).name, done.stderr)
