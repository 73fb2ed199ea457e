"""PCD: text, binary or compressed, organised or not, with all its fields."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scans.errors import EmptyScan, TruncatedScan, UnreadableScan
from scans.geometry.scan import Scan
from scans.readers import columns, lzf
from scans.readers.rows import read_table

MOST_COUNT = 65_536  # numbers of one field
HEADER_LIMIT = 1_048_576  # some write the story of a cloud into it
KINDS = {"F": "f", "I": "i", "U": "u"}
SIZES = {"f": (4, 8), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8)}
PACKED = ("rgb", "rgba")  # colours as one number, blue in its lowest byte


@dataclass(frozen=True)
class Field:
    """One field: numpy's name of its type, and how many numbers it holds."""

    name: str
    kind: str
    count: int


@dataclass(frozen=True)
class Header:
    """What a PCD header says."""

    fields: tuple[Field, ...]
    points: int
    height: int
    viewpoint: tuple[float, ...]
    data: str
    length: int

    def dtype(self) -> np.dtype[np.void]:
        """One point of a binary body."""
        return np.dtype([(f"f{i}", f.kind, (f.count,)) for i, f in self._numbered()])

    def _numbered(self) -> list[tuple[int, Field]]:
        return list(enumerate(self.fields))


def count_pcd(path: Path) -> int:
    """Number of points the header claims."""
    return read_header(path).points


def read_pcd(path: Path) -> Scan:
    """Read a PCD cloud; cells without a point (NaN) stay, to be counted by the caller.

    Raises EmptyScan, TruncatedScan, UnreadableScan.
    """
    header = read_header(path)
    if header.points == 0:
        raise EmptyScan(path)
    try:
        found = _body(path, header)
    except (ValueError, IndexError, OverflowError) as error:
        raise UnreadableScan(path, "its body does not match its header") from error
    scan = columns.scan_of(path, "PCD", found)
    viewpoint = _viewpoint(header, scan.points)
    return replace(scan, colours=_colours(found), viewpoint=viewpoint)


def read_header(path: Path) -> Header:
    """Parse the header.

    Raises UnreadableScan.
    """
    with path.open("rb") as file:
        start = file.read(HEADER_LIMIT)
    # Anything may stand in a comment, DATA too: it is looked for line by line.
    place, words = 0, {"": [""]}
    for line in start.splitlines(keepends=True):
        place += len(line)
        parts = line.decode("latin-1").split()
        if parts and not parts[0].startswith("#"):
            words[parts[0].upper()] = parts[1:]
        if parts and parts[0].upper() == "DATA":
            return _parsed(path, words, place)
    raise UnreadableScan(path, "it does not begin like a PCD file")


def _parsed(path: Path, words: dict[str, list[str]], length: int) -> Header:
    try:
        points, height = _counted(words)
    except (KeyError, IndexError, ValueError) as error:
        raise UnreadableScan(path, "its header does not count its points") from error
    try:
        return Header(
            fields=_fields(words),
            points=points,
            height=height,
            viewpoint=tuple(float(w) for w in words.get("VIEWPOINT", [])),
            data=words["DATA"][0].lower(),
            length=length,
        )
    except (KeyError, IndexError, ValueError) as error:
        raise UnreadableScan(path, "its header is malformed") from error


def _counted(words: dict[str, list[str]]) -> tuple[int, int]:
    height = int(words.get("HEIGHT", ["1"])[0])
    points = int(
        words["POINTS"][0] if "POINTS" in words else int(words["WIDTH"][0]) * height
    )
    if points < 0 or height < 0:
        raise ValueError(points)
    return points, height


def _fields(words: dict[str, list[str]]) -> tuple[Field, ...]:
    names = words["FIELDS"] if "FIELDS" in words else words["COLUMNS"]
    if not names:
        raise ValueError("no fields")
    sizes = words.get("SIZE", ["4"] * len(names))
    kinds = words.get("TYPE", ["F"] * len(names))
    counts = words.get("COUNT", ["1"] * len(names))
    return tuple(
        Field(columns.plain(name), _kind(kind, int(size)), _positive(count))
        for name, size, kind, count in zip(names, sizes, kinds, counts, strict=True)
    )


def _kind(letter: str, size: int) -> str:
    kind = KINDS[letter.upper()]
    if size not in SIZES[kind]:
        raise ValueError(size)
    return f"<{kind}{size}"


def _positive(word: str) -> int:
    number = int(word)
    if not 0 < number < MOST_COUNT:
        raise ValueError(word)
    return number


def _body(path: Path, header: Header) -> dict[str, NDArray[np.generic]]:
    if header.data == "ascii":
        return _text(path, header)
    size = header.points * header.dtype().itemsize
    with path.open("rb") as file:
        file.seek(header.length)
        if header.data == "binary":
            return _binary(path, header, file.read(size))
        if header.data == "binary_compressed":
            return _compressed(path, header, file.read(), size=size)
    raise UnreadableScan(path, "its header is malformed")


def _text(path: Path, header: Header) -> dict[str, NDArray[np.generic]]:
    width = sum(field.count for field in header.fields)
    rows = read_table(path, start=header.length, width=width)
    if len(rows) < header.points:
        raise TruncatedScan(path, f"{len(rows)} of {header.points} points are there")
    rows = rows[: header.points]
    at = [
        sum(field.count for field in header.fields[:i])
        for i in range(len(header.fields))
    ]
    return {
        field.name: _as_kind(rows[:, place], field)
        for field, place in zip(header.fields, at, strict=True)
        if field.count == 1
    }


def _as_kind(values: NDArray[np.float64], field: Field) -> NDArray[np.generic]:
    # Packed colours count by their bits, which text keeps only in their own type.
    if field.name in PACKED:
        whole = bool((values == np.rint(values)).all()) and values.max(initial=0) >= 1
        kind = "<u4" if whole else field.kind
        return values.astype(np.int64).astype(kind) if whole else values.astype(kind)
    return values


def _binary(path: Path, header: Header, body: bytes) -> dict[str, NDArray[np.generic]]:
    kind = header.dtype()
    if len(body) < header.points * kind.itemsize:
        there = len(body) // kind.itemsize
        raise TruncatedScan(path, f"{there} of {header.points} points are there")
    table = np.frombuffer(body, dtype=kind, count=header.points)
    return {
        field.name: table[f"f{index}"][:, 0]
        for index, field in enumerate(header.fields)
        if field.count == 1
    }


def _compressed(
    path: Path, header: Header, body: bytes, *, size: int
) -> dict[str, NDArray[np.generic]]:
    """Unpack a body in which each field stands together with its own kind."""
    packed, unpacked = (int(n) for n in np.frombuffer(body, "<u4", count=2))
    if packed > len(body) - 8:
        raise TruncatedScan(path, f"its header claims {header.points} points")
    if unpacked < size:
        raise ValueError("it announces less than its header")
    # Literals cost 33/32 bytes, a reference at best 3 bytes for 264: more is a lie.
    if unpacked > 88 * packed:
        raise ValueError("it announces more than can be packed so")
    data = lzf.decompress(body[8 : 8 + packed], unpacked)
    found: dict[str, NDArray[np.generic]] = {}
    place = 0
    for field in header.fields:
        count = header.points * field.count
        if field.count == 1:
            found[field.name] = np.frombuffer(data, field.kind, count, place)
        place += count * np.dtype(field.kind).itemsize
    return found


def _colours(found: dict[str, NDArray[np.generic]]) -> NDArray[np.uint8] | None:
    for name in PACKED:
        if name in found and found[name].dtype.itemsize == 4:
            bits = np.ascontiguousarray(found[name]).view("<u4")
            return np.stack([bits >> 16 & 255, bits >> 8 & 255, bits & 255], 1).astype(
                np.uint8
            )
    return columns.colours(found)


def _viewpoint(
    header: Header, points: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Where the scanner stood: as stated, or the origin of a depth camera's picture."""
    place = np.array(header.viewpoint[:3])
    if len(place) < 3 or not np.isfinite(place).all():
        return None
    # All zeros is what every program writes that does not know. A camera looks one
    # way: an organised cloud that lies before the origin was taken from there.
    if place.any() or (header.height > 1 and _before_origin(points)):
        return place
    return None


def _before_origin(points: NDArray[np.float64]) -> bool:
    depths = points[np.isfinite(points).all(axis=1), 2]
    return bool(len(depths)) and bool((depths > 0).all() or (depths < 0).all())
