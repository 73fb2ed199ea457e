"""Names by their sound: syllables, pairs of syllables, and first letters."""

from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

from heritage.lib.folding import runs

LONGEST: Final = 6  # letters of a syllable: zhuang
MOST_READINGS: Final = 6  # of letters that can be cut in several ways: xian, xi'an
SHORTEST_INITIALS: Final = 2
LONGEST_INITIALS: Final = 8


@lru_cache(maxsize=65536)
def syllables(chinese: str) -> tuple[str, ...]:
    """Give one syllable for each character of a folded stretch of Chinese."""
    # Its tables take 54 MB and a second: most processes never ask how a name sounds.
    from pypinyin import lazy_pinyin

    return tuple(plain(one) for one in lazy_pinyin(chinese, errors=lambda _: "?"))


def plain(syllable: str) -> str:
    """Write lü and lv as lu: what people type."""
    return syllable.replace("ü", "u").replace("v", "u")


def sound_tokens(folded: str) -> list[str]:
    """Give the syllables of a name and each pair of neighbours, written together."""
    tokens: list[str] = []
    for run in runs(folded):
        if run.script == "chinese":
            each = syllables(run.text)
            tokens += [*each, *(first + last for first, last in pairwise(each))]
    return tokens


def initial_tokens(folded: str) -> list[str]:
    """Give two and three neighbouring first letters at a time."""
    tokens: list[str] = []
    for run in runs(folded):
        if run.script == "chinese":
            tokens += letter_grams("".join(one[0] for one in syllables(run.text)))
    return tokens


def letter_grams(letters: str) -> list[str]:
    return [
        letters[n : n + size] for size in (2, 3) for n in range(len(letters) - size + 1)
    ]


def readings(letters: str) -> list[tuple[str, ...]]:
    """Cut typed letters into syllables, in every way there is, the longest first.

    An empty list: this is no pinyin.
    """
    letters = plain(letters)
    if not (letters.isascii() and letters.isalpha()) or len(letters) > 40:
        return []
    return sorted(_cuts(letters), key=len)[:MOST_READINGS]


def may_be_initials(letters: str) -> bool:
    fits = SHORTEST_INITIALS <= len(letters) <= LONGEST_INITIALS
    return fits and letters.isascii() and letters.isalpha()


@lru_cache(maxsize=4096)
def _cuts(letters: str) -> tuple[tuple[str, ...], ...]:
    if not letters:
        return ((),)
    found: list[tuple[str, ...]] = []
    for size in range(min(LONGEST, len(letters)), 0, -1):
        if letters[:size] in known_syllables():
            found += [(letters[:size], *rest) for rest in _cuts(letters[size:])]
    return tuple(sorted(found, key=len)[: 4 * MOST_READINGS])


@cache
def known_syllables() -> frozenset[str]:
    """Give every syllable that some common character is read as."""
    from pypinyin.constants import PINYIN_DICT
    from pypinyin.contrib.tone_convert import to_normal

    common = range(0x4E00, 0xA000)
    sounds = (PINYIN_DICT.get(code, "") for code in common)
    each = {one for sound in sounds for one in sound.split(",") if one}
    told = {plain(to_normal(one)) for one in each}
    return frozenset(one for one in told if one.isalpha() and set(one) & set("aeiou"))
