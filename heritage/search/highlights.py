"""Show why a record was found: its own text, as this person may read it, marked."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from heritage.lib.folding import fold, runs, stem

from .asked import AllOf, AnyOf, AtLeast, Near, Node, Phrase, Token, is_near

WIDTH: Final = 110  # characters of a snippet
BEFORE: Final = 30  # of them before the first mark


@dataclass(frozen=True)
class Part:
    text: str
    is_marked: bool = False


@dataclass(frozen=True)
class Marks:
    """The words of a question that may be marked in a text."""

    tokens: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()

    @classmethod
    def of(cls, node: Node | None) -> "Marks":
        if node is None:
            return cls()
        leaves = list(_leaves(node))
        tokens = {t for one in leaves if isinstance(one, Token) for t in [one.token]}
        tokens |= {t for one in leaves if isinstance(one, Phrase) for t in one.tokens}
        near = {one.token for one in leaves if isinstance(one, Near)}
        return cls(frozenset(tokens), frozenset(near))

    def in_text(self, text: str) -> list[tuple[int, int]]:
        """Give where the words stand in a text, in order and joined."""
        folded = "".join(_fold_one(letter) for letter in text)
        spans = sorted(self._spans(folded))
        joined: list[tuple[int, int]] = []
        for start, end in spans:
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return joined

    def _spans(self, folded: str) -> Iterator[tuple[int, int]]:
        for run in runs(folded):
            if run.script == "word":
                stemmed = stem(run.text)
                if stemmed in self.tokens or any(
                    is_near(one, stemmed) for one in self.near
                ):
                    yield run.start, run.end
                continue
            for at in range(len(run.text)):
                for size in (1, 2):
                    if run.text[at : at + size] in self.tokens:
                        yield run.start + at, run.start + min(at + size, len(run.text))


def mark(text: str, marks: Marks) -> list[Part]:
    """Cut a whole text into what is marked and what is not."""
    return list(_parts(text, marks.in_text(text)))


def snippet(text: str, marks: Marks) -> list[Part]:
    """Cut out the part of a text around its first mark; the beginning where none is."""
    plain = " ".join(text.split())
    spans = marks.in_text(plain)
    start = max(0, spans[0][0] - BEFORE) if spans else 0
    end = start + WIDTH
    inside = [(max(a, start) - start, b - start) for a, b in spans if a < end]
    parts = list(_parts(plain[start:end], inside))
    if start:
        parts.insert(0, Part("…"))
    return [*parts, Part("…")] if end < len(plain) else parts


def _parts(text: str, spans: list[tuple[int, int]]) -> Iterator[Part]:
    at = 0
    for start, end in spans:
        if start > at:
            yield Part(text[at:start])
        yield Part(text[start:end], is_marked=True)
        at = end
    if at < len(text):
        yield Part(text[at:])


@lru_cache(maxsize=16384)
def _fold_one(letter: str) -> str:
    """Fold one character to one, so that places in both texts are the same."""
    folded = fold(letter)
    return folded if len(folded) == 1 else letter


def _leaves(node: Node) -> Iterator[Node]:
    if isinstance(node, AllOf | AnyOf | AtLeast):
        for part in node.parts:
            yield from _leaves(part)
    else:
        yield node
