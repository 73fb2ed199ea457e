"""OFF: text and binary, with normals and colours of vertices (COFF, NOFF, STOFF …)."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scans.errors import EmptyScan, TruncatedScan, UnreadableScan
from scans.geometry.polygons import triangulate
from scans.geometry.scan import Scan

# Geomview, "OFF files": [ST][C][N][4][n]OFF, then BINARY or the counts.
HEAD = re.compile(rb"\s*(ST)?(C)?(N)?(4)?(n)?OFF\b[ \t]*(BINARY)?", re.IGNORECASE)
# The keyword may be left away: then the file begins with the counts.
COUNTS = re.compile(rb"\s*\d+[ \t]+\d+[ \t]+\d+[ \t]*(?=\n)")
COMMENT = re.compile(rb"#[^\n]*")


@dataclass(frozen=True)
class Kind:
    """What the keyword says of a vertex, and whether the file is binary."""

    has_picture: bool
    has_colours: bool
    has_normals: bool
    has_weight: bool
    is_binary: bool

    def width(self) -> int:
        """Numbers of a vertex, colours taken as four."""
        named = 3 + self.has_weight + 3 * self.has_normals
        return named + 4 * self.has_colours + 2 * self.has_picture


PLAIN = Kind(
    has_picture=False,
    has_colours=False,
    has_normals=False,
    has_weight=False,
    is_binary=False,
)


@dataclass(frozen=True)
class Parts:
    """Rows of vertices, (n, width), and polygons as corners and sizes."""

    rows: NDArray[np.float64]
    corners: NDArray[np.int64]
    sizes: NDArray[np.int64]


def read_off(path: Path) -> Scan:
    """Read a mesh, or a cloud where there are no faces."""
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    if b"\r" in data and b"BINARY" not in data[:256].upper():
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    plain = data if b"BINARY" in data[:256].upper() else COMMENT.sub(b"", data)
    found = HEAD.match(plain)
    if found is None and COUNTS.match(plain):
        return _scan(path, _text(path, plain, PLAIN), PLAIN)
    if found is None:
        raise UnreadableScan(path, "it does not begin like an OFF file")
    kind = _kind(path, found)
    body = plain[found.end() :]
    parts = _binary(path, body, kind) if kind.is_binary else _text(path, body, kind)
    return _scan(path, parts, kind)


def _kind(path: Path, found: "re.Match[bytes]") -> Kind:
    if found[5]:
        raise UnreadableScan(path, "it has more than three dimensions")
    picture, colours, normals, weight = (found[k] is not None for k in range(1, 5))
    return Kind(picture, colours, normals, weight, found[6] is not None)


def _text(path: Path, body: bytes, kind: Kind) -> Parts:
    lines = [line for line in body.split(b"\n") if line.strip()]
    if not lines:
        raise EmptyScan(path)
    try:
        vertices, faces = (int(word) for word in lines[0].split()[:2])
        if vertices < 0 or faces < 0:
            raise UnreadableScan(path, "its header is malformed")
        if vertices + faces > len(lines) - 1:
            return _in_a_row(path, body.split(), kind)
        rows = _rows(lines[1 : 1 + vertices], kind)
        polygons = [line.split() for line in lines[1 + vertices : 1 + vertices + faces]]
        sizes = np.array([int(words[0]) for words in polygons], dtype=np.int64)
        corners = [
            int(word) for words in polygons for word in words[1 : 1 + int(words[0])]
        ]
    except ValueError as error:
        raise UnreadableScan(path, "a row does not hold numbers only") from error
    if len(corners) != sizes.sum() or (sizes < 0).any():
        raise TruncatedScan(path, "a face names fewer points than it claims")
    return Parts(rows, np.array(corners, dtype=np.int64), sizes)


def _in_a_row(path: Path, words: list[bytes], kind: Kind) -> Parts:
    """Parts of a text that breaks its lines elsewhere; ValueError for what is no number.

    Without lines nothing tells how many numbers a colour has: such files are refused.
    """
    vertices, faces = int(words[0]), int(words[1])
    width = kind.width()
    end = 3 + vertices * width
    if kind.has_colours or len(words) < end + 2 * faces:
        raise TruncatedScan(path, f"its header claims {vertices} points")
    rows = np.array(words[3:end], dtype=np.float64).reshape(vertices, width)
    corners: list[int] = []
    sizes = []
    for _ in range(faces):
        size = int(words[end]) if end < len(words) else -1
        if size < 0 or end + size >= len(words):
            raise TruncatedScan(path, "a face names fewer points than it claims")
        corners += map(int, words[end + 1 : end + 1 + size])
        sizes.append(size)
        end += 1 + size
    return Parts(rows, np.array(corners, np.int64), np.array(sizes, np.int64))


def _rows(lines: list[bytes], kind: Kind) -> NDArray[np.float64]:
    """Rows of one width; colours may have three numbers or four."""
    words = [line.split() for line in lines]
    width = max(map(len, words), default=kind.width())
    least = kind.width() - kind.has_colours
    if any(len(row) < least for row in words):
        raise ValueError("a row is too short")
    padded = [row + [b"0"] * (width - len(row)) for row in words]
    return np.array(padded, dtype=np.float64).reshape(len(words), width)


def _binary(path: Path, body: bytes, kind: Kind) -> Parts:
    body = body.partition(b"\n")[2]
    if len(body) < 12:
        raise TruncatedScan(path, "its header has no end")
    vertices, faces = (int(n) for n in np.frombuffer(body, ">i4", 2))
    width = kind.width()
    if min(vertices, faces) < 0:
        raise UnreadableScan(path, "its header is malformed")
    if len(body) < 12 + 4 * vertices * width + 8 * faces:
        raise TruncatedScan(path, f"its header claims {vertices} points")
    rows = np.frombuffer(body, ">f4", vertices * width, 12).reshape(vertices, width)
    words = np.frombuffer(body[12 + 4 * vertices * width :][: -(len(body) % 4) or None], ">i4")  # fmt: skip
    corners, sizes, at = [], [], 0
    for _ in range(faces):
        size = int(words[at]) if at < len(words) else -1
        end = at + 1 + size
        if size < 0 or end >= len(words):
            raise TruncatedScan(path, "a face names fewer points than it claims")
        corners.append(words[at + 1 : end])
        sizes.append(size)
        at = end + 1 + max(0, int(words[end]))  # how many numbers its colour has
    joined = np.concatenate(corners) if corners else np.zeros(0)
    return Parts(rows.astype(np.float64), joined.astype(np.int64), np.array(sizes))


def _scan(path: Path, parts: Parts, kind: Kind) -> Scan:
    if not len(parts.rows):
        raise EmptyScan(path)
    points = parts.rows[:, :3]
    if kind.has_weight:
        with np.errstate(divide="ignore", invalid="ignore"):
            points = points / parts.rows[:, 3:4]
    at = 3 + kind.has_weight
    if len(parts.corners) and not _known(parts.corners, len(points)):
        raise UnreadableScan(path, "its triangles name points that are not there")
    cut, _ = triangulate(points, parts.corners, parts.sizes)
    return Scan(
        name=path.name,
        format="OFF",
        points=points.copy(),
        normals=_unit(parts.rows[:, at : at + 3]) if kind.has_normals else None,
        colours=_colours(parts.rows[:, at + 3 * kind.has_normals :], kind),
        triangles=parts.corners[cut].astype(np.int32) if len(cut) else None,
    )


def _known(corners: NDArray[np.int64], count: int) -> bool:
    return bool(corners.min() >= 0 and corners.max() < count)


def _unit(table: NDArray[np.float64]) -> NDArray[np.float64] | None:
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    return table / lengths if (lengths > 1e-9).all() else None


def _colours(rest: NDArray[np.float64], kind: Kind) -> NDArray[np.uint8] | None:
    """Colours of vertices, as bytes or as shares of one."""
    levels = rest[:, :3]
    # Many write colours under a plain OFF; then a row has three or four numbers more.
    if levels.shape[1] < 3 or not (kind.has_colours or rest.shape[1] in (3, 4)):
        return None
    if not np.isfinite(levels).all() or levels.min(initial=0) < 0:
        return None
    scale = 1.0 if levels.max(initial=0) > 1.0 else 255.0
    return np.asarray(np.rint((levels * scale).clip(0, 255)), dtype=np.uint8)
