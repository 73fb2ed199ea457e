"""The embedded index: one folder that one process writes and many read.

The folder holds a folder for each generation (a rebuild begins a new one) and a pointer
to the one in use. Readers look at the pointer and at the generation's own list of
segments before each question, and open anew what has changed.
"""

import fcntl
import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import tantivy
from tantivy import Occur, Query

from .asked import AllOf, AnyOf, AtLeast, Between, Facet, Near, Node, Phrase, Token
from .documents import FACETS, TEXT_FIELDS, Document, RecordName

FORMAT: Final = 2  # of the schema and the tokens; another one asks for a rebuild
POINTER: Final = "current"
HEAP_BYTES: Final = 96 * 1024 * 1024
WITH_POSITIONS: Final = ("name_en", "text_en")
RAW: Final = ("number", "exact")
# The years something was made in; where one of the two is known it stands in both.
FIRST: Final = "first_year"
LAST: Final = "last_year"
ALL_READ: Final = 10_000_000


class NoIndex(Exception):
    """There is no index yet: it is being made, or its process does not run."""


class IndexInUse(Exception):
    """Another process writes the index."""


def make_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(
        "id", stored=True, tokenizer_name="raw", index_option="basic"
    )
    builder.add_text_field(
        "digest", stored=True, tokenizer_name="raw", index_option="basic"
    )
    builder.add_text_field("tier", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("sample", tokenizer_name="raw", index_option="basic")
    for name in TEXT_FIELDS:
        option = "position" if name in WITH_POSITIONS else "freq"
        raw = name in RAW
        builder.add_text_field(
            name,
            tokenizer_name="raw" if raw else "whitespace",
            index_option="basic" if raw else option,
        )
    for name in FACETS:
        builder.add_text_field(
            f"f_{name}", fast=True, tokenizer_name="raw", index_option="basic"
        )
    for name in (FIRST, LAST):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in ("released", "changed"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    return builder.build()  # fmt: skip


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

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Write a new generation and point to it; the old one answers until then."""
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


class Reader:
    """The index as it stands now, for one process; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._seen: tuple[Path, int] | None = None
        self._index: tantivy.Index | None = None

    def searcher(self) -> tuple[tantivy.Searcher, tantivy.Schema]:
        """Give what answers questions. Raises `NoIndex`."""
        with self._lock:
            self._look()
            if self._index is None:
                raise NoIndex
            return self._index.searcher(), self._index.schema

    def _look(self) -> None:
        generation = current_generation(self._folder)
        if generation is None:
            self._seen = self._index = None
            return
        try:
            seen = generation, (generation / "meta.json").stat().st_mtime_ns
            if self._seen == seen and self._index is not None:
                return
            if self._index is None or self._seen is None or self._seen[0] != generation:
                self._index = tantivy.Index.open(str(generation))
                self._index.config_reader("manual")
            self._index.reload()
            self._seen = seen
        except (OSError, ValueError) as error:  # replaced in this very moment
            self._seen = self._index = None
            raise NoIndex from error


def current_generation(folder: Path) -> Path | None:
    """Give the folder of the generation in use; None where there is none of our format."""
    try:
        name = (folder / POINTER).read_text()
    except OSError:
        return None
    path = folder / name
    is_ours = name.startswith(f"{FORMAT}-") and (path / "meta.json").exists()
    return path if is_ours else None


def digests(folder: Path) -> Iterator[tuple[RecordName, str]]:
    """Give each document's record and digest, for a check."""
    searcher, _schema = Reader(folder).searcher()
    for _score, address in searcher.search(
        Query.all_query(), ALL_READ, count=False
    ).hits:
        document = searcher.doc(address)
        yield (
            RecordName.parse(str(document.get_first("id"))),
            str(document.get_first("digest")),
        )


def compile_node(node: Node, schema: tantivy.Schema) -> Query:
    """Write a question as the engine has it."""
    match node:
        case Token(field, token, weight):
            return _weighed(Query.term_query(schema, field, token, "freq"), weight)
        case Phrase(field, tokens, weight):
            return _weighed(Query.phrase_query(schema, field, list(tokens)), weight)
        case Near(field, token, weight):
            return _weighed(Query.fuzzy_term_query(schema, field, token, 1), weight)
        case Facet(name, values, weight):
            found = Query.term_set_query(schema, f"f_{name}", sorted(values))
            return Query.const_score_query(found, weight)
        case Between():
            return Query.const_score_query(_years(node, schema), node.weight)
        case AllOf(parts):
            each = [(Occur.Must, compile_node(part, schema)) for part in parts]
            return Query.boolean_query(each)
        case AnyOf(parts):
            best = [compile_node(part, schema) for part in parts]
            return Query.disjunction_max_query(best, 0.1)
        case AtLeast(count, parts):
            some = [(Occur.Should, compile_node(part, schema)) for part in parts]
            return Query.boolean_query(some, count)


def _weighed(query: Query, weight: float) -> Query:
    return query if weight == 1.0 else Query.boost_query(query, weight)


def _years(asked: Between, schema: tantivy.Schema) -> Query:
    high_of, low_of = (LAST, FIRST) if asked.whole else (FIRST, LAST)
    limits = []
    if asked.end is not None:
        limits.append(_range(schema, high_of, None, asked.end))
    if asked.begin is not None:
        limits.append(_range(schema, low_of, asked.begin, None))
    if not limits:
        limits.append(Query.exists_query(FIRST))
    return Query.boolean_query([(Occur.Must, limit) for limit in limits])


def _range(
    schema: tantivy.Schema, name: str, low: int | None, high: int | None
) -> Query:
    kind = tantivy.FieldType.Integer
    return Query.range_query(schema, name, kind, low, high)


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
def open_writer(folder: Path) -> Iterator[Writer]:
    """Hold the index for writing. Raises `IndexInUse`."""
    writer = Writer(folder)
    try:
        yield writer
    finally:
        writer.close()
