"""Write the index in PostgreSQL: one process at a time, each batch in one transaction."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from heritage.search.documents import Document, RecordName
from heritage.search.wanted import IndexInUse, NoIndex, Unfit

from .lexemes import lexeme, quoted
from .tables import DOCUMENTS, add, ask, count_tokens, make_anew, run, state

LOCK: Final = 0x68657269  # of the advisory locks of this database: "heri"


class Writer:
    """The one that writes: holds a lock, on a connection of its own, until it is closed."""

    def __init__(self, link: BaseDatabaseWrapper) -> None:
        self._link = link
        self._hold()

    @property
    def has_index(self) -> bool:
        return state() is not None

    @property
    def stamp(self) -> str:
        now = state()
        return now.stamp if now else ""

    def note(self, stamp: str) -> None:
        run("UPDATE search_state SET stamp = %s", [stamp])

    def replace(
        self, names: Iterable[RecordName], documents: Iterable[Document]
    ) -> None:
        """Take the documents of these records out, put these in, and let all see it.

        Raises `Unfit`; then nothing is changed.
        """
        self._hold()
        if not self.has_index:
            raise NoIndex
        gone, new = [str(name) for name in names], list(documents)
        with transaction.atomic():
            count_tokens(gone, sign=-1)
            fewer = run(f"DELETE FROM {DOCUMENTS} WHERE name = ANY(%s)", [gone])
            more = add(new)
            count_tokens(sorted({str(one.name) for one in new}), sign=1)
            run("UPDATE search_state SET documents = documents + %s", [more - fewer])

    def remove_kind(self, kind: str) -> None:
        word = quoted(lexeme("kind", f"kind:{kind}"))
        rows = ask(
            f"SELECT DISTINCT name FROM {DOCUMENTS} WHERE words @@ %s::tsquery", [word]
        )
        self.replace([RecordName.parse(name) for (name,) in rows], [])

    def rebuild(
        self, documents: Iterable[Document], unfit: dict[RecordName, Unfit]
    ) -> int:
        """Make the index anew; the old one answers until then."""
        self._hold()
        with transaction.atomic():
            return make_anew(documents, unfit)

    def close(self) -> None:
        self._link.close()

    def _hold(self) -> None:
        """Take the lock, again if the connection was lost. Raises `IndexInUse`."""
        if not self._link.is_usable():
            self._link.close()
        with self._link.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            (is_held,) = cursor.fetchone() or (False,)
        if not is_held:
            self._link.close()
            raise IndexInUse


@contextmanager
def open_writer() -> Iterator[Writer]:
    """Hold the index for writing. Raises `IndexInUse`."""
    writer = Writer(connection.copy())
    try:
        yield writer
    finally:
        writer.close()
