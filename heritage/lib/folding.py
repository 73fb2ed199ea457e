"""One folding of text for what is indexed and what is asked: scripts, forms, endings.

Traditional characters and their variants become simplified ones (OpenCC), wide letters
narrow, accents go. Chinese becomes single characters and pairs; English becomes stems.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from opencc import OpenCC

# Characters that museums write for the same vessel, which OpenCC rightly keeps apart.
_VARIANTS: Final = str.maketrans("椀缾罇鑪𬬻甆锺鐘", "碗瓶樽炉炉瓷钟钟")
_IDEOGRAPH: Final = r"㐀-鿿豈-﫿\U00020000-\U0003ffff"
_RUN: Final = re.compile(
    rf"(?P<chinese>[{_IDEOGRAPH}]+)|(?P<word>[^\W_{_IDEOGRAPH}]+(?:['’][^\W_{_IDEOGRAPH}]+)*)"
)
_POSSESSIVE: Final = re.compile(r"['’]s?$")
# Said so often that they tell nothing; a query of nothing else keeps them.
STOPWORDS: Final = frozenset(
    (
        "a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "is", "it", "of",
        "on", "or", "that", "the", "their", "this", "to", "was", "were", "with",
        "的", "之", "和", "与", "及",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """A stretch of folded text in one script; `start` and `end` lie in that text."""

    script: Literal["chinese", "word"]
    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """Make equal what a reader takes for the same: forms, case, accents, scripts."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    composed = unicodedata.normalize("NFKC", bare)
    if composed.isascii():
        return composed
    simplified: str = _converter().convert(composed)
    return simplified.translate(_VARIANTS)


def runs(folded: str) -> list[Run]:
    """Cut folded text into stretches of Chinese and single words."""
    return [
        Run("chinese" if m["chinese"] else "word", m.group(), m.start(), m.end())
        for m in _RUN.finditer(folded)
    ]


def grams(chinese: str) -> list[str]:
    """Give the characters of a stretch of Chinese, and each pair of neighbours."""
    pairs = [chinese[n : n + 2] for n in range(len(chinese) - 1)]
    return [*chinese, *pairs]


def chinese_tokens(folded: str) -> list[str]:
    return [
        g for run in runs(folded) if run.script == "chinese" for g in grams(run.text)
    ]


def word_tokens(folded: str) -> list[str]:
    """Give the stems of the words and numbers, in order."""
    return [stem(run.text) for run in runs(folded) if run.script == "word"]


def stem(word: str) -> str:
    """Cut an English word down to what its forms share: glazed, glazes, glaze → glaz.

    Plurals by Harman's rules (How effective is suffixing?, 1991), then -ing, -ed and a
    last -e. What is short, or no English word, stays as it is.
    """
    word = _POSSESSIVE.sub("", word)
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    return _without_ending(_singular(word))


def _singular(word: str) -> str:
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("us", "ss", "is")):
        return word[:-1]
    return word


def _without_ending(word: str) -> str:
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 2 and re.search("[aeiouy]", rest):
            word = rest[:-1] if _is_doubled(rest) else rest
            break
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def _is_doubled(word: str) -> bool:
    return word[-1] == word[-2] and word[-1] not in "lsz"


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")
