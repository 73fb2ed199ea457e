"""Which words of a text became which: for people who compare two versions."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

# A word of Latin letters and digits, one ideograph, or whatever else stands there.
WORD = re.compile(r"[A-Za-z0-9À-ɏ]+|\s+|.", re.DOTALL)


class Piece(NamedTuple):
    kind: str  # "same", "gone" or "new"
    text: str


def compare_words(before: str, after: str) -> list[Piece]:
    """Tell the later text in pieces, with what is gone where it stood."""
    old, new = WORD.findall(before), WORD.findall(after)
    pieces = []
    for kind, a, b, c, d in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        pieces += [Piece("gone", "".join(old[a:b]))] if b > a else []
        pieces += [Piece("new", "".join(new[c:d]))] if d > c else []
    return pieces
