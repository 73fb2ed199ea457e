"""What a file's name says of the view, and the order that people expect of names."""

import re

from .models import Image

View = Image.View
# Chinese words count wherever they stand, English ones as words of their own.
CHINESE = {
    "特写": View.DETAIL, "局部": View.DETAIL, "正": View.FRONT, "背": View.BACK,
    "左": View.LEFT, "右": View.RIGHT, "顶": View.TOP, "底": View.BOTTOM,
}  # fmt: skip
ENGLISH = {
    "front": View.FRONT, "back": View.BACK, "rear": View.BACK, "left": View.LEFT,
    "right": View.RIGHT, "top": View.TOP, "bottom": View.BOTTOM, "base": View.BOTTOM,
    "detail": View.DETAIL,
}  # fmt: skip
_WORD = re.compile(r"[a-z]+")
_DIGITS = re.compile(r"(\d+)")


def guess_view(name: str) -> str:
    """Give the view that a name speaks of; none if it speaks of none or of several."""
    stem = name.rpartition("/")[2].rpartition(".")[0].lower()
    found = {view for word, view in CHINESE.items() if word in stem}
    found |= {ENGLISH[word] for word in _WORD.findall(stem) if word in ENGLISH}
    return found.pop() if len(found) == 1 else View.NONE


def natural_order(name: str) -> tuple[tuple[bool, int, str], ...]:
    """Order names as people do: page 9 before page 10."""
    parts = _DIGITS.split(name.lower())
    return tuple((p.isdecimal(), int(p) if p.isdecimal() else 0, p) for p in parts)
