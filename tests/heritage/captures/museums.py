"""Museums on a file and its own queue, and on real servers."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis
from psycopg import sql

from .museum import Museum

# Each process of the test run has its own: a group of tests may be split between two.
NUMBER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
DATABASE = f"heritage_workers_{NUMBER}"
REDIS_DATABASE = 7 + NUMBER % 8  # of the sixteen every Redis has; 0 is the others'


@contextmanager
def museum_of(kind: str, folder: Path, **more: str) -> Iterator[Museum]:
    """Give a museum that is migrated; `servers` asks for PostgreSQL and Redis."""
    environment = on_servers() if kind == "servers" else {}
    museum = Museum(environment | more, folder)
    try:
        museum.found()
        yield museum
    finally:
        museum.close()


def on_servers() -> dict[str, str]:
    """Give the settings of an empty database and queue, on the tests' own servers."""
    postgres = os.environ["HERITAGE_TEST_POSTGRES_URL"]
    with psycopg.connect(postgres, autocommit=True) as link:
        name = sql.Identifier(DATABASE)
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name)
        link.execute(drop)
        link.execute(sql.SQL("CREATE DATABASE {}").format(name))
    store = _with_path(os.environ["HERITAGE_TEST_REDIS_URL"], str(REDIS_DATABASE))
    with redis.Redis.from_url(store) as client:
        client.flushdb()
    return {
        "HERITAGE_DATABASE_URL": _with_path(postgres, DATABASE),
        "HERITAGE_REDIS_URL": store,
    }


def _with_path(url: str, path: str) -> str:
    start, _, _ = url.rpartition("/")
    return f"{start}/{path}"
