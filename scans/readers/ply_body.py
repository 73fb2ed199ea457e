"""The body of a PLY file: each element as columns, from text or from bytes."""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.readers.ply_header import Element, Header, Property
from scans.readers.rows import numbers

ENDS = b"\n\r"


@dataclass(frozen=True)
class Lists:
    """A list property: all items in a row, and where each entry's part begins.

    items  : (k,)
    starts : (n + 1,) int64
    """

    items: NDArray[Any]
    starts: NDArray[np.int64]

    def lengths(self) -> NDArray[np.int64]:
        """(n,) how many items each entry has."""
        return np.diff(self.starts)


Column = NDArray[Any] | Lists


class CutShort(ValueError):
    """The numbers of a text end before its last entry."""


def read_elements(
    path: Path, header: Header, wanted: frozenset[str]
) -> Iterator[tuple[str, dict[str, Column]]]:
    """Give the wanted elements that hold anything, and stop after the last of them.

    Raises ValueError where the body does not hold what the header says.
    """
    # One without properties takes no room, whatever it claims to count.
    elements = [e for e in header.elements if e.count and e.properties]
    while elements and elements[-1].name not in wanted:
        elements.pop()
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    body: _Bytes | _Text = (
        _Bytes(data, header.length, header.order)
        if header.order
        else _Text(data[header.length :])
    )
    for element in elements:
        columns = body.take(element)
        if element.name in wanted:
            yield element.name, columns


class _Bytes:
    """A binary body, read from front to back."""

    def __init__(self, data: mmap.mmap, place: int, order: str) -> None:
        self.data = data
        self.place = place
        self.order = order

    def take(self, element: Element) -> dict[str, Column]:
        """Read one element; ValueError if it is not there in full."""
        sizes = self._sizes_of_first(element)
        table = self._table(element, sizes)
        if table is not None:
            self.place += table.nbytes
            return _columns_of(table, element)
        return self._walk(element)

    def _table(self, element: Element, sizes: list[int]) -> NDArray[Any] | None:
        """The element as if all lists were as long as the first; None if not so."""
        fields: list[Any] = []
        for index, held in enumerate(element.properties):
            if held.counter:
                fields.append((f"n{index}", self.order + held.counter))
            shape = (sizes[index],) if held.counter else ()
            fields.append((f"v{index}", self.order + held.kind, shape))
        kind = np.dtype(fields)
        if self.place + kind.itemsize * element.count > len(self.data):
            if not element.has_lists():
                raise ValueError(element.name)
            return None
        table = np.frombuffer(
            self.data, dtype=kind, count=element.count, offset=self.place
        )
        same = all(
            (table[f"n{i}"] == sizes[i]).all()
            for i, held in enumerate(element.properties)
            if held.counter
        )
        return table if same else None

    def _sizes_of_first(self, element: Element) -> list[int]:
        """Length of each list of the first entry."""
        place, sizes = self.place, []
        for held in element.properties:
            size = 1
            if held.counter:
                size = self._number(place, held.counter)
                place += int(held.counter[1:])
            place += size * int(held.kind[1:])
            sizes.append(size)
        return sizes

    def _walk(self, element: Element) -> dict[str, Column]:
        """Read entries one by one: lists of several lengths."""
        found: list[list[NDArray[Any]]] = [[] for _ in element.properties]
        for _ in range(element.count):
            for held, parts in zip(element.properties, found, strict=True):
                parts.append(self._part(held))
        return {
            held.name: _joined(held, parts)
            for held, parts in zip(element.properties, found, strict=True)
        }

    def _part(self, held: Property) -> NDArray[Any]:
        size = 1
        if held.counter:
            size = self._number(self.place, held.counter)
            self.place += int(held.counter[1:])
        kind = np.dtype(self.order + held.kind)
        part = np.frombuffer(self.data, dtype=kind, count=size, offset=self.place)
        self.place += part.nbytes
        return part

    def _number(self, place: int, kind: str) -> int:
        found = np.frombuffer(self.data, self.order + kind, count=1, offset=place)
        number = int(found[0])
        if not 0 <= number <= len(self.data):
            raise ValueError(number)
        return number


class _Text:
    """A body of text: lines where they hold, else one stream of numbers."""

    def __init__(self, body: bytes) -> None:
        self.body = body if b"\n" in body else body.replace(b"\r", b"\n")
        self.place = 0

    def take(self, element: Element) -> dict[str, Column]:
        """Read one element; ValueError if it is not there in full."""
        rows = self._rows(element)
        if rows is not None:
            return rows
        return self._stream(element)

    def _rows(self, element: Element) -> dict[str, Column] | None:
        """Read entries as lines of one length; None where they are not."""
        end = self._after(element.count)
        lines = self.body[self.place : end].strip()
        first = lines.split(b"\n", 1)[0].split()
        flat = numbers(lines)
        width = len(first)
        if flat is None or width == 0 or len(flat) != width * element.count:
            return None
        columns = _columns_of_rows(flat.reshape(-1, width), element)
        if columns is not None:
            self.place = end
        return columns

    def _after(self, count: int) -> int:
        """Place after so many more lines that are not empty."""
        place = self.place
        while place < len(self.body) and self.body[place] in ENDS:
            place += 1
        codes = np.frombuffer(self.body, dtype=np.uint8, offset=place)
        ends = np.flatnonzero(codes == ord("\n"))
        return (
            place + int(ends[count - 1]) + 1 if len(ends) >= count else len(self.body)
        )

    def _stream(self, element: Element) -> dict[str, Column]:
        """Read entry by entry, whatever the lines are."""
        words = self.body[self.place :].split()
        found: list[list[NDArray[Any]]] = [[] for _ in element.properties]
        at = 0
        for _ in range(element.count):
            for held, parts in zip(element.properties, found, strict=True):
                size = 1
                if at >= len(words):
                    raise CutShort(element.name)
                if held.counter:
                    size, at = int(words[at]), at + 1
                part = np.array(words[at : at + size], dtype=np.float64)
                if size < 0:
                    raise ValueError(element.name)
                if len(part) < size:
                    raise CutShort(element.name)
                parts.append(part)
                at += size
        self.body, self.place = b" ".join(words[at:]), 0
        return {
            held.name: _joined(held, parts)
            for held, parts in zip(element.properties, found, strict=True)
        }


def _columns_of(table: NDArray[Any], element: Element) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for index, held in enumerate(element.properties):
        values = table[f"v{index}"]
        columns[held.name] = (
            _even(values.reshape(len(table), -1)) if held.counter else values
        )
    return columns


def _columns_of_rows(
    rows: NDArray[np.float64], element: Element
) -> dict[str, Column] | None:
    """Take columns from rows; surplus ones at the end are some program's own."""
    columns: dict[str, Column] = {}
    at = 0
    for held in element.properties:
        size = 1
        if held.counter:
            size, at = int(rows[0, at]) if at < rows.shape[1] else -1, at + 1
            if size < 0 or not (rows[:, at - 1] == size).all():
                return None
        if at + size > rows.shape[1]:
            return None
        part = rows[:, at : at + size]
        columns[held.name] = (
            _even(part) if held.counter else _typed(part[:, 0], held.kind)
        )
        at += size
    return columns


def _joined(held: Property, parts: list[NDArray[Any]]) -> Column:
    items = np.concatenate(parts)
    if not held.counter:
        return _typed(items, held.kind)
    lengths = [len(part) for part in parts]
    return Lists(items, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))


def _even(table: NDArray[Any]) -> Lists:
    count, size = table.shape
    starts = np.arange(count + 1, dtype=np.int64) * size
    return Lists(np.ascontiguousarray(table).reshape(-1), starts)


def _typed(values: NDArray[Any], kind: str) -> NDArray[Any]:
    """Numbers of a text as their property's type, as far as that can hold them."""
    target = np.dtype(kind)
    if target.kind not in "iu":
        return values
    limits = np.iinfo(target)
    fits = np.isfinite(values).all() and (values == np.rint(values)).all()
    if not fits or values.min() < limits.min or values.max() > limits.max:
        return values
    return values.astype(target)
