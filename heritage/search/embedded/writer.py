"""Write the embedded index: one process holds its lock, and many read.

A rebuild writes a new generation beside the one in use, and points to it at the end.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import tantivy
from django.conf import settings

from heritage.search.documents import Document, RecordName
from heritage.search.wanted import IndexInUse, NoIndex, Unfit

from .schema import FIRST, FORMAT, LAST, POINTER, RAW, current_generation, make_schema

HEAP_BYTES: Final = 96 * 1024 * 1024


class Writer:
    """The one that writes: holds the lock of the folder until it is closed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._lock = (folder / "lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.close()
            raise IndexInUse from error
        self._writer: tantivy.IndexWriter | None = None
        self._generation = current_generation(folder)
        self._remove_others()

    @property
    def has_index(self) -> bool:
        return self._generation is not None

    @property
    def stamp(self) -> str:
        """What was last noted beside the index: which terms it holds."""
        path = self._generation / "stamp" if self._generation else None
        return path.read_text() if path and path.exists() else ""

    def note(self, stamp: str) -> None:
        if self._generation is not None:
            _write_text(self._generation / "stamp", stamp)

    def replace(
        self, names: Iterable[RecordName], documents: Iterable[Document]
    ) -> None:
        """Take the documents of these records out, put these in, and let all see it."""
        writer = self._open()
        for name in names:
            writer.delete_documents_by_term("id", str(name))
        for document in documents:
            writer.add_document(_to_tantivy(document))
        writer.commit()

    def remove_kind(self, kind: str) -> None:
        self._open().delete_documents_by_term("f_kind", f"kind:{kind}")

    def rebuild(
        self, documents: Iterable[Document], unfit: dict[RecordName, Unfit]
    ) -> int:
        """Write a new generation and point to it; the old one answers until then.

        No document is too long for it: nothing comes into `unfit`.
        """
        self._close_writer()
        number = _number(self._generation) + 1 if self._generation else 1
        fresh = self._folder / f"{FORMAT}-{number}"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        count = _write_all(fresh, documents)
        _write_text(self._folder / POINTER, fresh.name)
        self._generation = fresh
        self._remove_others()
        return count

    def close(self) -> None:
        self._close_writer()
        self._lock.close()

    def _open(self) -> tantivy.IndexWriter:
        if self._generation is None:
            raise NoIndex
        if self._writer is None:
            index = tantivy.Index.open(str(self._generation))
            self._writer = index.writer(HEAP_BYTES, 1)
        return self._writer

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def _remove_others(self) -> None:
        """Take away what no reader opens any more; who has it open reads on."""
        for path in self._folder.iterdir():
            if path.is_dir() and path != self._generation:
                shutil.rmtree(path, ignore_errors=True)


def _to_tantivy(document: Document) -> tantivy.Document:
    found = tantivy.Document()
    found.add_text("id", str(document.name))
    found.add_text("digest", document.digest)
    found.add_text("sample", str(document.sample))
    for tier in document.tiers:
        found.add_text("tier", tier)
    for name, tokens in document.tokens.items():
        if name in RAW:
            for token in tokens:
                found.add_text(name, token)
        elif tokens:
            found.add_text(name, " ".join(tokens))
    for name, values in document.facet_tokens.items():
        for value in values:
            found.add_text(f"f_{name}", value)
    begin, end = document.begin_year, document.end_year
    if begin is not None or end is not None:
        found.add_integer(FIRST, begin if begin is not None else end or 0)
        found.add_integer(LAST, end if end is not None else begin or 0)
    found.add_unsigned("released", document.released)
    found.add_unsigned("changed", document.changed)
    return found


def _write_all(folder: Path, documents: Iterable[Document]) -> int:
    writer = tantivy.Index(make_schema(), path=str(folder)).writer(HEAP_BYTES, 1)
    count = 0
    for document in documents:
        writer.add_document(_to_tantivy(document))
        count += 1
    writer.commit()
    writer.wait_merging_threads()
    return count


def _number(generation: Path) -> int:
    return int(generation.name.partition("-")[2])


def _write_text(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.new")
    with draft.open("w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


@contextmanager
def open_writer() -> Iterator[Writer]:
    """Hold the index for writing. Raises `IndexInUse`."""
    writer = Writer(Path(settings.SEARCH_ROOT))
    try:
        yield writer
    finally:
        writer.close()
