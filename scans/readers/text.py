"""Points as text: XYZ, ASC, TXT, CSV, PTS; any separator, with or without headings."""

from collections import Counter
from dataclasses import replace
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from scans.errors import EmptyScan, TruncatedScan, UnreadableScan
from scans.geometry.scan import Scan
from scans.readers import columns
from scans.readers.guess import name_columns
from scans.readers.layout import ROWS, Layout, is_number, read_layout
from scans.readers.rows import REMARKS, SAMPLE, BadRow, open_text, read_rows

# Suffixes that say what follows x, y and z (Open3D's).
FIXED = {
    ".xyzn": ("x", "y", "z", "nx", "ny", "nz"),
    ".xyzrgb": ("x", "y", "z", "r", "g", "b"),
    ".xyzi": ("x", "y", "z", "intensity"),
}
NO_COLUMNS = "its rows do not hold x, y and z"
NO_NUMBERS = "a row does not hold numbers only"


def read_text(path: Path) -> Scan:
    """Read rows of numbers; headings name the columns, else their values tell.

    Raises EmptyScan, TruncatedScan, UnreadableScan.
    """
    with open_text(path) as file:
        begin = file.tell()
        layout = read_layout(file)
        if layout is None:
            raise _refused(path)
        file.seek(begin)
        for _ in range(layout.lead):
            file.readline()
        rows = file.tell()
        try:
            table, words = _table(path, file, layout), 0
        except UnreadableScan:
            file.seek(rows)
            layout, table, words = _without_words(path, file, layout)
    named = _named(path, layout, table)
    points = columns.places(named)
    if points is None:
        raise UnreadableScan(path, NO_COLUMNS)
    scan = Scan(
        name=path.name,
        format=path.suffix.lstrip(".").upper(),
        points=points,
        normals=columns.normals(named),
        colours=columns.colours(named),
        intensities=columns.light(named),
        unit=layout.unit,
    )
    return _told_words(scan, words) if words else scan


def _without_words(
    path: Path, file: IO[bytes], layout: Layout
) -> tuple[Layout, NDArray[np.float64], int]:
    """Read a table whose other columns hold words: names of parts, times, notes.

    Gives the layout of the columns that are left, their rows, and how many went.
    """
    cut = layout.style.separator or None
    some = [line.split(cut) for line in islice(file, ROWS) if line.strip()]
    width = Counter(map(len, some)).most_common(1)[0][0]
    even = [row for row in some if len(row) == width]
    kept = [k for k in range(width) if all(_is_cell(row[k], layout) for row in even)]
    named = [layout.names[k] for k in kept] if len(layout.names) == width else []
    # Without headings nobody knows which three of more are places.
    if not 3 <= len(kept) < width or not (named or len(kept) == 3):
        raise UnreadableScan(path, NO_NUMBERS)
    rest = [line.split(cut) for line in file if line.strip()]
    lines = [
        b" ".join(row[k].strip() or b"nan" for k in kept)
        for row in some + rest
        if len(row) == width
    ]
    if len(lines) < len(some) + len(rest):
        raise UnreadableScan(path, NO_NUMBERS)
    left = replace(
        layout,
        style=replace(layout.style, separator=b""),
        width=len(kept),
        names=tuple(named),
    )
    return left, _table(path, BytesIO(b"\n".join(lines)), left), width - len(kept)


def _is_cell(cell: bytes, layout: Layout) -> bool:
    """Whether a cell of a table holds one number or says that there is none."""
    words = layout.style.clean(cell).split()
    return not words or (len(words) == 1 and is_number(words[0]))


def _told_words(scan: Scan, columns_left_out: int) -> Scan:
    return scan.with_finding(
        "columns-left-out",
        f"{columns_left_out} columns of {scan.name} hold words and were left out.",
        file=scan.name,
        columns=columns_left_out,
    )


def _refused(path: Path) -> EmptyScan | UnreadableScan:
    """Tell a file without rows from one whose rows are no points."""
    with open_text(path) as file:
        words = [
            words
            for line in file.read(SAMPLE).split(b"\n")
            if (words := line.split()) and not words[0].startswith(REMARKS)
        ]
    # A single number may be the count of points that do not follow.
    if len(words) == 0 or (len(words) == 1 and len(words[0]) == 1):
        return EmptyScan(path)
    return UnreadableScan(path, NO_COLUMNS)


def _table(path: Path, file: IO[bytes], layout: Layout) -> NDArray[np.float64]:
    try:
        table = read_rows(file, layout.style, width=layout.width)
    except BadRow as error:
        if error.last:
            raise TruncatedScan(path, "its last row is cut off") from error
        raise UnreadableScan(path, NO_NUMBERS) from error
    if layout.count is not None and len(table) < layout.count:
        raise TruncatedScan(path, f"{len(table)} of {layout.count} points are there")
    return table


def _named(
    path: Path, layout: Layout, table: NDArray[np.float64]
) -> dict[str, NDArray[np.generic]]:
    suffix = path.suffix.lower()
    names = layout.names or FIXED.get(suffix, ())
    if names and len(names) <= table.shape[1]:
        # Of columns with one name the first counts: it is the one that is looked for.
        named = list(enumerate(names))
        return {name: table[:, k] for k, name in reversed(named)}
    return name_columns(table, leica=suffix == ".pts")
