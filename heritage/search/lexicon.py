"""Words and what they may stand for: concepts of the vocabularies, everyday synonyms.

From the register's own terms, so that a museum that adds a name to a term is understood
by it at once, and from a short list of everyday words that stand in no vocabulary.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from django.apps import apps
from django.db.models import Max, Sum

from heritage.catalogue.vocabularies import load
from heritage.lib.folding import fold
from knowledge_graph.vocabulary import Concept, UnknownVocabulary, Vocabulary

from .documents import spelling

EVERYDAY: Final = Path(__file__).with_name("everyday.tsv")
# Which facet a vocabulary's slugs stand in.
FACET_OF: Final = {
    "category": "category", "ich-category": "category", "site-kind": "category",
    "material": "material", "grade": "grade", "period": "period", "facet": "theme",
    "ich-level": "level", "protection-level": "level",
}  # fmt: skip
# Words that also are labels here, and mean nothing alone.
TOO_WIDE: Final = frozenset({"other", "其他", "single", "组合"})
_COMPOUND: Final = re.compile(r"[、,，/]| and | or ")


@dataclass
class Entry:
    """What one word or phrase may mean."""

    facets: dict[str, set[str]] = field(default_factory=dict)
    synonyms: list[str] = field(default_factory=list)  # folded, as records may have it

    def add(self, *, synonyms: Iterable[str] = ()) -> None:
        self.synonyms += [text for text in synonyms if text not in self.synonyms]


Lexicon = dict[str, Entry]


@dataclass
class _Known:
    stamp: tuple[object, ...] = ()
    lexicon: Lexicon = field(default_factory=dict)


_known = _Known()


def lexicon() -> Lexicon:
    """Give what words mean by the vocabularies as they are now, by their spelling."""
    editions = apps.get_model("catalogue", "VocabularyEdition")._default_manager
    found = editions.aggregate(changes=Sum("revision"), loaded=Max("loaded_at"))
    stamp = tuple(found.values())
    if _known.stamp != stamp or not _known.lexicon:
        _known.lexicon, _known.stamp = _build(), stamp
    return _known.lexicon


def _build() -> Lexicon:
    entries: Lexicon = {}
    for group in everyday():
        for text in group:
            _entry(entries, text).add(synonyms=group)
    for name, facet in FACET_OF.items():
        try:
            vocabulary = load(name)
        except UnknownVocabulary:
            continue
        for concept in vocabulary.concepts:
            _add_concept(entries, vocabulary, concept, facet)
    return entries


def _add_concept(
    entries: Lexicon, vocabulary: Vocabulary, concept: Concept, facet: str
) -> None:
    labels = [fold(text) for text in (*concept.labels.values(), *concept.other_names)]
    plain = [text for text in labels if not _COMPOUND.search(text)]
    values = {
        f"{vocabulary.name}:{slug}" for slug in _with_narrower(vocabulary, concept)
    }
    for text in labels:
        for part in {text, *_COMPOUND.split(text)}:
            if (word := part.strip()) and word not in TOO_WIDE:
                entry = _entry(entries, word)
                entry.facets.setdefault(facet, set()).update(values)
    for text in plain:
        _entry(entries, text).add(synonyms=plain)


def _entry(entries: Lexicon, folded: str) -> Entry:
    return entries.setdefault(spelling(folded), Entry())


def _with_narrower(vocabulary: Vocabulary, concept: Concept) -> Iterator[str]:
    yield concept.slug
    for one in vocabulary.narrower(concept.slug):
        yield from _with_narrower(vocabulary, one)


@cache
def everyday() -> tuple[tuple[str, ...], ...]:
    """Give the groups of words that stand for one another, folded."""
    lines = EVERYDAY.read_text(encoding="utf-8").splitlines()
    return tuple(
        tuple(_words(line)) for line in lines if line and not line.startswith("#")
    )


def _words(line: str) -> Iterator[str]:
    chinese, _, english = line.partition("\t")
    yield from (fold(word) for word in chinese.split())
    yield from (fold(word.strip()) for word in english.split(";") if word.strip())
