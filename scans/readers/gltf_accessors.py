"""Numbers of glTF: accessors, sparse ones too, normalised integers, Draco's attributes."""

from typing import Any

import DracoPy
import numpy as np
from numpy.typing import NDArray

from scans.errors import TruncatedScan
from scans.readers.gltf_file import DRACO, Document

Table = NDArray[Any]

TYPES: dict[int, np.dtype[Any]] = {
    5120: np.dtype("i1"), 5121: np.dtype("u1"), 5122: np.dtype("<i2"),
    5123: np.dtype("<u2"), 5125: np.dtype("<u4"), 5126: np.dtype("<f4"),
}  # fmt: skip
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
ZEROS_AT_MOST = 1_000_000  # rows of an accessor that no view stands behind


def read_accessor(document: Document, index: Any) -> Table:
    """Read an accessor as (n, width) floats, normalised where it says so."""
    accessor = document.entry("accessors", index)
    return _normalised(accessor, read_raw(document, index))


def read_raw(document: Document, index: Any) -> Table:
    """Read an accessor as it is stored, (n, width)."""
    accessor = document.entry("accessors", index)
    kind = TYPES.get(accessor.get("componentType", 0))
    width = WIDTHS.get(accessor.get("type", ""))
    count = document.number(accessor, "count", 0)
    if kind is None or width is None:
        raise document.broken("its structure is damaged")
    if "bufferView" in accessor:
        start = document.number(accessor, "byteOffset", 0)
        shape = (count, width)
        table = _table(document, accessor["bufferView"], start, kind, shape)
    elif count > ZEROS_AT_MOST:
        raise document.broken("its structure is damaged")
    else:
        table = np.zeros((count, width), kind)
    if "sparse" in accessor:
        _substitute(document, accessor["sparse"], table)
    return table


def read_draco(document: Document, primitive: dict[str, Any]) -> dict[str, Table]:
    """Decode a compressed primitive: its attributes by name, and `indices`, (m, 3)."""
    extension = primitive["extensions"][DRACO]
    coded, _ = document.view(extension.get("bufferView"))
    try:
        mesh = DracoPy.decode(coded)
    except (DracoPy.FileTypeException, ValueError, RuntimeError) as error:
        raise document.broken("its compressed data cannot be decoded") from error
    by_id = {entry["unique_id"]: entry["data"] for entry in mesh.attributes}
    found: dict[str, Table] = {}
    for name, identity in dict(extension.get("attributes", {})).items():
        accessor = document.entry("accessors", primitive["attributes"].get(name))
        if identity not in by_id:
            raise document.broken("its compressed data cannot be decoded")
        data = np.asarray(by_id[identity])
        if len(data) != accessor.get("count"):
            raise document.broken("its compressed data cannot be decoded")
        found[name] = _normalised(accessor, data.reshape(len(data), -1))
    faces = getattr(mesh, "faces", None)
    if faces is not None:
        found["indices"] = np.asarray(faces, dtype=np.int64).reshape(-1, 3)
    return found


def _table(
    document: Document,
    view: Any,
    start: int,
    kind: np.dtype[Any],
    shape: tuple[int, int],
) -> Table:
    data, stride = document.view(view)
    packed = kind.itemsize * shape[1]
    stride = stride or packed
    if stride < packed:
        raise document.broken("its structure is damaged")
    if shape[0] and start + (shape[0] - 1) * stride + packed > len(data):
        raise TruncatedScan(document.path, "its buffers are shorter than it says")
    if not shape[0]:
        return np.zeros(shape, kind)
    rows = np.ndarray(shape, kind, data, start, (stride, kind.itemsize))
    return rows.copy()


def _substitute(document: Document, sparse: Any, table: Table) -> None:
    if not isinstance(sparse, dict):
        raise document.broken("its structure is damaged")
    count = document.number(sparse, "count", 0)
    places, values = sparse.get("indices"), sparse.get("values")
    if not isinstance(places, dict) or not isinstance(values, dict):
        raise document.broken("its structure is damaged")
    kind = TYPES.get(places.get("componentType", 0))
    if kind is None or kind.kind != "u":
        raise document.broken("its structure is damaged")
    start = document.number(places, "byteOffset", 0)
    where = _table(document, places.get("bufferView"), start, kind, (count, 1))[:, 0]
    start = document.number(values, "byteOffset", 0)
    shape = (count, table.shape[1])
    what = _table(document, values.get("bufferView"), start, table.dtype, shape)
    if count and int(where.max()) >= len(table):
        raise document.broken("its triangles name points that are not there")
    table[where] = what


def _normalised(accessor: dict[str, Any], table: Table) -> Table:
    values = table.astype(np.float64)
    kind = TYPES.get(accessor.get("componentType", 0))
    if accessor.get("normalized") is True and kind is not None and kind.kind != "f":
        # glTF 2.0, 3.6.2.2: signed ones are clamped at -1.
        values = np.maximum(values / np.iinfo(kind).max, -1.0)
    return values
