"""What an engine is asked for, and what it answers: the same for each engine."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from .asked import Node
from .documents import PUBLIC, SAMPLES, STAFF, Document, RecordName


class NoIndex(Exception):
    """There is no index yet: it is being made, or its process does not run."""


class TooMuchAsked(NoIndex):
    """The index is there, but this question takes it longer than one may."""


class IndexInUse(Exception):
    """Another process writes the index."""


class Unfit(Exception):
    """The engine cannot hold a document: it is too long, or a value is out of range."""


@dataclass(frozen=True)
class Sight:
    """Whose documents a person may find: the policy, as an index has it.

    `inside` are tiers; with `elsewhere`, public documents as well, but none of these
    collections, whose own documents stand in the tiers.
    """

    inside: tuple[str, ...] = ()
    elsewhere: frozenset[str] | None = frozenset()


ADMINISTRATOR = Sight((STAFF,), None)
ANYBODY = Sight((PUBLIC,), None)


@dataclass(frozen=True)
class Wanted:
    """Which documents are asked for; `node` alone decides which come first."""

    sight: Sight
    node: Node | None = None
    filters: tuple[Node, ...] = ()
    changed_since: int | None = None  # seconds since 1970
    hidden: frozenset[RecordName] = frozenset()
    samples: int = SAMPLES  # of so many shares of all documents


@dataclass(frozen=True)
class Page:
    """Which part of what is found: by its score, or the newest first without a node."""

    size: int
    offset: int = 0
    newest_by: Literal["released", "changed"] = "released"


@dataclass(frozen=True)
class Found:
    hits: Sequence[tuple[RecordName, float]]
    total: int
    is_about: bool = False  # the total is an estimate
    reach: int | None = None  # so many of them can be paged through; None: all


class Searcher(Protocol):
    """The index at one moment."""

    def find(self, wanted: Wanted, page: Page) -> Found: ...

    def name(self, wanted: Wanted, most: int) -> list[RecordName]:
        """Name what is found, in no order."""

    def count(self, wanted: Wanted) -> Found:
        """Count, without naming anything."""

    def count_values(
        self, wanted: Wanted, facets: Collection[str], most: int
    ) -> Mapping[str, Sequence[tuple[str, int]]]:
        """Count the values of each facet, the most frequent first."""


class Writer(Protocol):
    """The one that writes an index."""

    @property
    def has_index(self) -> bool: ...

    @property
    def stamp(self) -> str:
        """What was last noted beside the index: which terms it holds."""

    def note(self, stamp: str) -> None: ...

    def replace(
        self, names: Iterable[RecordName], documents: Iterable[Document]
    ) -> None:
        """Take the documents of these records out, put these in, and let all see it.

        Raises `Unfit`; then nothing is changed.
        """

    def remove_kind(self, kind: str) -> None: ...

    def rebuild(
        self, documents: Iterable[Document], unfit: dict[RecordName, Unfit]
    ) -> int:
        """Make the index anew; the old one answers until then.

        A record that the engine cannot hold is left out, and named in `unfit`.
        """


class Engine(Protocol):
    """What a module does that keeps an index."""

    def searcher(self) -> Searcher:
        """Give what answers questions. Raises `NoIndex`."""

    def open_writer(self) -> AbstractContextManager[Writer]:
        """Hold the index for writing. Raises `IndexInUse`."""

    def digests(self) -> Iterator[tuple[RecordName, str]]:
        """Give each document's record and digest, for a check. Raises `NoIndex`."""
