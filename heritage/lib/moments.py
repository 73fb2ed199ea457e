"""Tell whether anything was committed to the database since one last looked.

So an answer that costs a lot to build is kept, exactly as long as no row changed: SQLite
counts the commits of others for each connection (`data_version`), and the connection its
own changes; PostgreSQL names the transactions that are visible.
"""

from collections.abc import Hashable

from django.db import connection


def moment_now() -> Hashable | None:
    """Give what stays equal while nothing is committed; None where that is not known.

    Only to be compared within a thread: each has a connection of its own. Within a
    transaction nothing is known: it may be rolled back.
    """
    connection.ensure_connection()
    if connection.in_atomic_block:
        return None
    if connection.vendor == "sqlite":
        (version,) = _ask("PRAGMA data_version")
        raw = connection.connection  # itself: a later one may get the same `id`
        return raw, version, raw.total_changes
    if connection.vendor == "postgresql":
        return _ask("SELECT pg_current_snapshot()::text")
    return None


def _ask(statement: str) -> tuple[Hashable, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return tuple(cursor.fetchone())
