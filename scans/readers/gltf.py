"""glTF 2.0, .gltf and .glb: every mesh of the scene in its place, metres, Y up."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.errors import EmptyScan, ScanError
from scans.geometry.painting import Painting, joined_paintings
from scans.geometry.scan import Scan
from scans.readers import columns
from scans.readers.gltf_accessors import read_accessor, read_draco, read_raw
from scans.readers.gltf_file import DRACO, Document, open_document
from scans.readers.gltf_paint import base_light, base_painting
from scans.readers.painting import stored_levels

FloatArray = NDArray[np.float64]
Indices = NDArray[np.int64]

POINTS, TRIANGLES, STRIP, FAN = 0, 4, 5, 6
DEEPEST = 200  # nodes below nodes
MOST_PARTS = 100_000  # meshes placed in a scene


@dataclass(frozen=True)
class Part:
    """One primitive in the scene's frame: linear light where it has it, normals of points."""

    points: FloatArray
    triangles: Indices
    light: FloatArray | None
    painting: Painting | None = None
    normals: FloatArray | None = None


def read_gltf(path: Path) -> Scan:
    """Read a scene into one mesh, or a cloud where it holds points only."""
    document = open_document(path)
    parts = []
    skipped = 0
    for mesh, motion in _placed_meshes(document):
        for primitive in _entries(document, mesh, "primitives"):
            if primitive.get("mode", TRIANGLES) in (1, 2, 3):
                skipped += 1
                continue
            parts.append(_moved(_part(document, primitive), motion))
    parts = [part for part in parts if len(part.points)]
    if not parts:
        raise EmptyScan(path)
    scan = _joined(path, parts)
    for finding in document.findings.values():
        scan = scan.with_finding(finding.code, finding.message, **finding.facts)
    if skipped:
        message = f"{path.name} holds {skipped} sets of lines; they were left out."
        scan = scan.with_finding("lines-skipped", message, file=path.name, sets=skipped)
    return scan


def holds_faces(path: Path) -> bool:
    """Tell whether any primitive is made of triangles; else its points are a cloud."""
    try:
        meshes = open_document(path).json.get("meshes")
    except ScanError:
        return True  # why it is broken is said when it is read
    primitives = [
        primitive
        for mesh in (meshes if isinstance(meshes, list) else [])
        if isinstance(mesh, dict) and isinstance(mesh.get("primitives"), list)
        for primitive in mesh["primitives"]
        if isinstance(primitive, dict)
    ]
    modes = {str(primitive.get("mode", TRIANGLES)) for primitive in primitives}
    return modes != {str(POINTS)}


def _placed_meshes(document: Document) -> Iterator[tuple[dict[str, Any], FloatArray]]:
    """Every mesh of the scene with the motion that leads to the scene's frame."""
    waiting = [(index, np.eye(4), 0) for index in _roots(document)]
    placed = 0
    while waiting:
        index, above, depth = waiting.pop()
        node = document.entry("nodes", index)
        placed += 1
        if depth > DEEPEST or placed > MOST_PARTS:
            raise document.broken("its parts contain each other")
        motion = above @ _motion(document, node)
        for below in reversed(_list(document, node, "children")):
            waiting.append((below, motion, depth + 1))
        if "mesh" in node:
            yield document.entry("meshes", node["mesh"]), motion


def _roots(document: Document) -> list[Any]:
    if document.json.get("scenes"):
        scene = document.entry("scenes", document.json.get("scene", 0))
        roots = _list(document, scene, "nodes")
        if roots:
            return roots[::-1]
    nodes = _list(document, document.json, "nodes")
    below = {
        child
        for node in nodes
        if isinstance(node, dict)
        for child in _list(document, node, "children")
        if isinstance(child, int)
    }
    return [index for index in range(len(nodes)) if index not in below][::-1]


def _motion(document: Document, node: dict[str, Any]) -> FloatArray:
    if "matrix" in node:
        return _vector(document, node, "matrix", np.eye(4).ravel()).reshape(4, 4).T
    x, y, z, w = _vector(document, node, "rotation", np.array([0.0, 0, 0, 1]))
    length = float(np.sqrt(x * x + y * y + z * z + w * w))
    if not length > 0:
        raise document.broken("its structure is damaged")
    x, y, z, w = x / length, y / length, z / length, w / length
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    motion = np.eye(4)
    motion[:3, :3] = rotation * _vector(document, node, "scale", np.ones(3))
    motion[:3, 3] = _vector(document, node, "translation", np.zeros(3))
    return motion


def _vector(
    document: Document, node: dict[str, Any], name: str, default: FloatArray
) -> FloatArray:
    try:
        values = np.array(node.get(name, default), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise document.broken("its structure is damaged") from error
    if values.shape != default.shape or not np.isfinite(values).all():
        raise document.broken("its structure is damaged")
    return values


def _part(document: Document, primitive: dict[str, Any]) -> Part:
    names = primitive.get("attributes")
    if not isinstance(names, dict) or "POSITION" not in names:
        return Part(np.zeros((0, 3)), np.zeros((0, 3), np.int64), None)
    if DRACO in (primitive.get("extensions") or {}):
        tables = read_draco(document, primitive)
        indices = tables.pop("indices", np.zeros((0, 3), np.int64))
        for name in ("POSITION", "COLOR_0", "TEXCOORD_0", "TEXCOORD_1"):
            if name in names and name not in tables:
                tables[name] = read_accessor(document, names[name])
    else:
        wanted = [n for n in names if n == "POSITION" or n[:6] in ("COLOR_", "TEXCOO")]
        # Those of meshes follow from their faces, and a damaged one stops nothing.
        if "NORMAL" in names and primitive.get("mode") == POINTS:
            wanted.append("NORMAL")
        tables = {name: read_accessor(document, names[name]) for name in wanted}
        indices = _triangles(document, primitive, len(tables["POSITION"]))
    points = tables["POSITION"]
    if points.shape[1] != 3:
        raise document.broken("its structure is damaged")
    if len(indices) and (indices.min() < 0 or indices.max() >= len(points)):
        raise document.broken("its triangles name points that are not there")
    return Part(
        points,
        indices,
        base_light(document, primitive, tables),
        base_painting(document, primitive, tables, indices),
        _normals(tables, len(points)),
    )


def _normals(tables: dict[str, Any], count: int) -> FloatArray | None:
    """Normals of a primitive, if it has one for each of its points."""
    found = tables.get("NORMAL")
    if found is None or found.shape != (count, 3):
        return None
    return np.asarray(found, dtype=np.float64)


def _triangles(document: Document, primitive: dict[str, Any], count: int) -> Indices:
    if "indices" in primitive:
        raw = read_raw(document, primitive["indices"])
        if raw.dtype.kind != "u" or raw.shape[1] != 1:
            raise document.broken("its structure is damaged")
        order = raw[:, 0].astype(np.int64)
    else:
        order = np.arange(count, dtype=np.int64)
    mode = primitive.get("mode", TRIANGLES)
    if mode == STRIP:
        turns = np.arange(max(len(order) - 2, 0)) % 2
        first, second = order[:-2], order[1:-1]
        ahead = np.stack([first, second, order[2:]], axis=1)
        back = np.stack([second, first, order[2:]], axis=1)
        return np.where(turns[:, None] == 0, ahead, back)
    if mode == FAN:
        tips = np.broadcast_to(order[:1], len(order[2:]))
        return np.stack([order[1:-1], order[2:], tips], axis=1)
    if mode == TRIANGLES:
        return order[: len(order) // 3 * 3].reshape(-1, 3)
    if mode != POINTS:
        raise document.broken("its structure is damaged")
    return np.zeros((0, 3), np.int64)


def _moved(part: Part, motion: FloatArray) -> Part:
    with np.errstate(invalid="ignore", over="ignore"):
        points = part.points @ motion[:3, :3].T + motion[:3, 3]
        normals = None if part.normals is None else part.normals @ _cofactors(motion).T
    mirrored = np.linalg.det(motion[:3, :3]) < 0
    if not mirrored:
        return replace(part, points=points, normals=normals)
    painting = part.painting
    if painting is not None:
        painting = replace(painting, uvs=painting.uvs[:, ::-1])
    # What mirrors places turns the cofactors' sign, but what is outside stays so.
    if normals is not None:
        normals = -normals
    return Part(points, part.triangles[:, ::-1], part.light, painting, normals)


def _cofactors(motion: FloatArray) -> FloatArray:
    """The matrix that moves normals, up to their length: no inverse, for it may have none."""
    x, y, z = motion[:3, :3].T
    return np.stack([np.cross(y, z), np.cross(z, x), np.cross(x, y)], axis=1)


def _joined(path: Path, parts: list[Part]) -> Scan:
    starts = np.cumsum([0, *(len(part.points) for part in parts)])
    points = np.vstack([part.points for part in parts])
    pairs = zip(parts, starts, strict=False)
    triangles = np.vstack([part.triangles + start for part, start in pairs])
    light = None
    if any(part.light is not None for part in parts):
        blank = [np.ones((len(part.points), 3)) for part in parts]
        pairs_of_light = zip(parts, blank, strict=True)
        light = np.vstack(
            [b if p.light is None else p.light for p, b in pairs_of_light]
        )
    held = [part.normals for part in parts if part.normals is not None]
    normals = np.vstack(held) if len(held) == len(parts) else None
    counts = [len(part.triangles) for part in parts]
    painting = joined_paintings([part.painting for part in parts], counts)
    if len(triangles):
        points, triangles, light, whole = _welded(points, triangles, light)
        normals = None
        painting = None if painting is None else painting.only(whole)
    return Scan(
        name=path.name,
        format="GLB" if path.suffix.lower() == ".glb" else "GLTF",
        points=points,
        normals=None if normals is None else columns.unit_vectors(normals),
        colours=None if light is None else stored_levels(light),
        triangles=triangles.astype(np.int32) if len(triangles) else None,
        unit="m",
        painting=painting,
    )


def _welded(
    points: FloatArray, triangles: Indices, light: FloatArray | None
) -> tuple[FloatArray, Indices, FloatArray | None, NDArray[np.bool_]]:
    """Join vertices of one place: glTF splits them wherever a picture has a seam.

    Also tells which triangles are still there.
    """
    bits = np.ascontiguousarray(points + 0.0).view(np.dtype((np.void, 24))).ravel()
    _, first, table = np.unique(bits, return_index=True, return_inverse=True)
    order = np.argsort(first)  # in the file's order, not that of the bits
    rank = np.zeros(len(order), np.int64)
    rank[order] = np.arange(len(order))
    table = rank[table.ravel()]
    triangles = table[triangles]
    a, b, c = triangles.T
    whole = (a != b) & (b != c) & (c != a)
    triangles = triangles[whole]
    if light is not None:
        count = np.bincount(table)[:, None]
        sums = [np.bincount(table, light[:, channel]) for channel in range(3)]
        light = np.stack(sums, axis=1) / count
    return points[first[order]], triangles, light, whole


def _entries(
    document: Document, entry: dict[str, Any], name: str
) -> list[dict[str, Any]]:
    found = _list(document, entry, name)
    if not all(isinstance(one, dict) for one in found):
        raise document.broken("its structure is damaged")
    return found


def _list(document: Document, entry: dict[str, Any], name: str) -> list[Any]:
    found = entry.get(name, [])
    if not isinstance(found, list):
        raise document.broken("its structure is damaged")
    return found
