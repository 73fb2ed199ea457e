"""What the builders of record graphs share: names of graphs, and whom a graph may name.

A builder names another record through `Mentions.iri`: it gives nothing for a record that
the public may not see, and remembers that it was asked, so that the graph is built again
when that changes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from django.db.models import Model, Prefetch, QuerySet
from rdflib import URIRef

from knowledge_graph.namespaces import Ids
from knowledge_graph.patterns import Triple, Triples

from .models import LinkRow, Record
from .policy import STRANGER, allows

VOCABULARY: Final = "vocab"  # the kind of the graphs that hold vocabularies
CHINESE: Final = range(0x3400, 0xA000)  # CJK ideographs of the basic plane, extension A


class GraphName(NamedTuple):
    """The named graph of one record, link row, capture or vocabulary."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"


@dataclass
class Mentions:
    """Gives out the IRIs of public records; `names` are all that were asked for."""

    ids: Ids
    names: set[GraphName] = field(default_factory=set)

    def iri(self, record: Record | None) -> URIRef | None:
        if record is None:
            return None
        self.add(record)
        public = allows(STRANGER, record)
        return self.ids.thing(record.kind, record.key) if public else None

    def add(self, *records: Record) -> None:
        self.names.update(GraphName(record.kind, record.key) for record in records)


def is_public(thing: Model) -> bool:
    return allows(STRANGER, thing)


def hangs_on_nothing(thing: Any) -> Iterable[Record]:
    return ()


def hangs_on_its_ends(link: LinkRow) -> Iterable[Record]:
    return link.ends


@dataclass(frozen=True)
class GraphSource:
    """How rows of one model become graphs."""

    model: type[Model]
    build: Callable[[Any, Mentions], Triples]
    related: tuple[str, ...] = ()  # fetched with the row
    # Rows that belong to it, fetched for many at once.
    parts: tuple[str | Prefetch[str], ...] = ()
    is_public: Callable[[Any], bool] = is_public
    # Records whose visibility decides whether the graph is there at all.
    hangs_on: Callable[[Any], Iterable[Record]] = hangs_on_nothing

    def rows(self, keys: list[str]) -> QuerySet[Any]:
        rows = self.model._default_manager.select_related(*self.related)
        return rows.prefetch_related(*self.parts).filter(key__in=keys)

    def write(self, thing: Any, says: Mentions) -> list[Triple]:
        """Build the graph as the public may see it; nothing where it may not."""
        says.add(*self.hangs_on(thing))
        return list(self.build(thing, says)) if self.is_public(thing) else []


Touched = Callable[[Model], Iterator[GraphName]]


def verbatim(text: str) -> dict[str, str]:
    """Tag a text that was written down in one language only."""
    if not text:
        return {}
    chinese = any(ord(character) in CHINESE for character in text)
    return {"zh-Hans" if chinese else "en": text}
