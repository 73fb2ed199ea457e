"""PCD: header by us, body by Open3D."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from scans.errors import TruncatedScan, UnreadableScan
from scans.geometry.scan import Scan
from scans.readers.open3d_files import read_cloud

HEADER_LIMIT = 16_384


def count_pcd(path: Path) -> int:
    """Number of points the header claims."""
    header = read_header(path)
    try:
        if "POINTS" in header:
            return int(header["POINTS"][0])
        return int(header["WIDTH"][0]) * int(header.get("HEIGHT", ["1"])[0])
    except (KeyError, IndexError, ValueError) as error:
        raise UnreadableScan(path, "its header does not count its points") from error


def read_pcd(path: Path) -> Scan:
    """Read a PCD cloud; its VIEWPOINT is kept where it is more than the default."""
    claimed = count_pcd(path)
    scan = read_cloud(path, "PCD")
    if claimed and len(scan.points) == 0:
        raise UnreadableScan(path, "its body does not match its header")
    if len(scan.points) < claimed:
        raise TruncatedScan(path, f"{len(scan.points)} of {claimed} points are there")
    return replace(scan, viewpoint=_viewpoint(read_header(path)))


def read_header(path: Path) -> dict[str, list[str]]:
    """Parse the header's lines into words by key."""
    with path.open("rb") as file:
        head, mark, rest = file.read(HEADER_LIMIT).partition(b"DATA ")
    if not mark:
        raise UnreadableScan(path, "it does not begin like a PCD file")
    lines = [line.split() for line in head.decode("latin-1").splitlines()]
    header = {w[0].upper(): w[1:] for w in lines if w and not w[0].startswith("#")}
    header["DATA"] = rest.split(None, 1)[0].decode("latin-1").split()
    return header


def _viewpoint(header: dict[str, list[str]]) -> np.ndarray | None:
    words = header.get("VIEWPOINT", [])[:3]
    place = np.array([float(w) for w in words]) if len(words) == 3 else np.zeros(3)
    # All zeros is what every program writes that does not know.
    return place if place.any() else None
