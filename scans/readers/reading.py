"""Choose the reader by file name, then check what came out of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scans.errors import (
    EmptyScan,
    FlatScan,
    NoFinitePoints,
    OversizedScan,
    UnknownFormat,
    UnreadableScan,
)
from scans.geometry.scan import Scan
from scans.readers.e57 import count_e57, read_e57
from scans.readers.las import count_las, read_las
from scans.readers.pcd import count_pcd, read_pcd
from scans.readers.ply import count_ply, read_ply
from scans.readers.shapes import read_shape
from scans.readers.text import read_text

Reader = Callable[[Path], Scan | tuple[Scan, ...]]
Counter = Callable[[Path], int]

BYTES_A_POINT = 30  # text and mesh files: a fair guess for planning, nothing more


@dataclass(frozen=True)
class ReadLimits:
    """What one file may claim before it is parsed."""

    points: int = 60_000_000
    file_bytes: int = 8_000_000_000


DEFAULT_LIMITS = ReadLimits()

READERS: dict[str, Reader] = {
    ".ply": read_ply,
    ".pcd": read_pcd,
    ".xyz": read_text,
    ".txt": read_text,
    ".asc": read_text,
    ".pts": read_text,
    ".e57": read_e57,
    ".las": read_las,
    ".laz": read_las,
    ".obj": read_shape,
    ".stl": read_shape,
    ".glb": read_shape,
    ".gltf": read_shape,
    ".off": read_shape,
}
COUNTERS: dict[str, Counter] = {
    ".ply": count_ply,
    ".pcd": count_pcd,
    ".e57": count_e57,
    ".las": count_las,
    ".laz": count_las,
}
FORMATS = tuple(sorted(READERS))
# Notes lie beside scans; a .txt is taken for a cloud only when it is asked for by name.
AMBIGUOUS = {".txt"}


def is_scan_file(path: Path) -> bool:
    """Tell by its name whether a file in a folder is meant as a scan."""
    suffix = path.suffix.lower()
    return path.is_file() and suffix in READERS and suffix not in AMBIGUOUS


def read_scan(path: Path, limits: ReadLimits = DEFAULT_LIMITS) -> tuple[Scan, ...]:
    """Read one file into scans, in the file's own unit: one, or one for each station.

    Raises a ScanFileError that names the file, the reason and the cure.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UnknownFormat(path)
    _check_size(path, limits)
    found = reader(path)
    stations = (found,) if isinstance(found, Scan) else found
    return tuple(_checked(path, scan) for scan in stations)


def expected_points(path: Path) -> int:
    """Tell from the header (or the size) about how many points a file holds."""
    counter = COUNTERS.get(path.suffix.lower())
    if counter is not None:
        return counter(path)
    return path.stat().st_size // BYTES_A_POINT


def _check_size(path: Path, limits: ReadLimits) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise UnreadableScan(path, error.strerror or "it cannot be opened") from error
    if size == 0:
        raise EmptyScan(path)
    if size > limits.file_bytes:
        raise OversizedScan(path, what="bytes", found=size, limit=limits.file_bytes)
    points = expected_points(path)
    if points > limits.points:
        raise OversizedScan(path, what="points", found=points, limit=limits.points)


def _checked(path: Path, scan: Scan) -> Scan:
    """Drop points without finite coordinates; refuse what is then left of nothing."""
    if len(scan.points) == 0:
        raise EmptyScan(path)
    if scan.triangles is not None and _points_outside(scan.triangles, len(scan.points)):
        raise UnreadableScan(path, "its triangles name points that are not there")
    finite = np.asarray(np.isfinite(scan.points).all(axis=1))
    if not finite.any():
        raise NoFinitePoints(path, points=len(finite))
    if not finite.all():
        scan = _without(scan, keep=finite)
    if float(np.ptp(scan.points, axis=0).max()) == 0.0:
        raise FlatScan(path, points=len(scan.points))
    return scan


def _points_outside(triangles: np.ndarray, points: int) -> bool:
    return bool(len(triangles) and (triangles.min() < 0 or triangles.max() >= points))


def _without(scan: Scan, *, keep: np.ndarray) -> Scan:
    dropped = int((~keep).sum())
    return scan.only(keep).with_finding(
        "points-dropped",
        f"{dropped} points of {scan.name} have no finite coordinates and were left out.",
        file=scan.name,
        dropped=dropped,
    )
