"""What the index holds of a record: the words it is found by, and what it is filtered by.

A document holds no text that could be shown: what a visitor reads comes from the record,
at the moment of the answer. Words of other records (a place, a maker) are not copied
either: the document names them by key, and a question for their name asks for the key.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from django.db.models import Model, QuerySet

from heritage.catalogue.policy import Person
from heritage.lib.folding import chinese_tokens, fold, word_tokens

from .pinyin import initial_tokens, sound_tokens

PUBLIC: Final = "public"  # may be found by anybody
STAFF: Final = "staff"  # every record's own document, for administrators
# What records are filtered and counted by; the values are slugs or keys.
FACETS: Final = (
    "kind", "period", "material", "category", "grade", "place", "theme", "collection",
    "has", "agent", "element", "level",
)  # fmt: skip
TEXT_FIELDS: Final = (
    "name_zh", "name_en", "text_zh", "text_en", "sound", "initials", "number", "exact",
)  # fmt: skip
# Characters that are looked through: of one text, and of all the texts of a record. An
# ideograph takes up to 15 bytes, alone and with its neighbour; PostgreSQL holds 1 MB.
LONGEST_TEXT: Final = 20_000
MOST_TEXT: Final = 60_000
SAMPLES: Final = 64  # shares that large counts are estimated from


class RecordName(NamedTuple):
    """One record or term of the museum."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"

    @classmethod
    def parse(cls, text: str) -> "RecordName":
        kind, _, key = text.partition("/")
        return cls(kind, key)


@dataclass(frozen=True)
class Document:
    """One record as the people of its tiers may know it."""

    name: RecordName
    tiers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    begin_year: int | None = None
    end_year: int | None = None
    released: int = 0  # seconds since 1970: what came last stands first
    changed: int = 0

    @cached_property
    def tokens(self) -> dict[str, list[str]]:
        """The tokens by field: what every engine searches, and a live check as well."""
        names = [fold(name) for name in self.names if name]
        texts = list(_first_texts(self.texts))
        return {
            "name_zh": _all(chinese_tokens, names),
            "name_en": _all(word_tokens, names),
            "text_zh": list(dict.fromkeys(_all(chinese_tokens, texts))),
            "text_en": _all(word_tokens, texts),
            "sound": list(dict.fromkeys(_all(sound_tokens, names))),
            "initials": list(dict.fromkeys(_all(initial_tokens, names))),
            "number": [fold(number) for number in self.numbers if number],
            "exact": list(dict.fromkeys(spelling(name) for name in names)),
        }

    @cached_property
    def facet_tokens(self) -> dict[str, tuple[str, ...]]:
        values = {"kind": (f"kind:{self.name.kind}",), **self.facets}
        return {name: tuple(values.get(name, ())) for name in FACETS}

    @property
    def sample(self) -> int:
        """Which share of all documents this one belongs to, told by its name alone."""
        return blake2b(str(self.name).encode(), digest_size=2).digest()[0] % SAMPLES

    @cached_property
    def digest(self) -> str:
        """Tells this document from one that would be found otherwise."""
        told = [
            str(self.name), self.tiers, self.names, self.texts, self.numbers,
            sorted(self.facets.items()), self.begin_year, self.end_year, self.released, self.changed,
        ]  # fmt: skip
        text = json.dumps(told, ensure_ascii=False, default=list)
        return blake2b(text.encode(), digest_size=12).hexdigest()


def spelling(folded: str) -> str:
    """Write a whole name such that it equals what a visitor may type for it."""
    return " ".join([*word_tokens(folded), *_characters(folded)])[:200]


def _characters(folded: str) -> Iterator[str]:
    from_chinese = "".join(t for t in chinese_tokens(folded) if len(t) == 1)
    if from_chinese:
        yield from_chinese


def _first_texts(texts: Iterable[str]) -> Iterator[str]:
    """Fold what is looked through: the texts from the first on, until it is enough."""
    left = MOST_TEXT
    for text in texts:
        if left <= 0:
            return
        folded = fold(text[:LONGEST_TEXT])[:left]
        left -= len(folded)
        yield folded


def _all(cut: Callable[[str], list[str]], texts: Iterable[str]) -> list[str]:
    return [token for text in texts for token in cut(text)]


@dataclass(frozen=True)
class Source:
    """How rows of one model become documents; `describe` is told who reads."""

    model: type[Model]
    describe: Callable[[Any, Person], Document]
    related: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    page: str = ""  # the address of the record's page, with {key}; "" where it has none

    def rows(self, keys: Iterable[str]) -> QuerySet[Any]:
        rows = self.model._default_manager.select_related(*self.related)
        return rows.prefetch_related(*self.parts).filter(key__in=list(keys))
