"""Rows as the engine's own JSON has them: cut into blocks and counted, not read.

`"}},{"` stands between two rows that bind something. Where the same bytes belong to a text,
they end it, and a comma or a brace follows. A row that binds nothing is `{}`: rare, and
told from what a text holds by reading string by string.
"""

import re
from collections.abc import Iterator
from typing import Final

_BETWEEN: Final = re.compile(rb'"\}\},\{(?:"(?![,}])|\})')
_BORDER: Final = b'"}},{"'
_EMPTY: Final = b"{}"
_AFTER_EMPTY: Final = b'"}},{}'
# A string that the end of the data cuts is one token too.
_TOKEN: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[{}]', re.DOTALL)


def count_rows(rows: bytes) -> int:
    """Count whole rows, with commas between them."""
    borders = _BETWEEN.findall(rows)
    if rows.startswith(_EMPTY) or _AFTER_EMPTY in set(borders):
        return sum(1 for _ in row_ends(rows))
    return len(borders) + 1 if rows else 0


def split_rows(rows: bytes) -> list[bytes]:
    """Give each of some whole rows, with commas between them."""
    if rows.startswith(_EMPTY) or _AFTER_EMPTY in rows:
        ends = list(row_ends(rows))
    else:
        ends = [match.start() + len(b'"}}') for match in _BETWEEN.finditer(rows)]
        ends += [len(rows)] if rows else []
    starts = [0, *(end + 1 for end in ends)]
    return [rows[start:end] for start, end in zip(starts, ends, strict=False)]


def last_end(rows: bytes) -> int:
    """Say where the last row that is surely whole ends; 0 where there is none."""
    at = rows.rfind(_BORDER)
    while at >= 0:
        if rows[at + len(_BORDER) : at + len(_BORDER) + 1] not in {b",", b"}", b""}:
            return at + _BORDER.index(b",")
        at = rows.rfind(_BORDER, 0, at)
    return max(row_ends(rows), default=0)


def row_ends(rows: bytes) -> Iterator[int]:
    """Say where each row ends, by reading every string and brace."""
    depth = 0
    for token in _TOKEN.finditer(rows):
        depth += {b"{": 1, b"}": -1}.get(token.group(), 0)
        if not depth and token.group() == b"}":
            yield token.end()
