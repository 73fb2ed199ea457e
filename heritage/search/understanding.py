"""Understand what a visitor typed: cut it into what has a meaning, and name each meaning.

The longest word that anything is known by comes first: a term or an everyday word, a
dynasty or a year, the name of a place or a maker. What is left is looked for as it is.
Each piece becomes alternatives; a record must answer every piece.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from heritage.lib.folding import STOPWORDS, Run, fold, grams, runs, stem, word_tokens
from knowledge_graph.dating import read_dating
from knowledge_graph.years import YearSpan

from .asked import (
    AnyOf,
    AtLeast,
    Begins,
    Between,
    Facet,
    Near,
    Node,
    Phrase,
    Token,
    all_of,
    any_of,
)
from .documents import spelling
from .lexicon import Entry
from .pinyin import letter_grams, may_be_initials, readings

LONGEST_QUESTION: Final = 200  # characters
MOST_PIECES: Final = 16
LONGEST_CHINESE: Final = 8  # characters of one word
LONGEST_ENGLISH: Final = 5  # words of one phrase
SHORTEST_TYPO: Final = 4  # letters; of three, every word is like another
# How much a hit in a field weighs: a name more than a text, a word more than a synonym.
NAME, TEXT, NUMBER, EXACT = 4.0, 1.0, 8.0, 12.0
SYNONYM: Final = 0.7
FACET, SPAN, OVERLAP, SOUND, TYPO = 2.0, 1.5, 0.4, 2.0, 0.8


@dataclass(frozen=True)
class Knowledge:
    """What pieces are looked up in."""

    lexicon: Mapping[str, Entry]
    # Names of records: spelling → values by facet; asked for many spellings at once.
    names: Callable[[set[str]], Mapping[str, Mapping[str, set[str]]]]
    # Whether this token stands in this field of anything that the person may find.
    stands: Callable[[str, str], bool]


@dataclass(frozen=True)
class Piece:
    """A part of the question and what it comes to."""

    text: str
    node: Node


@dataclass(frozen=True)
class Meaning:
    pieces: tuple[Piece, ...]

    @property
    def strict(self) -> Node | None:
        """A record must answer every piece."""
        return all_of([piece.node for piece in self.pieces]) if self.pieces else None

    @property
    def loose(self) -> Node | None:
        """Where nothing answers all: a record must answer most of the pieces."""
        count = len(self.pieces)
        if count < 2:
            return None
        return AtLeast((count + 1) // 2, tuple(piece.node for piece in self.pieces))


@dataclass(frozen=True)
class _Found:
    """A word at a place in the question: what it is spelled as, what it may mean."""

    text: str
    spelled: str
    span: YearSpan | None


def understand(text: str, known: Knowledge) -> Meaning:
    # Half a surrogate pair, which JSON can hold, is no text.
    whole_text = text[:LONGEST_QUESTION].encode("utf-8", "replace").decode("utf-8")
    folded = fold(whole_text)
    stretches = _stretches(folded)
    names = known.names(_spellings(stretches))
    pieces: list[Piece] = []
    for stretch in stretches:
        if stretch[0].script == "chinese":
            pieces += _cut_chinese(stretch[0].text, known, names)
        else:
            pieces += _cut_english(stretch, folded, known, names)
    if whole := _whole_number(folded):
        pieces = [Piece(folded, any_of([whole, *_all_of_pieces(pieces)]))]
    return Meaning(tuple(pieces[:MOST_PIECES]))


def _all_of_pieces(pieces: list[Piece]) -> list[Node]:
    return [all_of([piece.node for piece in pieces])] if pieces else []


def begins_a_number(text: str) -> Node | None:
    """Who works in a list types a number as far as he remembers it: 1963 for 1963.24."""
    start = fold(text.encode("utf-8", "replace").decode("utf-8")).strip()
    if any(c.isdigit() for c in start) and len(start) <= 80:
        return Begins("number", start, NUMBER)
    return None


def _whole_number(folded: str) -> Node | None:
    """A register number is asked for as it is written: 1963.24, 总0012, K-7/2."""
    text = folded.strip()
    if any(c.isdigit() for c in text) and 2 < len(text) <= 80:
        return Token("number", text, NUMBER)
    return None


def _stretches(folded: str) -> list[list[Run]]:
    """Put neighbouring words together: dynasty names and years are phrases."""
    stretches: list[list[Run]] = []
    for run in runs(folded):
        last = stretches[-1] if stretches else None
        if run.script == "word" and last and last[0].script == "word":
            last.append(run)
        else:
            stretches.append([run])
    return _join_years(stretches)


def _join_years(stretches: list[list[Run]]) -> list[list[Run]]:
    """Put 8世纪 and 前206 together again: a number belongs to what stands beside it."""
    joined: list[list[Run]] = []
    for stretch in stretches:
        last = joined[-1] if joined else None
        if last and _makes_a_date(last[-1], stretch[0]):
            first, text = last[-1], last[-1].text + stretch[0].text
            run = Run("chinese", text, first.start, stretch[0].end)
            joined[-1] = [*last[:-1], run] if len(last) == 1 else last[:-1]
            if len(last) > 1:
                joined.append([run])
            if stretch[1:]:
                joined.append(stretch[1:])
        else:
            joined.append(stretch)
    return joined


def _makes_a_date(first: Run, second: Run) -> bool:
    if first.end != second.start:
        return False
    text = first.text + second.text
    if first.text.isdecimal():
        return second.text.startswith(("世纪", "年")) or dating(text) is not None
    return second.text.isdecimal() and dating(text) is not None


@lru_cache(maxsize=8192)
def dating(text: str) -> YearSpan | None:
    """Read a dynasty, a reign, a century or a year; None where it is none of these."""
    return read_dating(text).span


def _spellings(stretches: list[list[Run]]) -> set[str]:
    """Give every word that the question may hold, to look all of them up at once."""
    found: set[str] = set()
    for stretch in stretches:
        if stretch[0].script == "chinese":
            text = stretch[0].text
            found |= {
                text[n : n + size]
                for size in range(2, LONGEST_CHINESE + 1)
                for n in range(len(text) - size + 1)
            }
        else:
            stems = [stem(run.text) for run in stretch]
            found |= {
                " ".join(stems[n : n + size])
                for size in range(1, LONGEST_ENGLISH + 1)
                for n in range(len(stems) - size + 1)
            }
    return found


_Names = Mapping[str, Mapping[str, set[str]]]


def _cut_chinese(text: str, known: Knowledge, names: _Names) -> list[Piece]:
    """Take the longest known word at each place; what is left between stays whole."""
    pieces: list[Piece] = []
    at, left = 0, ""
    while at < len(text):
        word = _longest_chinese(text[at:], known, names)
        if word is None:
            left += text[at]
            at += 1
            continue
        pieces += _left_over(left, known)
        left = ""
        pieces.append(Piece(word.text, _meaning_of(word, known, names)))
        at += len(word.text)
    pieces += _left_over(left, known)
    if len(pieces) > 1 and len(text) <= LONGEST_CHINESE:
        # All of it side by side is the better answer, but not the only one.
        whole = _written(text, 1.5)
        return [Piece(text, AnyOf((*whole, all_of([piece.node for piece in pieces]))))]
    return pieces


def _longest_chinese(text: str, known: Knowledge, names: _Names) -> _Found | None:
    for size in range(min(LONGEST_CHINESE, len(text)), 0, -1):
        word = text[:size]
        spelled = spelling(word)
        span = dating(word)
        if spelled in known.lexicon or spelled in names or span is not None:
            return _Found(word, spelled, span)
    return None


def _left_over(text: str, known: Knowledge) -> list[Piece]:
    if not text or text in STOPWORDS:
        return []
    return [Piece(text, any_of(_written(text, 1.0)))]


def _cut_english(
    stretch: list[Run], folded: str, known: Knowledge, names: _Names
) -> list[Piece]:
    pieces: list[Piece] = []
    at = 0
    while at < len(stretch):
        word, size = _longest_english(stretch[at:], folded, known, names)
        if word is not None:
            pieces.append(Piece(word.text, _meaning_of(word, known, names)))
        elif stretch[at].text not in STOPWORDS or len(stretch) == 1:
            text = stretch[at].text
            pieces.append(Piece(text, any_of(_of_word(text, known))))
        at += size
    return pieces


def _longest_english(
    stretch: list[Run], folded: str, known: Knowledge, names: _Names
) -> tuple[_Found | None, int]:
    for size in range(min(LONGEST_ENGLISH, len(stretch)), 0, -1):
        text = folded[stretch[0].start : stretch[size - 1].end]
        if size == 1 and text in STOPWORDS:
            break
        spelled = " ".join(stem(run.text) for run in stretch[:size])
        span = dating(text)
        if spelled in known.lexicon or spelled in names or span is not None:
            return _Found(text, spelled, span), size
    return None, 1


def _meaning_of(word: _Found, known: Knowledge, names: _Names) -> Node:
    """Give all that a known word may stand for; the best of it counts."""
    parts = _written(word.text, 1.0)
    entry = known.lexicon.get(word.spelled)
    if entry is not None:
        for synonym in entry.synonyms:
            if spelling(synonym) != word.spelled:
                parts += _written(synonym, SYNONYM)
        parts += [Facet(name, frozenset(v), FACET) for name, v in entry.facets.items()]
    for name, values in names.get(word.spelled, {}).items():
        parts.append(Facet(name, frozenset(values), FACET))
    if word.span is not None:
        parts += _in_years(word.span)
    if word.text.isascii() and word.text.isalpha():
        parts += _by_sound(word.text, known)
    return any_of(parts)


def _in_years(span: YearSpan) -> list[Node]:
    return [
        Between(span.begin, span.end, SPAN, whole=True),
        Between(span.begin, span.end, OVERLAP),
    ]


def _written(text: str, weight: float) -> list[Node]:
    """Give the ways a word may stand in a record as it is written."""
    each = runs(text)
    nodes: list[Node] = []
    if len(each) == 1 or len({run.script for run in each}) == 1:
        for field, share in (("name", NAME), ("text", TEXT)):
            nodes.append(_in_field(field, each, share * weight))
        nodes.append(Token("exact", spelling(text), EXACT * weight))
        return nodes
    parts = [any_of(_written(run.text, weight)) for run in each]
    return [all_of(parts)] if parts else []


def _in_field(field: str, each: list[Run], weight: float) -> Node:
    if each[0].script == "chinese":
        pairs = [pair for run in each for pair in _pairs(run.text)]
        share = weight / len(pairs)
        return all_of([Token(f"{field}_zh", pair, share) for pair in pairs])
    stems = word_tokens(" ".join(run.text for run in each))
    if len(stems) == 1:
        return Token(f"{field}_en", stems[0], weight)
    return Phrase(f"{field}_en", tuple(stems), weight)


def _pairs(chinese: str) -> list[str]:
    return [token for token in grams(chinese) if len(token) == 2] or [chinese]


def _of_word(text: str, known: Knowledge) -> list[Node]:
    """Give what a word that nothing is known of may be: English, pinyin, a number."""
    nodes = _written(text, 1.0)
    sounds = _by_sound(text, known)
    stemmed = stem(text)
    is_written = any(known.stands(f"{f}_en", stemmed) for f in ("name", "text"))
    if any(c.isdigit() for c in text):
        nodes.append(Token("number", text, NUMBER))
    elif not is_written and not sounds:
        nodes += _with_typo(text, stemmed)
        if may_be_initials(text):
            letters = [Token("initials", gram, SOUND / 2) for gram in _initials(text)]
            nodes.append(all_of(list(letters)))
    return nodes + sounds


def _by_sound(text: str, known: Knowledge) -> list[Node]:
    """Read typed letters as pinyin, where names have all of its sounds."""
    found = (_sounds(syllables, known) for syllables in readings(text))
    return [
        all_of([Token("sound", one, SOUND / 2) for one in tokens])
        for tokens in found
        if tokens
    ]


def _sounds(syllables: tuple[str, ...], known: Knowledge) -> list[str]:
    """Give the tokens to look for; nothing where too little of it is in any name.

    A pair that no name has is where one word ends and another begins: qinghua meiping.
    """
    if len(syllables) == 1:
        only = [one for one in syllables if len(one) > 1]
        return [one for one in only if known.stands("sound", one)]
    pairs = [first + last for first, last in pairwise(syllables)]
    there = [known.stands("sound", pair) for pair in pairs]
    if 2 * sum(there) < len(pairs):
        return []
    covered = [a or b for a, b in zip([False, *there], [*there, False], strict=True)]
    alone = [one for one, ok in zip(syllables, covered, strict=True) if not ok]
    return [*(pair for pair, ok in zip(pairs, there, strict=True) if ok), *alone]


def _with_typo(text: str, stemmed: str) -> list[Node]:
    if len(text) < SHORTEST_TYPO or not text.isascii():
        return []
    return [
        Near("name_en", stemmed, NAME * TYPO),
        Near("text_en", stemmed, TEXT * TYPO),
        Near("sound", text, SOUND * TYPO),
    ]


def _initials(text: str) -> list[str]:
    each = letter_grams(text)
    return [gram for gram in each if len(gram) == 3] or each
