"""PTX: gridded scans one after the other, each with the pose it was registered to."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from scans.errors import EmptyScan, ScanFileError, TruncatedScan, UnreadableScan
from scans.geometry.scan import Scan
from scans.readers import columns
from scans.readers.poses import placed, viewpoint_at_origin
from scans.readers.rows import PLAIN, BadRow, open_text, read_rows

WIDTHS = (3, 4, 6, 7)  # x y z, intensity, colour
LEAST_BYTES = 6  # of a row: three digits, two blanks, an end


def count_ptx(path: Path) -> int:
    """Number of cells that the first scan claims."""
    with open_text(path) as file:
        return _size(path, file) or 0


def posed_ptx(path: Path) -> int:
    """Tell whether one scan or more (2) state poses; rows are passed over, not read."""
    with open_text(path) as file:
        cells = _size(path, file)
        if cells is None:
            return 0
        _matrix(path, file)
        for _ in islice(file, cells):
            pass
        return 1 if _size(path, file) is None else 2


def read_ptx(path: Path) -> tuple[Scan, ...]:
    """Read every scan in its own frame, empty ones too, without cells of no return.

    Raises EmptyScan, TruncatedScan, UnreadableScan.
    """
    with open_text(path) as file:
        found = list(_scans(path, file))
    if not found:
        raise EmptyScan(path)
    return tuple(found)


def _scans(path: Path, file: IO[bytes]) -> Iterator[Scan]:
    while (cells := _size(path, file)) is not None:
        matrix = _matrix(path, file)
        table = _table(path, file, cells=cells)
        # A cell without a return lies at the scanner itself.
        table = table[(table[:, :3] != 0).any(axis=1)]
        yield _scan(path, table, matrix)


def _scan(path: Path, table: NDArray[np.float64], matrix: NDArray[np.float64]) -> Scan:
    named = _named(table)
    points = table[:, :3].copy()
    scan = Scan(
        name=path.name,
        format="PTX",
        points=points,
        colours=columns.colours(named),
        intensities=columns.light(named),
        viewpoint=viewpoint_at_origin(points),
    )
    return placed(scan, matrix)


def _named(table: NDArray[np.float64]) -> dict[str, NDArray[np.generic]]:
    width = table.shape[1]
    found: dict[str, NDArray[np.generic]] = {}
    if width in (4, 7):
        found["intensity"] = table[:, 3]
    if width in (6, 7):
        found |= {n: table[:, width - 3 + k] for k, n in enumerate("rgb")}
    return found


def _size(path: Path, file: IO[bytes]) -> int | None:
    """Cells of the next scan: columns times rows; None at the file's end."""
    first = _next_line(file)
    if not first:
        return None
    second = _next_line(file)
    try:
        cells = int(first) * int(second)
    except ValueError as error:
        raise UnreadableScan(path, "its header does not count its points") from error
    if not 0 <= cells <= path.stat().st_size // LEAST_BYTES + 1:
        raise TruncatedScan(path, f"its header claims {cells} points")
    return cells


def _next_line(file: IO[bytes]) -> bytes:
    """The next line that is not blank; nothing at the end of the file."""
    while line := file.readline():
        if line.strip():
            return line.strip()
    return b""


def _matrix(path: Path, file: IO[bytes]) -> NDArray[np.float64]:
    """The 4x4 matrix after the scanner's place and axes; it multiplies from the right."""
    _numbers(path, file, rows=4, width=3)
    return _numbers(path, file, rows=4, width=4).T


def _numbers(
    path: Path, file: IO[bytes], *, rows: int, width: int
) -> NDArray[np.float64]:
    broken: ScanFileError = UnreadableScan(path, "its header is malformed")
    try:
        table = read_rows(file, PLAIN, width=width, count=rows)
    except BadRow as error:
        raise broken from error
    if len(table) < rows or not np.isfinite(table).all():
        raise broken
    return table


def _table(path: Path, file: IO[bytes], *, cells: int) -> NDArray[np.float64]:
    start = file.tell()
    width = len(file.readline().split())
    file.seek(start)
    if cells and width not in WIDTHS:
        reason = f"its rows have {width} columns, not x, y and z"
        raise UnreadableScan(path, reason)
    try:
        table = read_rows(file, PLAIN, width=max(width, 3), count=cells)
    except BadRow as error:
        if error.last:
            raise TruncatedScan(path, "its last row is cut off") from error
        raise UnreadableScan(path, "a row does not hold numbers only") from error
    if len(table) < cells:
        raise TruncatedScan(path, f"{len(table)} of {cells} points are there")
    return table
