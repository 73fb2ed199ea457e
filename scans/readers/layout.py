"""How a text of points is laid out, told from its beginning."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import IO

from scans.readers.columns import PLACES, plain, unit_in_names
from scans.readers.lettering import encoding_of
from scans.readers.rows import MISSING, QUOTED_COMMA, REMARKS, SAMPLE, Style
from scans.readers.units import unit_in_text

NUMBER = re.compile(rb"^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][-+]?\d+)?$")
COMMA_NUMBER = re.compile(rb"^[-+]?\d*,\d+(?:[eE][-+]?\d+)?$|^[-+]?\d+$")
COUNT = re.compile(rb"^\s*\d+\s*$")
RARE = (b"|", b":", b"/", b"&", b"~")  # what else stands between numbers
ROWS = 50  # looked at
MOST_REMARKS = 16_777_216  # bytes before the first row


@dataclass(frozen=True)
class Layout:
    """What the beginning of a text tells.

    names : of the columns, folded, or ()
    lead  : lines before the first row
    count : rows announced, or None
    rows  : found in the beginning that was looked at
    """

    style: Style
    width: int
    lead: int
    names: tuple[str, ...] = ()
    count: int | None = None
    unit: str = ""
    rows: int = 0


def read_layout(file: IO[bytes]) -> Layout | None:
    """Look at the beginning; None where no rows of numbers follow."""
    remarks = _remarks(file)
    lines = file.read(SAMPLE).split(b"\n")
    lines = remarks + (lines[:-1] or lines)  # the sample's end cuts off the last one
    for style in _styles(lines):
        rows = [k for k, line in enumerate(lines) if _is_row(line, style)]
        if not rows:
            continue
        lead = rows[0]
        sizes = Counter(len(style.clean(lines[k]).split()) for k in rows[:ROWS])
        width = sizes.most_common(1)[0][0]
        names = _names(lines[:lead], style, width)
        return Layout(
            style=style,
            width=width,
            lead=lead,
            names=tuple(plain(name) for name in names),
            count=next((int(x) for x in lines[:lead] if COUNT.match(x)), None),
            unit=unit_in_names(names) or _unit(lines[:lead]),
            rows=len(rows),
        )
    return None


def _remarks(file: IO[bytes]) -> list[bytes]:
    """Read the remarks that a text begins with, however many: a scan's story, a licence."""
    found: list[bytes] = []
    size, begin = 0, file.tell()
    while size < MOST_REMARKS and (line := file.readline(SAMPLE)):
        if line.strip() and not _is_remark(line):
            break
        if not line.endswith(b"\n"):
            break
        found.append(line.rstrip(b"\n"))
        size += len(line)
    file.seek(begin + size)
    return found


def _styles(lines: list[bytes]) -> list[Style]:
    """Likely styles, the surer ones first."""
    some = [line for line in lines if line.strip() and not _is_remark(line)][-ROWS:]
    if any(b";" in line for line in some):
        comma = not any(b"." in line for line in some)
        return [Style(b";", decimal_comma=comma)]
    if any(QUOTED_COMMA.search(line) for line in some):
        return [Style(b",", quoted_comma=True)]
    if not any(b"," in line for line in some):
        rare = [Style(mark) for mark in RARE if all(x.count(mark) > 1 for x in some)]
        tabs = [Style(b"\t")] if _has_empty_cells(some) else []
        return [*(rare if some else []), *tabs, Style()]
    blanks = Style(decimal_comma=True)
    words = [line.split() for line in some]
    if all(
        len(w) >= 3 and all(COMMA_NUMBER.match(x) for x in w)
        for w in words[1:] or words
    ):
        return [blanks, Style(b",")]
    return [Style(b","), blanks]


def _has_empty_cells(lines: list[bytes]) -> bool:
    """Whether tabs stand side by side as in a table, not to line numbers up."""
    return any(b"\t\t" in line for line in lines) and not any(
        b" " in line.strip() for line in lines
    )


def _is_remark(line: bytes) -> bool:
    return line.lstrip().startswith(REMARKS)


def _is_row(line: bytes, style: Style) -> bool:
    """Whether it could be a point: three words or more, most of them numbers."""
    if _is_remark(line):
        return False
    words = style.clean(line).split()
    fair = sum(is_number(word) for word in words)
    return len(words) >= 3 and fair >= max(3, len(words) / 2)


def is_number(word: bytes) -> bool:
    """Whether a word is a number, or stands for one that is not there."""
    low = word.lower()
    return (
        bool(NUMBER.match(word))
        or low in MISSING
        or low.lstrip(b"+-")[:3]
        in (
            b"nan",
            b"inf",
            b"1.#",
        )
    )


def _names(lead: list[bytes], style: Style, width: int) -> list[str]:
    """Headings: the last line before the rows that names x, y and z."""
    for line in reversed(lead):
        bare = _decoded(line.strip().lstrip(b"#/!% "))
        cut = style.separator.decode() or None
        for words in (bare.split(cut), re.split(r"[\s,;]+", bare)):
            names = [word.strip(" \"'") for word in words if word.strip(" \"'")]
            if len(names) <= width and _name_places(names):
                return names
    return []


def _name_places(names: list[str]) -> bool:
    folded = {plain(name) for name in names}
    return any(set(three) <= folded for three in PLACES)


def _unit(lead: list[bytes]) -> str:
    remarks = [_decoded(line) for line in lead if _is_remark(line)]
    return unit_in_text(tuple(remarks))


def _decoded(line: bytes) -> str:
    return line.decode(encoding_of([line]), "replace")
