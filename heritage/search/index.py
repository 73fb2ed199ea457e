"""The index, whichever engine keeps it: PostgreSQL where it is the database, else tantivy.

Both hold the same documents, are asked the same questions and see with the same sight.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager

from django.db import connection

from . import embedded, postgres
from .documents import RecordName
from .wanted import Engine, IndexInUse, NoIndex, Searcher, TooMuchAsked, Writer

__all__ = [
    "IndexInUse",
    "NoIndex",
    "TooMuchAsked",
    "digests",
    "open_writer",
    "searcher",
]


def searcher() -> Searcher:
    """Give what answers questions. Raises `NoIndex`."""
    return _engine().searcher()


def open_writer() -> AbstractContextManager[Writer]:
    """Hold the index for writing. Raises `IndexInUse`."""
    return _engine().open_writer()


def digests() -> Iterator[tuple[RecordName, str]]:
    """Give each document's record and digest, for a check. Raises `NoIndex`."""
    return _engine().digests()


def _engine() -> Engine:
    return postgres if connection.vendor == "postgresql" else embedded
