"""Write many rows without shutting others out: SQLite has one writer at a time.

A transaction may last a quarter of a second at most, whatever the machine, and between
two there is room for a waiting writer: SQLite lets one look again every tenth of a
second, and nobody queues. PostgreSQL needs no such room.
"""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import connection, transaction

MOST_ROWS = 500
FIRST_ROWS = 50
TARGET_S = 0.15  # of the 0.25 that a transaction may last: the next may be slower
REST_S = 0.12
UNQUEUED_S = 1.0  # where writers lock rows only; a lease lasts 30 s
Row = TypeVar("Row")
Source = TypeVar("Source")


def fitting_rows(size: int, took_s: float, *, most: int = MOST_ROWS) -> int:
    """Tell how many rows the next transaction holds, at least 1, by what the last took.

    It may double: one fast batch says little about the next.
    """
    target_s = TARGET_S if connection.vendor == "sqlite" else UNQUEUED_S
    fitting = int(size * target_s / max(took_s, 0.001))
    return max(1, min(fitting, 2 * size, most))


def write_in_batches(
    sources: Sequence[Source],
    make: Callable[[Source], Row],
    write: Callable[[Sequence[Row]], object],
    *,
    clock: Callable[[], float] = time.monotonic,
    rest: Callable[[float], None] = time.sleep,
) -> list[float]:
    """Make rows and write them in order, each batch in its own transaction.

    Only a batch at a time is made, before its transaction begins. Gives how long each
    transaction took. An error in one batch leaves those before it written: a load
    remembers how far it came and resumes there.
    """
    took: list[float] = []
    done, size = 0, FIRST_ROWS
    while done < len(sources):
        rows = [make(source) for source in sources[done : done + size]]
        began = clock()
        with transaction.atomic():
            write(rows)
        took.append(clock() - began)
        done += size
        size = fitting_rows(size, took[-1])
        if done < len(sources) and connection.vendor == "sqlite":
            rest(REST_S)
    return took
