"""The header of a PLY file: elements, properties, comments."""

from dataclasses import dataclass
from pathlib import Path

from scans.errors import TruncatedScan, UnreadableScan
from scans.readers.lettering import encoding_of
from scans.readers.rows import UTF8_MARK
from scans.readers.units import unit_in_text

HEADER_LIMIT = 1_048_576
TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1",
    "short": "i2", "int16": "i2", "ushort": "u2", "uint16": "u2",
    "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4",
    "int64": "i8", "uint64": "u8", "long": "i8", "ulong": "u8",
    "float": "f4", "float32": "f4", "double": "f8", "float64": "f8",
}  # fmt: skip
BODIES = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}


@dataclass(frozen=True)
class Property:
    """One property: numpy's name of its type; `counter` is that of a list's length."""

    name: str
    kind: str
    counter: str = ""

    def least_bytes(self) -> int:
        """Least size in a binary file: an empty list is but its length."""
        return int((self.counter or self.kind)[1:])


@dataclass(frozen=True)
class Element:
    """One `element` of a header."""

    name: str
    count: int
    properties: tuple[Property, ...]

    def has_lists(self) -> bool:
        """Whether its entries differ in size."""
        return any(p.counter for p in self.properties)


@dataclass(frozen=True)
class Header:
    """What a PLY header says; `order` is "" for text, else numpy's byte order."""

    order: str
    elements: tuple[Element, ...]
    comments: tuple[str, ...]
    length: int

    def count(self, name: str) -> int:
        """How many entries an element has, 0 if it is not there."""
        return sum(e.count for e in self.elements if e.name == name)

    def unit(self) -> str:
        """The unit, if a comment states it (a habit of some scanners)."""
        return unit_in_text(self.comments)

    def least_bytes(self) -> int:
        """Least size of a body that holds all that is claimed."""
        # In text an entry takes at least a digit and a separator for each property.
        return sum(
            e.count * sum(p.least_bytes() if self.order else 2 for p in e.properties)
            for e in self.elements
        )


def read_header(path: Path) -> Header:
    """Parse a PLY header, with whatever ends its lines.

    Raises UnreadableScan, TruncatedScan.
    """
    with path.open("rb") as file:
        start = file.read(HEADER_LIMIT)
    if start.removeprefix(UTF8_MARK)[:3].lower() != b"ply":
        raise UnreadableScan(path, "it does not begin like a PLY file")
    head, mark, rest = start.partition(b"end_header")
    if not mark:
        raise TruncatedScan(path, "its header has no end")
    length = len(head) + len(mark) + _line_end(rest)
    text = head.decode(encoding_of([head]), "replace")
    lines = [line.split() for line in text.splitlines()]
    try:
        return _parse(lines, length=length)
    except (ValueError, IndexError, KeyError) as error:
        raise UnreadableScan(path, "its header is malformed") from error


def _line_end(rest: bytes) -> int:
    """Length of what ends the header's last line, blanks before it included."""
    blanks = len(rest) - len(rest.lstrip(b" \t"))
    ends = rest[blanks : blanks + 2]
    return blanks + (2 if ends == b"\r\n" else 1 if ends[:1] in (b"\n", b"\r") else 0)


def _parse(lines: list[list[str]], *, length: int) -> Header:
    order = ""
    comments: list[str] = []
    elements: list[tuple[str, int, list[Property]]] = []
    for words in filter(None, lines):
        if words[0] == "format":
            order = BODIES[words[1]]
        elif words[0] in {"comment", "obj_info"}:
            comments.append(" ".join(words[1:]))
        elif words[0] == "element":
            elements.append((words[1], _count(words[2]), []))
        elif words[0] == "property":
            elements[-1][2].append(_property(words))
        # Stray lines are passed over: many programs write their own.
    return Header(
        order=order,
        elements=tuple(Element(n, c, tuple(p)) for n, c, p in elements),
        comments=tuple(comments),
        length=length,
    )


def _property(words: list[str]) -> Property:
    if words[1] == "list":
        return Property(words[4], TYPES[words[3]], TYPES[words[2]])
    return Property(words[2], TYPES[words[1]])


def _count(word: str) -> int:
    count = int(word)
    if count < 0:
        raise ValueError(word)
    return count
