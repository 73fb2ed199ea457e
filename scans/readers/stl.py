"""STL, binary and text: loose triangles, joined where their corners are the same place."""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scans.delivery.meshopt import weld_table
from scans.errors import EmptyScan, TruncatedScan, UnreadableScan
from scans.geometry.scan import Scan

HEAD, COUNT = 80, 4
SOLID = re.compile(rb"^([ \t]*(?:end)?solid)\b[^\n]*$", re.MULTILINE)
TRIANGLE = np.dtype(
    [("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("extra", "<u2")]
)


def read_stl(path: Path) -> Scan:
    """Read triangles; equal corners become one vertex."""
    data = path.read_bytes()
    is_coloured = False
    if _is_text(data):
        corners = _parse_text(path, data)
    else:
        table = _parse_binary(path, data)
        corners = table["corners"].reshape(-1, 3)
        is_coloured = bool(table["extra"].any()) or b"COLOR=" in data[:HEAD]
    if not len(corners):
        raise EmptyScan(path)
    points, triangles = joined(corners)
    scan = Scan(path.name, "STL", points=points, triangles=triangles)
    return _with_note(scan) if is_coloured else scan


def joined(corners: NDArray[np.float32]) -> tuple[np.ndarray, np.ndarray]:
    """Make vertices and triangles of corners, (3 m, 3); those of no area go."""
    # Adding zero makes 0.0 of -0.0: the table compares bits.
    with np.errstate(invalid="ignore"):  # a NaN may be one that signals
        corners = np.ascontiguousarray(corners, dtype=np.float32) + np.float32(0)
    index = np.arange(len(corners), dtype=np.uint32)
    table, count = weld_table(corners, index)
    points = np.zeros((count, 3))
    points[table] = corners
    triangles = table.reshape(-1, 3).astype(np.int32)
    a, b, c = triangles.T
    return points, triangles[(a != b) & (b != c) & (c != a)]


def _is_text(data: bytes) -> bool:
    # Binary files may begin with "solid" too; only their size tells.
    claimed = int.from_bytes(data[HEAD : HEAD + COUNT], "little")
    if len(data) == HEAD + COUNT + claimed * TRIANGLE.itemsize:
        return False
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith(b"solid") and b"\0" not in data[:1024]


def _parse_binary(path: Path, data: bytes) -> np.ndarray:
    if len(data) < HEAD + COUNT:
        raise TruncatedScan(path, "its header has no end")
    claimed = int.from_bytes(data[HEAD : HEAD + COUNT], "little")
    there = (len(data) - HEAD - COUNT) // TRIANGLE.itemsize
    if there < claimed:
        raise TruncatedScan(path, f"{there} of {claimed} triangles are there")
    return np.frombuffer(data, TRIANGLE, claimed, HEAD + COUNT)


def _parse_text(path: Path, data: bytes) -> NDArray[np.float32]:
    # A solid may be named with any words, `vertex` too.
    words = SOLID.sub(rb"\1", data.lower().replace(b"\r", b"\n")).split()
    if not words or words[-1] == b"vertex" or b"endsolid" not in words[-1000:]:
        raise TruncatedScan(path, "its last solid has no end")
    marks = np.flatnonzero(np.array(words, dtype=object) == b"vertex")
    if len(marks) % 3 or (len(marks) and marks[-1] + 3 >= len(words)):
        raise UnreadableScan(path, "one of its triangles has no three corners")
    rows = [words[at + 1 : at + 4] for at in marks.tolist()]
    try:
        return np.array(rows, dtype=np.float64).reshape(-1, 3).astype(np.float32)
    except ValueError as error:
        raise UnreadableScan(path, "a row does not hold numbers only") from error


def _with_note(scan: Scan) -> Scan:
    message = (
        f"{scan.name} holds colours in a private extension of STL; they were left out."
    )
    return scan.with_finding("stl-colours", message, file=scan.name)
