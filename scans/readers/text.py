"""Points as text: XYZ, ASC, TXT, PTS; columns x y z [intensity] [r g b] or normals."""

import io
import warnings
from pathlib import Path

import numpy as np

from scans.errors import EmptyScan, TruncatedScan, UnreadableScan
from scans.geometry.scan import Scan

SAMPLE_LINES = 50


def read_text(path: Path) -> Scan:
    """Read rows of numbers separated by blanks, tabs, commas or semicolons."""
    text = path.read_bytes().decode("utf-8-sig", "replace").replace("\r", "\n")
    for mark in ",;\t":
        text = text.replace(mark, " ")
    lines = [line for line in text.split("\n") if _is_row(line)]
    if not lines:
        raise EmptyScan(path)
    claimed = int(lines[0]) if lines[0].strip().isdigit() else None
    rows = lines[1:] if claimed is not None else lines
    table = _table(path, rows)
    if claimed is not None and len(table) < claimed:
        raise TruncatedScan(path, f"{len(table)} of {claimed} points are there")
    normals, colours = _extras(table)
    return Scan(
        name=path.name,
        format=path.suffix.lstrip(".").upper(),
        points=table[:, :3].copy(),
        normals=normals,
        colours=colours,
    )


def _is_row(line: str) -> bool:
    words = line.split()
    if not words or words[0].startswith(("#", "//")):
        return False
    return words[0].lstrip("+-").replace(".", "", 1)[:1].isdigit() or (
        words[0].lower().lstrip("+-") in {"nan", "inf"}
    )


def _table(path: Path, rows: list[str]) -> np.ndarray:
    if not rows:
        raise EmptyScan(path)
    width = int(np.median([len(row.split()) for row in rows[:SAMPLE_LINES]]))
    if width < 3:
        raise UnreadableScan(path, f"its rows have {width} columns, not x, y and z")
    if len(rows[-1].split()) < width:
        raise TruncatedScan(path, "its last row is cut off")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            stream = io.StringIO("\n".join(rows))
            return np.loadtxt(stream, ndmin=2, usecols=range(width))
    except (ValueError, UserWarning) as error:
        raise UnreadableScan(path, "a row does not hold numbers only") from error


def _extras(table: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Tell normals (length one) and colours (whole numbers to 255) from their values."""
    normals, colours = None, None
    for start in range(3, table.shape[1] - 2):
        three = table[:, start : start + 3]
        lengths = np.linalg.norm(three, axis=1)
        if normals is None and np.abs(lengths - 1).max() < 0.05:
            normals = three / lengths[:, None]
        whole = bool((three == np.rint(three)).all())
        if colours is None and whole and three.min() >= 0 and 1 < three.max() <= 255:
            colours = three.astype(np.uint8)
    return normals, colours
