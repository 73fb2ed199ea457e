"""Ask the embedded index, as it stands at the moment of the question.

Readers look at the pointer and at the generation's own list of segments before each
question, and open anew what has changed.
"""

import threading
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import tantivy
from django.conf import settings
from tantivy import Query

from heritage.search.documents import FACETS, RecordName
from heritage.search.wanted import Found, NoIndex, Page, Wanted

from .compiling import compile_wanted
from .schema import current_generation

ALL_READ: Final = 10_000_000


class Searcher:
    """The index at one moment."""

    def __init__(self, opened: tantivy.Searcher, schema: tantivy.Schema) -> None:
        self._opened = opened
        self._schema = schema

    def find(self, wanted: Wanted, page: Page) -> Found:
        result = self._opened.search(
            compile_wanted(wanted, self._schema),
            limit=page.size,
            count=True,
            offset=page.offset,
            order_by_field=None if wanted.node is not None else page.newest_by,
        )
        hits = [(self._name_at(address), float(score)) for score, address in result.hits]  # fmt: skip
        return Found(hits, int(result.count or 0))  # type: ignore[attr-defined]

    def name(self, wanted: Wanted, most: int) -> list[RecordName]:
        query = compile_wanted(wanted, self._schema)
        hits = self._opened.search(query, most, count=False).hits
        return [self._name_at(address) for _score, address in hits]

    def count(self, wanted: Wanted) -> Found:
        return Found((), self.find(wanted, Page(1)).total)

    def count_values(
        self, wanted: Wanted, facets: Collection[str], most: int
    ) -> dict[str, list[tuple[str, int]]]:
        asked: dict[str, Any] = {
            name: {"terms": {"field": f"f_{name}", "size": most}}
            for name in FACETS
            if name in facets
        }
        query = compile_wanted(wanted, self._schema)
        result = self._opened.aggregate(query, asked)
        return {
            name: [(str(b["key"]), b["doc_count"]) for b in result[name]["buckets"]]
            for name in asked
        }

    def _name_at(self, address: tantivy.DocAddress) -> RecordName:
        return RecordName.parse(str(self._opened.doc(address).get_first("id")))


def searcher() -> Searcher:
    return Searcher(*_reader(Path(settings.SEARCH_ROOT)).searcher())


def digests() -> Iterator[tuple[RecordName, str]]:
    opened, _schema = _reader(Path(settings.SEARCH_ROOT)).searcher()
    hits = opened.search(Query.all_query(), ALL_READ, count=False).hits
    for _score, address in hits:
        document = opened.doc(address)
        name = RecordName.parse(str(document.get_first("id")))
        yield name, str(document.get_first("digest"))


@cache
def _reader(folder: Path) -> "Reader":
    return Reader(folder)


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
