"""The master's file: a binary PLY, the same bytes for the same mesh."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scans.geometry.mesh import Mesh

TYPES = {"<f4": "float", "u1": "uchar"}


def write_master(path: Path, mesh: Mesh, *, comments: Sequence[str] = ()) -> None:
    """Write float32 places and normals, uchar colours where there are any, triangles.

    A master some of whose holes were closed says of each triangle whether it is `filled`.
    """
    fields = [(name, "<f4") for name in ("x", "y", "z")]
    fields += [(n, "<f4") for n in ("nx", "ny", "nz") if mesh.normals is not None]
    fields += [(n, "u1") for n in ("red", "green", "blue") if mesh.colours is not None]
    table = np.zeros(len(mesh.vertices), dtype=fields)
    _fill(table, ("x", "y", "z"), mesh.vertices)
    _fill(table, ("nx", "ny", "nz"), mesh.normals)
    _fill(table, ("red", "green", "blue"), mesh.colours)
    faces = np.zeros(len(mesh.triangles), dtype=_face(told=mesh.filled is not None))
    faces["n"], faces["index"] = 3, mesh.triangles
    if mesh.filled is not None:
        faces["filled"] = mesh.filled
    with path.open("wb") as file:
        file.write(_header(fields, len(table), faces, comments))
        file.write(table.tobytes())
        file.write(faces.tobytes())


def read_master(path: Path) -> Mesh:
    """Read what `write_master` wrote."""
    data = path.read_bytes()
    head, _, body = data.partition(b"end_header\n")
    lines = [line.split() for line in head.decode("ascii").splitlines()]
    counts = [int(words[2]) for words in lines if words[0] == "element"]
    kinds = {spoken: kind for kind, spoken in TYPES.items()}
    edge = next(k for k, words in enumerate(lines) if words[:2] == ["element", "face"])
    fields = [
        (words[2], kinds[words[1]]) for words in lines[:edge] if words[0] == "property"
    ]
    told = ["property", "uchar", "filled"] in lines[edge:]
    table = np.frombuffer(body, dtype=fields, count=counts[0])
    faces = np.frombuffer(
        body, dtype=_face(told=told), count=counts[1], offset=table.nbytes
    )
    colours = _taken(table, ("red", "green", "blue"))
    return Mesh(
        vertices=np.stack([table[n].astype(np.float64) for n in "xyz"], axis=1),
        triangles=faces["index"].astype(np.int32),
        normals=_taken(table, ("nx", "ny", "nz")),
        colours=None if colours is None else colours.astype(np.uint8),
        filled=faces["filled"] > 0 if told else None,
    )


def _face(*, told: bool) -> np.dtype:
    """One triangle's record; `told` with the byte that says it closes a hole."""
    listed: list[tuple[str, str] | tuple[str, str, int]]
    listed = [("n", "u1"), ("index", "<i4", 3)]
    return np.dtype([*listed, ("filled", "u1")] if told else listed)


def _fill(table: np.ndarray, names: tuple[str, ...], values: np.ndarray | None) -> None:
    if values is not None:
        for index, name in enumerate(names):
            table[name] = values[:, index]


def _taken(table: np.ndarray, names: tuple[str, ...]) -> np.ndarray | None:
    if table.dtype.names is None or names[0] not in table.dtype.names:
        return None
    return np.stack([table[name].astype(np.float64) for name in names], axis=1)


def _header(
    fields: list[tuple[str, str]],
    vertices: int,
    faces: np.ndarray,
    comments: Sequence[str],
) -> bytes:
    lines = ["ply", "format binary_little_endian 1.0", "comment unit m"]
    lines += [f"comment {' '.join(text.split())}" for text in comments]
    lines.append(f"element vertex {vertices}")
    lines += [f"property {TYPES[kind]} {name}" for name, kind in fields]
    lines.append(f"element face {len(faces)}")
    lines.append("property list uchar int vertex_indices")
    lines += ["property uchar filled"] * ("filled" in (faces.dtype.names or ()))
    return "\n".join([*lines, "end_header\n"]).encode("ascii", "replace")
