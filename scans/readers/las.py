"""LAS and LAZ through laspy."""

import re
from pathlib import Path
from typing import Any

import laspy
import numpy as np

from scans.errors import TruncatedScan, UnreadableScan
from scans.geometry.scan import Scan

READ_ERRORS = (laspy.LaspyException, ValueError, RuntimeError, OSError, EOFError)
METRE = re.compile(r'(LENGTH)?UNIT\["met(re|er)', re.IGNORECASE)


def count_las(path: Path) -> int:
    """Number of points the header claims, checked against the size for plain LAS."""
    try:
        with laspy.open(path) as file:
            header = file.header
    except READ_ERRORS as error:
        raise UnreadableScan(path, "its header is damaged") from error
    claimed = int(header.point_count)
    least = 1 if path.suffix.lower() == ".laz" else header.point_format.size
    # LAZ has reached a fiftieth of a byte a point in no file we know of; 1/50 is safe.
    room = path.stat().st_size * (50 if path.suffix.lower() == ".laz" else 1)
    if claimed * least > room:
        raise TruncatedScan(path, f"its header claims {claimed} points")
    return claimed


def read_las(path: Path) -> Scan:
    """Read all points; 16-bit colours become 8-bit."""
    try:
        las = laspy.read(path)
        points = np.asarray(las.xyz, dtype=np.float64).copy()
    except READ_ERRORS as error:
        raise UnreadableScan(path, "its points cannot be decoded") from error
    # A broken LAZ makes the Rust decoder panic, which is no Exception.
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableScan(path, "its points cannot be decoded") from error
    return Scan(
        name=path.name,
        format=path.suffix.lstrip(".").upper(),
        points=points,
        colours=_colours(las),
        unit="m" if _states_metres(las) else "",
    )


def _colours(las: Any) -> np.ndarray | None:
    if "red" not in set(las.point_format.dimension_names):
        return None
    table = np.stack([np.asarray(las[n]) for n in ("red", "green", "blue")], axis=1)
    if not table.any():
        return None
    scale = 257 if table.max() > 255 else 1
    return (table // scale).astype(np.uint8)


def _states_metres(las: Any) -> bool:
    records = [getattr(vlr, "string", "") or "" for vlr in las.header.vlrs]
    return any(METRE.search(str(text)) for text in records)
