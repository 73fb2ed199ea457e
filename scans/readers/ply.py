"""PLY: clouds and meshes of any header, in text or bytes of either order."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scans.errors import EmptyScan, ScanFileError, TruncatedScan, UnreadableScan
from scans.geometry.scan import Scan
from scans.readers import columns
from scans.readers.ply_body import Column, CutShort, Lists, read_elements
from scans.readers.ply_faces import triangles_of_faces, triangles_of_strips
from scans.readers.ply_header import Header, read_header

WANTED = frozenset({"vertex", "face", "tristrips", "camera"})
NUMBER = r"([-+]?[\d.]+(?:[eE][-+]?\d+)?)"
VIEWPOINT = re.compile(
    rf"^(?:viewpoint|view_?point|scanner_position)\W+{NUMBER}[\s,]+{NUMBER}[\s,]+{NUMBER}",
    re.IGNORECASE,
)


def count_ply(path: Path) -> int:
    """Number of vertices the header claims."""
    return read_header(path).count("vertex")


def count_faces(path: Path) -> int:
    """Number of faces (or strips of them) the header claims; 0 if it is damaged."""
    try:
        header = read_header(path)
    except ScanFileError:
        return 0
    return header.count("face") + header.count("tristrips")


def read_ply(path: Path) -> Scan:
    """Read a cloud or mesh; elements and properties that are not ours are passed over.

    Raises EmptyScan, TruncatedScan, UnreadableScan.
    """
    header = read_header(path)
    if header.count("vertex") == 0:
        raise EmptyScan(path)
    claim = f"its header claims {header.count('vertex')} points"
    if path.stat().st_size - header.length < header.least_bytes():
        raise TruncatedScan(path, claim)
    try:
        elements = dict(read_elements(path, header, WANTED))
        return _scan(path, header, elements)
    except CutShort as error:
        raise TruncatedScan(path, claim) from error
    except (ValueError, IndexError, OverflowError) as error:
        raise UnreadableScan(path, "its body does not match its header") from error


def _scan(path: Path, header: Header, elements: dict[str, dict[str, Column]]) -> Scan:
    vertex = _plain(elements.get("vertex", {}))
    scan = columns.scan_of(path, "PLY", vertex)
    return replace(
        scan,
        triangles=_triangles(path, elements, points=len(scan.points)),
        viewpoint=_viewpoint(header, elements),
        unit=header.unit(),
    )


def _plain(element: dict[str, Column]) -> dict[str, NDArray[np.generic]]:
    held = {columns.plain(name): column for name, column in element.items()}
    return {n: column for n, column in held.items() if not isinstance(column, Lists)}


def _triangles(
    path: Path, elements: dict[str, dict[str, Column]], *, points: int
) -> NDArray[np.int32] | None:
    parts = []
    if "face" in elements:
        parts.append(triangles_of_faces(elements["face"]))
    if "tristrips" in elements:
        parts.append(triangles_of_strips(elements["tristrips"]))
    found = np.concatenate(parts) if parts else np.zeros((0, 3), np.int64)
    if not len(found):
        return None
    if found.min() < 0 or found.max() >= points:
        raise UnreadableScan(path, "its triangles name points that are not there")
    return found.astype(np.int32)


def _viewpoint(
    header: Header, elements: dict[str, dict[str, Column]]
) -> NDArray[np.float64] | None:
    """Where the scanner stood: a camera element (as PCL writes it), or a comment."""
    camera = _plain(elements.get("camera", {}))
    names = ("viewpx", "viewpy", "viewpz")
    if all(name in camera for name in names):
        return _told(float(camera[name][0]) for name in names)
    for comment in header.comments:
        if match := VIEWPOINT.match(comment):
            return _told(float(word) for word in match.groups())
    return None


def _told(numbers: Iterable[float]) -> NDArray[np.float64] | None:
    place = np.array(list(numbers))
    # All zeros is what every program writes that does not know.
    return place if place.any() and np.isfinite(place).all() else None
