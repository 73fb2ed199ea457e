"""Rows of numbers in text, in blocks: as fast as C where all is regular."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

BLOCK = 200_000  # lines at a time: tens of megabytes
SAMPLE = 65_536  # bytes that must hold a line's end, if it is text at all
UTF8_MARK = b"\xef\xbb\xbf"
REMARKS = (b"#", b"//", b"!", b"%")
# How programs write that there is no number.
MISSING = {b"null", b"none", b"n/a", b"na", b"-", b"--", b"nodata"}
# Blanks and a minus sign of word processors and of Chinese keyboards, in UTF-8.
BLANKS = ("\u00a0".encode(), "\u2009".encode(), "\u3000".encode())
MINUS = "\u2212".encode()
# Which bytes of four hold letters.
WIDE = {
    "utf-16-le": [0, 2],
    "utf-16-be": [1, 3],
    "utf-32-le": [0],
    "utf-32-be": [3],
}
TEXT_BYTES = np.isin(np.arange(256), [*b"\t\r\n", *range(0x20, 0x7F)])
QUOTED_COMMA = re.compile(rb'"([-+]?\d*),(\d+(?:[eE][-+]?\d+)?)"')
WINDOWS_NAN = re.compile(rb"^[-+]?(?:1\.#(?:ind|qnan|snan|inf)\d*|nan\(.*\))$")


@dataclass(frozen=True)
class Style:
    """How a text writes its rows."""

    separator: bytes = b""  # what stands between numbers besides blanks
    decimal_comma: bool = False
    quoted_comma: bool = False  # decimal commas in quotes, commas between them

    def clean(self, text: bytes) -> bytes:
        """Make blanks of separators and points of decimal commas."""
        if not text.isascii():
            text = _in_ascii(text)
        if self.quoted_comma:
            text = QUOTED_COMMA.sub(rb"\1.\2", text)
        if self.separator and self.separator * 2 in text:
            for _ in range(2):
                text = text.replace(
                    self.separator * 2, self.separator + b"nan" + self.separator
                )
        if self.separator:
            text = text.replace(self.separator, b" ")
        if self.decimal_comma:
            text = text.replace(b",", b".")
        return text.replace(b'"', b"") if b'"' in text else text


PLAIN = Style()


class BadRow(ValueError):
    """A row that holds something else than enough numbers; `last`: a file's last one."""

    last = False


def open_text(path: Path) -> IO[bytes]:
    """Open a text as bytes with lines that end in LF, whatever wrote it."""
    file = path.open("rb")
    start = file.read(SAMPLE)
    wide = _wide_letters(start)
    if wide:
        with file:
            whole = start + file.read()
        text = whole.decode(wide, "replace").removeprefix("\ufeff")
        return io.BytesIO(text.replace("\r\n", "\n").replace("\r", "\n").encode())
    if b"\n" not in start and b"\r" in start:
        with file:
            whole = (start + file.read()).removeprefix(UTF8_MARK)
            return io.BytesIO(whole.replace(b"\r", b"\n"))
    file.seek(len(UTF8_MARK) if start.startswith(UTF8_MARK) else 0)
    return file


def _wide_letters(start: bytes) -> str:
    """The encoding of a text whose letters take two bytes or four; "" for others."""
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-32" if start[2:4] == b"\0\0" else "utf-16"
    some = np.frombuffer(start[: len(start) // 4 * 4][:4096], np.uint8).reshape(-1, 4)
    if len(some) < 4 or not (some.any(axis=1)).all():
        return ""
    # Numbers are ASCII: without a mark, all other bytes of each letter are nought.
    for name, held in WIDE.items():
        empty = [k for k in range(4) if k not in held]
        if not some[:, empty].any() and TEXT_BYTES[some[:, held]].all():
            return name
    return ""


def read_table(path: Path, *, start: int, width: int) -> NDArray[np.float64]:
    """Read blank-separated rows from a place in a file to its end.

    Raises BadRow.
    """
    with path.open("rb") as file:
        file.seek(start)
        if b"\n" in file.read(SAMPLE):
            file.seek(start)
            return read_rows(file, PLAIN, width=width)
        file.seek(start)
        body = io.BytesIO(file.read().replace(b"\r", b"\n"))
    return read_rows(body, PLAIN, width=width)


def read_rows(
    file: IO[bytes], style: Style, *, width: int, count: int | None = None
) -> NDArray[np.float64]:
    """Read rows, (n, width), to the end of the file or of `count` lines.

    A row may hold more numbers than `width`: they are passed over, as are remarks.
    Raises BadRow.
    """
    blocks = []
    for lines in _lines_of(file, count=count):
        try:
            blocks.append(_block(lines, style, width=width))
        except BadRow as error:
            error.last = _is_cut(file, lines, style, width=width)
            raise
    return _joined(blocks, width)


def _joined(blocks: list[NDArray[np.float64]], width: int) -> NDArray[np.float64]:
    """Put blocks one below the other, giving each back: a set is not held twice."""
    table = np.zeros((sum(map(len, blocks)), width))
    end = len(table)
    while blocks:
        block = blocks.pop()
        table[end - len(block) : end] = block
        end -= len(block)
    return table


def numbers(text: bytes) -> NDArray[np.float64] | None:
    """All numbers of a text between blanks; None if there is anything else in it."""
    if not text.strip():
        return np.zeros(0)
    try:
        return np.fromstring(text, dtype=np.float64, sep=" ")
    except ValueError:
        return None


def _in_ascii(text: bytes) -> bytes:
    """Write blanks and minus signs of other alphabets as ASCII has them."""
    for blank in BLANKS:
        text = text.replace(blank, b" ")
    return text.replace(MINUS, b"-")


def _lines_of(file: IO[bytes], *, count: int | None) -> Iterator[list[bytes]]:
    left = count
    while left is None or left > 0:
        lines = list(islice(file, BLOCK if left is None else min(BLOCK, left)))
        if not lines:
            return
        if left is not None:
            left -= len(lines)
        yield lines


def _block(lines: list[bytes], style: Style, *, width: int) -> NDArray[np.float64]:
    text = style.clean(b"".join(lines))
    flat = numbers(text) if _is_even(text, lines, width) else None
    if flat is not None and len(flat) == width * len(lines):
        return flat.reshape(-1, width)
    rows = [_row(line, style, width=width) for line in lines]
    found = [row for row in rows if row is not None]
    return np.array(found, dtype=np.float64).reshape(-1, width)


def _is_cut(file: IO[bytes], lines: list[bytes], style: Style, *, width: int) -> bool:
    """Whether all but the very last row of a file are good: it breaks off there."""
    if file.read(1):
        return False
    while lines and not lines[-1].strip():
        lines.pop()
    try:
        _block(lines[:-1], style, width=width)
    except BadRow:
        return False
    return True


def _is_even(text: bytes, lines: list[bytes], width: int) -> bool:
    """Whether some rows at least are `width` long: else as many could mean shifted."""
    few = text[:SAMPLE].splitlines()[: max(1, len(lines) - 1)][:20]
    return all(len(line.split()) == width for line in few)


def _row(line: bytes, style: Style, *, width: int) -> list[float] | None:
    words = style.clean(line).split()
    if not words or words[0].startswith(REMARKS):
        return None
    if len(words) == 1 and width > 1 and words[0].isdigit():
        return None  # a count, where clouds were put one after the other
    if len(words) < width:
        raise BadRow("it holds too little")
    return [_number(word) for word in words[:width]]


def _number(word: bytes) -> float:
    low = word.lower()
    if low in MISSING or WINDOWS_NAN.match(low):
        return float("nan")
    try:
        return float(word)
    except ValueError:
        raise BadRow("it holds other things") from None
