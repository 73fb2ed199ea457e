"""Find the term that a text means: by slug, label in any language, synonym, notation."""

import difflib
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from heritage.catalogue.vocabularies import load
from knowledge_graph.scripts import simplify
from knowledge_graph.vocabulary import Vocabulary

LEAST_ALIKE = 0.5  # of difflib's ratio: 残破 for 残缺; below it a proposal is noise


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Write a term without what varies: width, case, script, spaces and punctuation."""
    plain = simplify(unicodedata.normalize("NFKC", text)).casefold()
    return re.sub(r"[\s,，、。.;；:：()（）_\-—]+", "", plain)


def find_term(vocabulary: str, text: str, own: Mapping[str, str]) -> str:
    """Give the slug of what a text says exactly, `own` synonyms first; "" if none."""
    by_name = _names(load(vocabulary))
    folded = fold(text)
    return _folded(tuple(own.items())).get(folded) or by_name.get(folded, "")


def propose_term(vocabulary: str, text: str) -> str:
    """Give the slug of the term that comes nearest; "" where none is near."""
    by_name, folded = _names(load(vocabulary)), fold(text)
    if not folded:
        return ""
    within = [name for name in by_name if name in folded or folded in name]
    if within:
        return by_name[
            max(within, key=lambda name: (min(len(name), len(folded)), name))
        ]
    near = difflib.get_close_matches(folded, by_name, n=1, cutoff=LEAST_ALIKE)
    return by_name[near[0]] if near else ""


def terms_within(text: str, own: Mapping[str, str]) -> list[str]:
    """Give the terms whose synonyms of the mapping stand in a text, in its order."""
    lower = text.casefold()
    places = {
        slug: place
        for word, slug in reversed(list(own.items()))
        if (place := lower.find(word.casefold())) >= 0
    }
    return sorted(places, key=places.__getitem__)


# By vocabulary as it was read: a museum that adds a term reads it anew.
_read: dict[str, tuple[Vocabulary, dict[str, str]]] = {}


def _names(vocabulary: Vocabulary) -> dict[str, str]:
    known = _read.get(vocabulary.name)
    if known is not None and known[0] is vocabulary:
        return known[1]
    names: dict[str, str] = {}
    for concept in vocabulary.concepts:
        said = (*concept.labels.values(), concept.slug, *concept.other_names)
        for name in said:
            names.setdefault(fold(name), concept.slug)
    _read[vocabulary.name] = (vocabulary, names)
    return names


@lru_cache(maxsize=256)
def _folded(own: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {fold(word): slug for word, slug in own}
