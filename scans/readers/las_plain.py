"""Uncompressed LAS by its fixed layout (LAS 1.4, tables 3 and 7 to 17), nothing else.

A second reader: a damaged record of metadata stops others, not this one.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scans.errors import EmptyScan, TruncatedScan, UnreadableScan
from scans.geometry.scan import Scan
from scans.readers.crs import SILENT
from scans.readers.las import Parts, scan_of

MAGIC = b"LASF"
LEAST_HEADER = 227  # bytes, of versions 1.0 to 1.2
COLOURS_AT = {2: 20, 3: 28, 5: 28, 7: 30, 8: 30, 10: 30}  # by format of points
LEAST_RECORD = {
    0: 20,
    1: 28,
    2: 26,
    3: 34,
    4: 57,
    5: 63,
    6: 30,
    7: 36,
    8: 38,
    9: 59,
    10: 67,
}
COMPRESSED = 0x80  # bit of the format that LAZ sets
FORMATS = 0x3F


@dataclass(frozen=True)
class Header:
    """Where the points are, and how they are scaled."""

    start: int
    form: int
    record: int
    points: int
    scales: tuple[float, float, float]
    offsets: tuple[float, float, float]


def read_las_plainly(path: Path) -> Scan:
    """Read places, intensities and colours.

    Raises EmptyScan, TruncatedScan, UnreadableScan.
    """
    header = _header(path)
    if header.points == 0:
        raise EmptyScan(path)
    size = header.points * header.record
    if path.stat().st_size < header.start + size:
        raise TruncatedScan(path, f"its header claims {header.points} points")
    with path.open("rb") as file:
        file.seek(header.start)
        body = file.read(size)
    return scan_of(path, _parts(body, header), SILENT)


def _header(path: Path) -> Header:
    with path.open("rb") as file:
        head = file.read(LEAST_HEADER + 28)
    if len(head) < LEAST_HEADER or not head.startswith(MAGIC):
        raise UnreadableScan(path, "its header is damaged")
    start, _, form, record, points = struct.unpack_from("<IIBHI", head, 96)
    if head[25] >= 4 and not points and len(head) >= LEAST_HEADER + 28:
        (points,) = struct.unpack_from("<Q", head, 247)
    numbers = struct.unpack_from("<6d", head, 131)
    if form & COMPRESSED or record < LEAST_RECORD.get(form & FORMATS, 1 << 16):
        raise UnreadableScan(path, "its points cannot be decoded")
    if start < LEAST_HEADER or not np.isfinite(numbers).all() or 0 in numbers[:3]:
        raise UnreadableScan(path, "its header is damaged")
    x, y, z, *offsets = numbers
    shift = (offsets[0], offsets[1], offsets[2])
    return Header(start, form & FORMATS, record, points, (x, y, z), shift)


def _parts(body: bytes, header: Header) -> Parts:
    names, places = ["xyz", "intensity"], [0, 12]
    kinds: list[Any] = [("<i4", 3), "<u2"]
    if header.form in COLOURS_AT:
        names.append("colours")
        places.append(COLOURS_AT[header.form])
        kinds.append(("<u2", 3))
    layout: Any = {"names": names, "formats": kinds, "offsets": places}
    kind = np.dtype(layout | {"itemsize": header.record})
    table = np.frombuffer(body, dtype=kind, count=header.points)
    parts: Parts = {"points": table["xyz"] * header.scales + header.offsets}
    return parts | {name: table[name] for name in names[1:]}
