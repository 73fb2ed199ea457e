"""E57 through pye57: always metres, each station with its pose."""

from pathlib import Path
from typing import Any

import numpy as np
import pye57

from scans.errors import EmptyScan, UnreadableScan
from scans.geometry.scan import Scan

MAGIC = b"ASTM-E57"
READ_ERRORS = (RuntimeError, ValueError, KeyError, TypeError, AttributeError, OSError)


def count_e57(path: Path) -> int:
    """Number of points of all stations."""
    file = _opened(path)
    return sum(file.get_header(i).point_count for i in range(file.scan_count))


def read_e57(path: Path) -> Scan:
    """Read all stations into the file's common frame."""
    file = _opened(path)
    if file.scan_count == 0:
        raise EmptyScan(path)
    try:
        parts = [_station(file, index) for index in range(file.scan_count)]
    except READ_ERRORS as error:
        raise UnreadableScan(path, "one of its stations is damaged") from error
    coloured = all("colorRed" in part for part in parts)
    alone = len(parts) == 1
    scan = Scan(
        name=path.name,
        format="E57",
        points=_stack(parts, ("cartesianX", "cartesianY", "cartesianZ")),
        colours=_colours(parts) if coloured else None,
        viewpoint=np.asarray(file.get_header(0).translation) if alone else None,
        unit="m",
    )
    if alone:
        return scan
    return scan.with_finding(
        "several-stations",
        f"{path.name} holds {len(parts)} stations; their stored poses were used.",
        file=path.name,
        stations=len(parts),
    )


def _opened(path: Path) -> Any:
    with path.open("rb") as start:
        if start.read(8) != MAGIC:
            raise UnreadableScan(path, "it does not begin like an E57 file")
    try:
        return pye57.E57(str(path))
    except READ_ERRORS as error:
        raise UnreadableScan(path, "its structure is damaged") from error


def _station(file: Any, index: int) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = file.read_scan(
        index, colors=True, ignore_missing_fields=True
    )
    return found


def _stack(parts: list[dict[str, np.ndarray]], names: tuple[str, ...]) -> np.ndarray:
    columns = [np.concatenate([part[name] for part in parts]) for name in names]
    return np.stack(columns, axis=1).astype(np.float64)


def _colours(parts: list[dict[str, np.ndarray]]) -> np.ndarray:
    table = _stack(parts, ("colorRed", "colorGreen", "colorBlue"))
    # Some writers store 16 bits; the file's limits would tell, the values do too.
    scale = 255 / 65_535 if table.max(initial=0) > 255 else 1.0
    return np.rint(table * scale).astype(np.uint8)
