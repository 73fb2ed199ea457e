"""Byte ranges of RFC 9110 section 14: one range of a file of known size."""

import re
from dataclasses import dataclass

_SINGLE = re.compile(r"bytes=(\d*)-(\d*)\s*")


@dataclass(frozen=True)
class ByteRange:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def size_bytes(self) -> int:
        return self.last - self.first + 1


class UnsatisfiableRange(Exception):
    """The range lies wholly outside the file."""


def parse_range(header: str, size_bytes: int) -> ByteRange | None:
    """Read a Range header; None asks for the whole file.

    Several ranges, or a form we do not know, count as none: a server may always send
    the whole. Raises `UnsatisfiableRange`.
    """
    found = _SINGLE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first_text, last_text = found.groups()
    if not first_text:
        return _suffix(int(last_text), size_bytes)
    first = int(first_text)
    last = min(int(last_text), size_bytes - 1) if last_text else size_bytes - 1
    if last_text and int(last_text) < first:
        return None
    if first >= size_bytes:
        raise UnsatisfiableRange
    return ByteRange(first, last)


def _suffix(length: int, size_bytes: int) -> ByteRange:
    if length == 0 or size_bytes == 0:
        raise UnsatisfiableRange
    return ByteRange(max(0, size_bytes - length), size_bytes - 1)
