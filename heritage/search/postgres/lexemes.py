"""Write tokens as a `tsvector` and a `tsquery` hold them: a letter of the field first."""

import math
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from heritage.search.documents import FACETS, SAMPLES, TEXT_FIELDS, Document

LONGEST: Final = 400  # characters; PostgreSQL refuses words of more than 2 kB
LAST_PLACE: Final = 16_383  # of a word in a document; later ones stand there too
WITH_PLACES: Final = ("name_en", "text_en")
TIER: Final = "tier"
SAMPLE: Final = "sample"
LETTERS: Final = {
    name: chr(ord("A") + number)
    for number, name in enumerate((*TEXT_FIELDS, *FACETS, TIER, SAMPLE))
}
NOTHING: Final = "'~'"  # a word that no document has
# How many tokens a field usually has: a word in a longer one says less. By count in the
# Cleveland table and in the demo; what it decides is the order of near equals alone.
USUAL: Final = {
    "name_zh": 14, "name_en": 7, "text_zh": 80, "text_en": 40, "sound": 14,
    "initials": 12, "number": 1, "exact": 2,
}  # fmt: skip
# The two constants of BM25, as tantivy and most others have them.
_K1, _B = 1.2, 0.75


def lexeme(field: str, token: str) -> str:
    """Give the word that stands for a token of a field."""
    return LETTERS[field] + token.replace("\0", " ")[:LONGEST]


def quoted(word: str) -> str:
    doubled = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def one_of(field: str, tokens: Iterable[str]) -> str:
    """Write a query for any of these tokens; nothing has none of none."""
    words = [quoted(lexeme(field, token)) for token in sorted(tokens)]
    return f"({' | '.join(words)})" if words else NOTHING


def vector(document: Document) -> str:
    """Write a document's words, with their places where phrases are asked for."""
    places: dict[str, list[int]] = {}
    for field, tokens in document.tokens.items():
        for number, token in enumerate(tokens, 1):
            there = places.setdefault(lexeme(field, token), [])
            if field in WITH_PLACES:
                there.append(min(number, LAST_PLACE))
    for word in _marks(document):
        places[word] = []
    return " ".join(
        quoted(word) + (":" + ",".join(map(str, at)) if at else "")
        for word, at in places.items()
    )


def facet_words(document: Document) -> list[str]:
    return [
        lexeme(name, value)
        for name, values in document.facet_tokens.items()
        for value in values
    ]


def norms(document: Document) -> list[float]:
    """Give how much one word tells in each field: less in a long one, as BM25 has it."""
    return [_norm(name, len(document.tokens[name])) for name in TEXT_FIELDS]


def rarity(documents: int, having: int) -> float:
    """Give how much a word tells that so many of all documents have (BM25)."""
    return math.log(1 + (max(documents, having) - having + 0.5) / (having + 0.5))


def shares(samples: int) -> str:
    """Write which shares of all documents are looked at; "" for all of them."""
    if samples > SAMPLES // 2:
        others = [str(n) for n in range(samples, SAMPLES)]
        return f"!{one_of(SAMPLE, others)}" if others else ""
    return one_of(SAMPLE, [str(n) for n in range(samples)])


def _norm(name: str, length: int) -> float:
    relative = length / USUAL[name]
    return round((_K1 + 1) / (1 + _K1 * (1 - _B + _B * relative)), 4)


def _marks(document: Document) -> Iterator[str]:
    tiers = (lexeme(TIER, tier) for tier in document.tiers)
    sample = lexeme(SAMPLE, str(document.sample))
    return chain(facet_words(document), tiers, [sample])
