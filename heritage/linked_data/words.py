"""The search service that SPARQL queries may name: words to the IRIs of public things."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.conf import settings

from heritage.catalogue.policy import STRANGER
from heritage.search.asking import Filters, Hit, Request, search
from heritage.search.building import TERM
from knowledge_graph.namespaces import Ids
from knowledge_graph.query.words import WordService, expand_words

# Kinds that have a graph of their own.
KINDS: Final = (
    "relic", "element", "bearer", "site", "exhibit", "agent", "place", "period", TERM,
)  # fmt: skip


def word_service() -> WordService:
    return _word_service(settings.BASE_IRI)


@cache  # asked for several times a query
def _word_service(base_iri: str) -> WordService:
    vocab = Ids(base_iri).vocab
    return WordService(f"{base_iri}/search", f"{vocab}matches", f"{vocab}limit")


@dataclass(frozen=True)
class Worded:
    """A query with things in place of words.

    notes : where there were more of them; seconds : what looking for them took
    """

    text: str
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


def asks_for_words(text: str) -> bool:
    return word_service().iri in text


def with_words(text: str) -> Worded:
    """Write what a query asks the search service as the things that it means.

    Raises `NoIndex`, `WordsNotRead` or `TooManySearches`.
    """
    notes: list[str] = []

    def look_up(words: str, limit: int) -> Sequence[str]:
        found = find_iris(words, limit)
        if found.total > len(found.iris):
            notes.append(f"search gave {len(found.iris)} of {found.total}")
        return found.iris

    started = time.monotonic()
    expanded = expand_words(text, word_service(), look_up)
    return Worded(expanded, tuple(notes), time.monotonic() - started)


def without_words(text: str) -> str:
    """Write a query as `with_words` does, but with nothing found: to look at its form."""
    return expand_words(text, word_service(), lambda _words, _limit: ())


@dataclass(frozen=True)
class FoundIris:
    """The likeliest things, and how many there are in all."""

    iris: tuple[str, ...] = ()
    total: int = 0


def find_iris(words: str, limit: int) -> FoundIris:
    """Give the things that a stranger would find; what answers only in part is left out."""
    kinds = frozenset(f"kind:{kind}" for kind in KINDS)
    answer = search(Request(words, STRANGER, Filters({"kind": kinds}), size=limit))
    if answer.is_loose or not words.strip():
        return FoundIris()
    return FoundIris(tuple(map(_iri, answer.hits)), answer.total)


def _iri(hit: Hit) -> str:
    where = "vocab" if hit.name.kind == TERM else f"id/{hit.name.kind}"
    return f"{settings.BASE_IRI}/{where}/{hit.name.key}"
