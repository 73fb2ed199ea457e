"""The directories of a TIFF file, classic or BigTIFF. Standard library only.

Only what is asked of a directory is read, and never more than `MOST_VALUES` of a tag, so
a hostile file costs no more than a sound one. Source: TIFF 6.0, section 2; BigTIFF by
the libtiff project.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

MOST_VALUES = 4_000_000  # tiles of one level: a million megapixels
MOST_TAGS = 4096
# Type -> struct letter; the others (rational, float) are of no use here.
LETTERS = {1: "B", 2: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 13: "I", 16: "Q", 18: "Q"}  # fmt: skip


class NotTiff(Exception):
    """The bytes are no TIFF, or one whose structure is broken."""


@dataclass(frozen=True)
class Entry:
    """One tag: its type, how many values, and where they lie."""

    letter: str
    count: int
    offset: int


Directory = dict[int, Entry]


class TiffFile:
    """An open TIFF file."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("rb")
        try:
            self.size = path.stat().st_size
            self._start()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def directories(self, *, most: int) -> Iterator[Directory]:
        """Give the pages' directories in order, at most so many; a loop ends them."""
        seen: set[int] = set()
        offset = self._first
        while offset and offset not in seen and len(seen) < most:
            seen.add(offset)
            directory, offset = self._directory(offset)
            yield directory

    def below(self, directory: Directory) -> Iterator[Directory]:
        """Give the directories that a page's SubIFDs tag names."""
        for offset in self.numbers(directory, 330):
            yield self._directory(offset)[0]

    def numbers(self, directory: Directory, tag: int) -> tuple[int, ...]:
        """Give a tag's values; none if it is not there."""
        entry = directory.get(tag)
        if entry is None:
            return ()
        if entry.count > MOST_VALUES:
            raise NotTiff("one of its tags holds too many values")
        form = f"{self._order}{entry.count}{entry.letter}"
        return struct.unpack(form, self.bytes_at(entry.offset, struct.calcsize(form)))

    def number(self, directory: Directory, tag: int, default: int = 0) -> int:
        values = self.numbers(directory, tag)
        return values[0] if values else default

    def bytes_at(self, offset: int, count: int) -> bytes:
        """Read bytes; NotTiff where the file ends before."""
        if offset < 0 or offset + count > self.size:
            raise NotTiff("one of its tags points behind the end")
        self._file.seek(offset)
        return self._file.read(count)

    def _start(self) -> None:
        head = self._file.read(16)
        self._order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
        if not self._order or len(head) < 8:
            raise NotTiff("it has no TIFF header")
        (version,) = struct.unpack(f"{self._order}H", head[2:4])
        self._big = version == 43
        if version not in {42, 43} or (self._big and len(head) < 16):
            raise NotTiff("it has no TIFF header")
        (self._first,) = (
            struct.unpack(f"{self._order}Q", head[8:16])
            if self._big
            else struct.unpack(f"{self._order}I", head[4:8])
        )

    def _directory(self, offset: int) -> tuple[Directory, int]:
        counter, form, word = ("Q", "HHQ", "Q") if self._big else ("H", "HHI", "I")
        wide = struct.calcsize(f"<{counter}")
        (count,) = struct.unpack(self._order + counter, self.bytes_at(offset, wide))
        if count > MOST_TAGS:
            raise NotTiff("one of its directories holds too many tags")
        size = struct.calcsize(f"<{form}{word}")
        body = self.bytes_at(offset + wide, count * size)
        found: Directory = {}
        for number in range(count):
            at = number * size
            tag, kind, values = struct.unpack_from(self._order + form, body, at)
            entry = self._entry(kind, values, offset + wide + at + size)
            if entry is not None:
                found[tag] = entry
        after = self.bytes_at(offset + wide + len(body), struct.calcsize(f"<{word}"))
        return found, struct.unpack(self._order + word, after)[0]

    def _entry(self, kind: int, count: int, end: int) -> Entry | None:
        """Tell where a tag's values lie: in its own last word if they fit."""
        letter = LETTERS.get(kind)
        if letter is None:
            return None
        word = 8 if self._big else 4
        inline = end - word
        if struct.calcsize(f"<{letter}") * count <= word:
            return Entry(letter, count, inline)
        form = f"{self._order}{'Q' if self._big else 'I'}"
        return Entry(letter, count, struct.unpack(form, self.bytes_at(inline, word))[0])
