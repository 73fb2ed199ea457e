"""PLY: our own look at the header, then Open3D, then trimesh where Open3D gives up."""

from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path

import numpy as np

from scans.errors import EmptyScan, TruncatedScan, UnreadableScan
from scans.geometry.scan import Scan
from scans.readers.open3d_files import read_cloud, read_mesh
from scans.readers.shapes import load_with_trimesh

HEADER_LIMIT = 65_536
SIZES = {
    "char": 1, "int8": 1, "uchar": 1, "uint8": 1,
    "short": 2, "int16": 2, "ushort": 2, "uint16": 2,
    "int": 4, "int32": 4, "uint": 4, "uint32": 4, "float": 4, "float32": 4,
    "double": 8, "float64": 8, "int64": 8, "uint64": 8,
}  # fmt: skip


@dataclass(frozen=True)
class Element:
    """One `element` of a header: its count and properties (name, type; lists "")."""

    name: str
    count: int
    properties: tuple[tuple[str, str], ...]

    def least_bytes(self) -> int:
        """Least size of one entry in a binary file (an empty list is its count)."""
        return sum(SIZES.get(kind, 1) for _, kind in self.properties)


@dataclass(frozen=True)
class Header:
    """What a PLY header says."""

    ascii: bool
    elements: tuple[Element, ...]
    comments: tuple[str, ...]
    length: int
    mixed_ends: bool  # lines end in LF but the header in CR LF: Open3D crashes on it

    def count(self, name: str) -> int:
        """How many entries an element has, 0 if it is not there."""
        return sum(e.count for e in self.elements if e.name == name)

    def unit(self) -> str:
        """The unit, if a comment states it as `unit mm` (a habit of some scanners)."""
        words = {"m": "m", "metre": "m", "meter": "m", "cm": "cm", "mm": "mm"}
        words |= {"in": "in", "inch": "in", "metres": "m", "meters": "m"}
        for comment in self.comments:
            key, _, value = comment.lower().replace(":", " ").partition(" ")
            if key in {"unit", "units"}:
                return words.get(value.strip(), "")
        return ""


def count_ply(path: Path) -> int:
    """Number of vertices the header claims."""
    return read_header(path).count("vertex")


def count_faces(path: Path) -> int:
    """Number of faces the header claims."""
    return read_header(path).count("face")


def read_ply(path: Path) -> Scan:
    """Read a cloud or mesh; odd headers (obj_info, range_grid) are taken as they come."""
    header = read_header(path)
    claimed = header.count("vertex")
    if claimed == 0:
        raise EmptyScan(path)
    _check_complete(path, header)
    scan = None if header.mixed_ends else _by_open3d(path, header)
    if scan is None or len(scan.points) < claimed:
        scan = _by_trimesh(path, claimed=claimed)
    return changed(scan, unit=header.unit())


def read_header(path: Path) -> Header:
    """Parse a PLY header."""
    with path.open("rb") as file:
        start = file.read(HEADER_LIMIT)
    if not start.startswith(b"ply"):
        raise UnreadableScan(path, "it does not begin like a PLY file")
    head, mark, rest = start.partition(b"end_header")
    if not mark:
        raise TruncatedScan(path, "its header has no end")
    after = 2 if rest.startswith(b"\r\n") else 1
    lines = [line.split() for line in head.decode("latin-1").splitlines()]
    try:
        header = _parse_header(lines, length=len(head) + len(mark) + after)
    except (ValueError, IndexError) as error:
        raise UnreadableScan(path, "its header is malformed") from error
    mixed = after == 2 and b"\r\n" not in head
    return changed(header, mixed_ends=mixed)


def _parse_header(lines: list[list[str]], *, length: int) -> Header:
    is_ascii = False
    comments: list[str] = []
    elements: list[tuple[str, int, list[tuple[str, str]]]] = []
    for words in filter(None, lines):
        if words[0] == "format":
            is_ascii = words[1] == "ascii"
        elif words[0] in {"comment", "obj_info"}:
            comments.append(" ".join(words[1:]))
        elif words[0] == "element":
            elements.append((words[1], int(words[2]), []))
        elif words[0] == "property":
            kind = words[2] if words[1] == "list" else words[1]
            elements[-1][2].append((words[-1], kind))
    return Header(
        ascii=is_ascii,
        elements=tuple(Element(n, c, tuple(p)) for n, c, p in elements),
        comments=tuple(comments),
        length=length,
        mixed_ends=False,
    )


def _check_complete(path: Path, header: Header) -> None:
    """Compare the claim with the size before a reader allocates for the claim."""
    room = path.stat().st_size - header.length
    # In text an entry takes at least a digit and a separator for each property.
    least = sum(
        e.count * (2 * len(e.properties) if header.ascii else e.least_bytes())
        for e in header.elements
    )
    if room < least:
        reason = f"its header claims {header.count('vertex')} points"
        raise TruncatedScan(path, reason)


def _by_open3d(path: Path, header: Header) -> Scan:
    meshed = header.count("face") > 0
    return read_mesh(path, "PLY") if meshed else read_cloud(path, "PLY")


def _by_trimesh(path: Path, *, claimed: int) -> Scan:
    scan = load_with_trimesh(path, "PLY", reason="Open3D could not read it to its end")
    if len(scan.points) < claimed:
        found = len(scan.points)
        raise TruncatedScan(path, f"{found} of {claimed} points are there")
    return scan.with_finding(
        "reader-fallback",
        f"{path.name} was read by trimesh, because Open3D could not read all of it.",
        file=path.name,
        reader="trimesh",
    )


def write_cloud(path: Path, points: np.ndarray, colours: np.ndarray | None) -> None:
    """Write a binary PLY cloud: float32 metres, optional uchar colours, unit stated."""
    fields = [(axis, "<f4") for axis in "xyz"]
    if colours is not None:
        fields += [(name, "u1") for name in ("red", "green", "blue")]
    table = np.zeros(len(points), dtype=fields)
    for index, axis in enumerate("xyz"):
        table[axis] = points[:, index]
    if colours is not None:
        for index, name in enumerate(("red", "green", "blue")):
            table[name] = colours[:, index]
    types = {"<f4": "float", "u1": "uchar"}
    lines = ["ply", "format binary_little_endian 1.0", "comment unit m"]
    lines.append(f"element vertex {len(points)}")
    lines += [f"property {types[kind]} {name}" for name, kind in fields]
    path.write_bytes("\n".join([*lines, "end_header\n"]).encode() + table.tobytes())
