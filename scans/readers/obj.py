"""Wavefront OBJ: vertices with colours, polygons, materials and their pictures.

Lines are sorted by kind first and parsed together: a line at a time takes minutes for
the millions of vertices that scanners write.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scans.errors import EmptyScan, UnreadableScan
from scans.geometry.painting import Painting, numbered
from scans.geometry.polygons import triangulate
from scans.geometry.scan import Scan
from scans.readers.lettering import decode_text, encoding_of
from scans.readers.mtl import Shelf, flat_colours
from scans.readers.painting import Bytes, Paint, light_of, sample
from scans.readers.units import unit_in_text

FloatArray = NDArray[np.float64]
Indices = NDArray[np.int64]

KINDS = (b"v", b"vt", b"vn", b"f", b"usemtl", b"mtllib")
PLACE, PICTURE, NORMAL = range(3)
REMARKS_BYTES = 4096  # at the beginning, where programs say who they are
CHUNK = 1 << 22
FACE = re.compile(rb"[\r\n][ \t]*f[ \t]")


@dataclass(frozen=True)
class Lines:
    """The lines of a file by kind: what follows the keyword, and at which line."""

    rest: dict[bytes, list[bytes]]
    number: dict[bytes, Indices]

    def before(self, kind: bytes, other: bytes) -> Indices:
        """How many lines of `kind` stand before each line of `other`."""
        return np.searchsorted(self.number[kind], self.number[other])


@dataclass(frozen=True)
class Faces:
    """Triangles: indices of places, pictures and normals, (m, 3, 3), -1 for none.

    polygon : (m,) the face each triangle was cut from
    """

    corners: Indices
    polygon: Indices


def read_obj(path: Path) -> Scan:
    """Read all objects of a file into one mesh; vertices alone are a cloud."""
    data = _bytes(path)
    lines = _sorted_lines(data)
    if not lines.rest[b"v"]:
        raise EmptyScan(path)
    points, colours = _places(_numbers(lines.rest[b"v"]))
    faces = _faces(path, lines, points)
    shelf = Shelf(path)
    for name in _names(lines.rest[b"mtllib"]):
        shelf.add_library(name)
    colours = _painted(lines, faces, shelf, colours, len(points))
    painting = _painting(lines, faces, shelf)
    scan = Scan(
        name=path.name,
        format="OBJ",
        points=points,
        normals=_normals(lines, faces, len(points)),
        colours=colours,
        triangles=faces.corners[:, :, PLACE].astype(np.int32) if len(faces.polygon) else None,
        unit=_stated_unit(data),
        painting=painting,
    )  # fmt: skip
    for finding in shelf.findings.values():
        scan = scan.with_finding(finding.code, finding.message, **finding.facts)
    return scan


def holds_faces(path: Path) -> bool:
    """Tell whether any line is a face; else its vertices are a cloud."""
    with path.open("rb") as file:
        if b"\0" in file.read(REMARKS_BYTES):
            return True  # in UTF-16: reading it will tell
        file.seek(0)
        tail = b"\n"
        while chunk := file.read(CHUNK):
            if FACE.search(tail + chunk):
                return True
            tail = chunk[-8:]
    return False


def _stated_unit(data: bytes) -> str:
    """The unit that a remark before the first vertex states."""
    head = data[:REMARKS_BYTES].partition(b"\nv ")[0]
    remarks = [line for line in head.splitlines() if line.lstrip().startswith(b"#")]
    if not remarks:
        return ""
    encoding = encoding_of(remarks)
    return unit_in_text(tuple(line.decode(encoding, "replace") for line in remarks))


def _bytes(path: Path) -> bytes:
    """The file's bytes in an encoding where ASCII is ASCII."""
    data = path.read_bytes()
    zeros = data[:4096].count(0)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or zeros > 0.2 * len(data[:4096]):
        data = decode_text(data).encode()
    return data.removeprefix(b"\xef\xbb\xbf")


def _sorted_lines(data: bytes) -> Lines:
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\\\n", b" ")
    rest: dict[bytes, list[bytes]] = {kind: [] for kind in KINDS}
    number: dict[bytes, list[int]] = {kind: [] for kind in KINDS}
    for at, line in enumerate(data.split(b"\n")):
        words = line.split(None, 1)
        if len(words) == 2 and words[0] in rest:
            rest[words[0]].append(words[1])
            number[words[0]].append(at)
    return Lines(rest, {kind: np.array(at, np.int64) for kind, at in number.items()})


def _numbers(rows: list[bytes]) -> FloatArray:
    """Parse rows of numbers, (n, three or more), NaN where a row has none."""
    width = max(3, len(rows[0].split()))
    try:
        table = np.array(b" ".join(rows).split(), dtype=np.float64)
        words = [len(row.split()) for row in rows]
        if min(words) == max(words) == width:
            return table.reshape(len(rows), width)
    except ValueError:
        pass  # a word that is no number: slowly, one by one
    parsed = [_row(row) for row in rows]
    table = np.full((len(rows), max(3, *map(len, parsed))), np.nan)
    for at, row in enumerate(parsed):
        table[at, : len(row)] = row
    return table


def _row(row: bytes) -> list[float]:
    values = []
    for word in row.split(b"#")[0].split()[:8]:
        try:
            values.append(float(word))
        except ValueError:
            values.append(np.nan)
    return values


def _places(table: FloatArray) -> tuple[FloatArray, Bytes | None]:
    """Split rows of x y z [w] [r g b [a]] by their width."""
    points = table[:, :3].copy()
    colours = table[:, 3:6]
    if table.shape[1] < 6 or not np.isfinite(colours).all(axis=1).any():
        return points, None
    # Most write shares of one, some write bytes.
    scale = 1.0 if np.nanmax(colours) > 1.0 else 255.0
    levels = np.nan_to_num(colours, nan=255 / scale, posinf=0, neginf=0) * scale
    return points, np.rint(np.clip(levels, 0, 255)).astype(np.uint8)


def _faces(path: Path, lines: Lines, points: FloatArray) -> Faces:
    rows = lines.rest[b"f"]
    if not rows:
        return Faces(np.zeros((0, 3, 3), np.int64), np.zeros(0, np.int64))
    tokens = [row.split(b"#")[0].split() for row in rows]
    sizes = np.array([len(row) for row in tokens], dtype=np.int64)
    try:
        corners = _corners([token for row in tokens for token in row])
    except (ValueError, OverflowError) as error:
        raise UnreadableScan(path, "one of its faces is no list of numbers") from error
    corners = _from_zero(lines, corners, sizes)
    places = corners[:, PLACE]
    if len(places) and (places.min() < 0 or places.max() >= len(points)):
        raise UnreadableScan(path, "its triangles name points that are not there")
    cut, polygon = triangulate(points, places, sizes)
    return Faces(corners[cut], polygon)


def _corners(tokens: list[bytes]) -> Indices:
    """Parse `place/picture/normal` words, (n, 3); 0 where one is left out."""
    slashes = {token.count(b"/") for token in tokens}
    if slashes == {0}:
        places = np.array(tokens, dtype=np.int64)
        return np.stack([places, 0 * places, 0 * places], axis=1)
    if slashes in ({1}, {2}):
        joined = b" ".join(tokens).replace(b"//", b"/0/")
        plain = joined.replace(b"/ ", b"/0 ").replace(b"/", b" ").split()
        table = np.array(plain, dtype=np.int64).reshape(len(tokens), -1)
        return np.pad(table, ((0, 0), (0, 3 - table.shape[1])))
    parts = [([*token.split(b"/"), b"", b""])[:3] for token in tokens]
    rows = [[int(p or b"0") for p in row] for row in parts]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def _from_zero(lines: Lines, corners: Indices, sizes: Indices) -> Indices:
    """Count from 0 and from the front: -1 is the last one named before the face."""
    result = corners - 1
    for column, kind in enumerate((b"v", b"vt", b"vn")):
        back = corners[:, column] < 0
        if back.any():
            known = np.repeat(lines.before(kind, b"f"), sizes)
            result[back, column] = (known + corners[:, column])[back]
    return result


def _normals(lines: Lines, faces: Faces, count: int) -> FloatArray | None:
    rows = lines.rest[b"vn"]
    if not rows:
        return None
    table = np.nan_to_num(_numbers(rows)[:, :3], posinf=0, neginf=0)
    if not len(faces.polygon):
        sums = table if len(table) == count else None
        return None if sums is None else _unit(sums)
    places = faces.corners[:, :, PLACE].ravel()
    chosen = faces.corners[:, :, NORMAL].ravel()
    there = (chosen >= 0) & (chosen < len(table))
    sums = np.zeros((count, 3))
    for axis in range(3):
        part = table[chosen[there], axis]
        sums[:, axis] = np.bincount(places[there], part, count)
    return _unit(sums)


def _unit(sums: FloatArray) -> FloatArray | None:
    """Scale to length one; None unless every vertex has a normal."""
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return sums / lengths if (lengths > 1e-9).all() else None


def _painted(
    lines: Lines, faces: Faces, shelf: Shelf, colours: Bytes | None, count: int
) -> Bytes | None:
    """Colours by materials where they have any, by vertices otherwise."""
    if not shelf.materials or not len(faces.polygon):
        return colours
    used = [shelf.materials.get(name) for name in _names(lines.rest[b"usemtl"])]
    of_face = lines.before(b"usemtl", b"f")[faces.polygon] - 1
    table = _numbers(lines.rest[b"vt"]) if lines.rest[b"vt"] else np.zeros((0, 2))
    known = [material for material in used if material is not None]
    flat = flat_colours(known)
    pictured = any(shelf.picture(material) is not None for material in known)
    if not pictured and (flat is None or colours is not None):
        return colours
    paint = Paint.none(count)
    for number, material in enumerate(used):
        corners = faces.corners[of_face == number].reshape(-1, 3)
        if material is None or not len(corners):
            continue
        picture = shelf.picture(material)
        if picture is None:
            level = np.array(material.flat or (1.0, 1.0, 1.0)).clip(0, 1) * 255
            light = light_of(np.rint(level).astype(np.uint8))[None].repeat(
                len(corners), 0
            )
            paint.add(corners[:, PLACE], light)
            continue
        corners = corners[(corners[:, 1] >= 0) & (corners[:, 1] < len(table))]
        uv = table[corners[:, PICTURE], :2] * [1, -1] + [0, 1]
        light = sample(picture, uv, is_clamped=material.is_clamped)
        paint.add(corners[:, PLACE], light)
    return paint.colours(otherwise=colours)


def _painting(lines: Lines, faces: Faces, shelf: Shelf) -> Painting | None:
    """The pictures themselves, for triangles all of whose corners lie on one."""
    table = _numbers(lines.rest[b"vt"]) if lines.rest[b"vt"] else np.zeros((0, 2))
    corners = faces.corners[:, :, PICTURE]
    there = ((corners >= 0) & (corners < len(table))).all(axis=1)
    if not shelf.materials or not there.any():
        return None
    of_face = lines.before(b"usemtl", b"f")[faces.polygon] - 1
    painting = Painting.none(len(corners))
    pictures: list[Bytes] = []
    for number, name in enumerate(_names(lines.rest[b"usemtl"])):
        material = shelf.materials.get(name)
        picture = None if material is None else shelf.picture(material)
        shown = np.flatnonzero(there & (of_face == number))
        if material is None or picture is None or not len(shown):
            continue
        uvs = np.nan_to_num(table[corners[shown], :2] * [1, -1] + [0, 1])
        painting.uvs[shown] = uvs.clip(0, 1 - 1e-6) if material.is_clamped else uvs
        painting.picture[shown] = numbered(pictures, picture)
    return replace(painting, pictures=tuple(pictures)) if pictures else None


def _names(rows: list[bytes]) -> list[str]:
    if not rows:
        return []
    encoding = encoding_of(rows)
    return [row.decode(encoding, "replace").strip().strip('"') for row in rows]
