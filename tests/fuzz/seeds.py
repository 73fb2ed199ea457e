"""Small valid files of every kind that our readers know, to begin from."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROWS = [(0, 0, 0), (1, 0, 0.5), (0, 1, 0.25), (1, 1, -2)]
XYZ = "property float x\nproperty double y\nproperty float z\n"


def write_seeds(folder: Path, suffix: str) -> list[Path]:
    """Write the seeds of one format."""
    paths = []
    for number, data in enumerate(SEEDS[suffix]()):
        path = folder / f"seed-{number}.{suffix}"
        path.write_bytes(data)
        paths.append(path)
    return paths


def ply() -> Iterator[bytes]:
    """Text and both orders of bytes, with lists, strips, a camera, and odd lines."""
    extra = "property uchar red\nproperty uchar green\nproperty uchar blue\n"
    faces = "element face 2\nproperty list uchar int vertex_indices\n"
    strips = "element tristrips 1\nproperty list int int vertex_indices\n"
    body = "".join(f"{x} {y} {z} 1 2 3\n" for x, y, z in ROWS)
    head = "obj_info stray\nstray line\ncomment unit mm\ncomment viewpoint 1 2 3\n"
    head += f"element vertex 4\n{XYZ}{extra}{faces}{strips}end_header\n"
    yield f"ply\nformat ascii 1.0\n{head}{body}3 0 1 2\n4 0 1 2 3\n5 0 1 2 -1 3\n".encode()
    for name, order in (("little", "<"), ("big", ">")):
        packed = b"".join(struct.pack(f"{order}fdf3B", *row, 1, 2, 3) for row in ROWS)
        packed += struct.pack(f"{order}B3i", 3, 0, 1, 2)
        packed += struct.pack(f"{order}B4i", 4, 0, 1, 2, 3)
        packed += struct.pack(f"{order}i5i", 5, 0, 1, 2, -1, 3)
        yield f"ply\nformat binary_{name}_endian 1.0\n{head}".encode() + packed
    camera = "element camera 1\nproperty float view_px\nproperty float view_py\n"
    camera += "property float view_pz\n"
    yield (
        f"ply\r\nformat ascii 1.0\r\nelement vertex 4\r\n{XYZ}{camera}end_header\r\n"
        + "".join(f"{x} {y} {z}\r\n" for x, y, z in ROWS)
        + "1 2 3\r\n"
    ).encode()


def pcd() -> Iterator[bytes]:
    """Text, bytes and compressed bytes, with packed colours and a viewpoint."""
    head = "# .PCD\nVERSION 0.7\nFIELDS x y z rgb _\nSIZE 4 4 4 4 1\nTYPE F F F U U\n"
    head += "COUNT 1 1 1 1 2\nWIDTH 2\nHEIGHT 2\nVIEWPOINT 0 0 1 1 0 0 0\nPOINTS 4\n"
    text = "".join(f"{x} {y} {z} 66051 0 0\n" for x, y, z in ROWS)
    yield f"{head}DATA ascii\n{text}".encode()
    kind = [("p", "<f4", 3), ("c", "<u4"), ("_", "u1", 2)]
    table = np.array([(row, 66_051, (0, 0)) for row in ROWS], dtype=kind)
    yield f"{head}DATA binary\n".encode() + table.tobytes()
    columns = b"".join(
        np.ascontiguousarray(table["p"][:, k]).tobytes() for k in range(3)
    )
    columns += table["c"].tobytes() + table["_"].tobytes()
    packed = literal_lzf(columns)
    sizes = struct.pack("<II", len(packed), len(columns))
    yield f"{head}DATA binary_compressed\n".encode() + sizes + packed
    yield f"{head}DATA ascii\n{text}".replace("\n", "\r\n").encode()


def literal_lzf(data: bytes) -> bytes:
    """Pack bytes as LZF without finding any repetition, and a run at the end."""
    parts = [data[k : k + 32] for k in range(0, len(data), 32)]
    return b"".join(bytes([len(part) - 1]) + part for part in parts)


def ptx() -> Iterator[bytes]:
    """Two scans, one of them coloured."""
    pose = "1 2 3\n1 0 0\n0 1 0\n0 0 1\n1 0 0 0\n0 1 0 0\n0 0 1 0\n1 2 3 1\n"
    plain = "".join(f"{x} {y} {z} 0.5\n" for x, y, z in ROWS)
    coloured = "".join(f"{x} {y} {z} 0.5 1 2 3\n" for x, y, z in ROWS)
    yield f"2\n2\n{pose}{plain}".encode()
    yield f"2\n2\n{pose}{plain}4\n1\n{pose}{coloured}".replace("\n", "\r\n").encode()


def pts() -> Iterator[bytes]:
    """With a count, intensity and colours."""
    yield ("4\n" + "".join(f"{x} {y} {z} -2048 1 2 3\n" for x, y, z in ROWS)).encode()


def xyz() -> Iterator[bytes]:
    """Separators, headings, remarks, decimal commas, other letters."""
    yield "".join(f"{x} {y} {z}\n" for x, y, z in ROWS).encode()
    rows = "".join(f"{x};{y};{z};;0,5\n".replace(".", ",") for x, y, z in ROWS)
    yield f"// X;Y;Z [mm];Note;Intensity\n{rows}".encode()
    rows = "".join(f"{x},{y},{z},1,2,3,nan\r\n" for x, y, z in ROWS)
    yield f'"x","y","z","r","g","b","nx"\r\n{rows}'.encode("utf-16")
    yield b"# remark\r1 2 3\r4 5 6\r7 8 -1.#IND\r"


def las() -> Iterator[bytes]:
    """Versions 1.2 and 1.4, points with colours."""
    for form, size in ((2, 26), (7, 36)):
        head = bytearray(375 if form == 7 else 227)
        head[:4], head[24], head[25] = b"LASF", 1, 4 if form == 7 else 2
        struct.pack_into("<HI", head, 94, len(head), len(head))
        if form == 7:
            struct.pack_into("<Q", head, 247, len(ROWS))
        struct.pack_into("<BHI", head, 104, form, size, len(ROWS))
        struct.pack_into("<6d", head, 131, *(0.01,) * 3, *(0.0,) * 3)
        points = b"".join(
            struct.pack("<3iH", *(int(v * 100) for v in row), 7).ljust(size, b"\1")
            for row in ROWS
        )
        yield bytes(head) + points


def stl() -> Iterator[bytes]:
    """Text and bytes, with the colours of a private extension."""
    facet = "facet normal 0 0 1\nouter loop\n"
    corners = "".join(f"vertex {x} {y} {z}\n" for x, y, z in ROWS[:3])
    yield f"solid a\n{facet}{corners}endloop\nendfacet\nendsolid a\n".encode()
    places = [value for row in ROWS[:3] for value in row]
    body = struct.pack("<12fH", 0, 0, 1, *places, 0x801F)
    yield b"solid, or so it says".ljust(80) + struct.pack("<I", 1) + body


def off() -> Iterator[bytes]:
    """Text, also with normals and colours or sheared by a fourth number; and bytes."""
    rows = "".join(f"{x} {y} {z}\n" for x, y, z in ROWS)
    yield f"OFF\n4 2 0 # a remark\n{rows}3 0 1 2\n4 0 1 3 2 255 0 0\n".encode()
    more = "".join(f"{x} {y} {z} 0 0 1 0.5 0.5 0.5 1\n" for x, y, z in ROWS)
    yield f"CNOFF 4 1 0\n{more}3 0 1 2\n".encode()
    flat = b"".join(struct.pack(">3f", *row) for row in ROWS)
    faces = struct.pack(">5i", 3, 0, 1, 2, 0)
    yield b"OFF BINARY\n" + struct.pack(">3i", 4, 1, 0) + flat + faces


LIBRARY = (
    b"newmtl skin\nKd 0.8 0.1 0.1\nmap_Kd -s 1 1 1 skin.png\nnewmtl bare\nKd 1 0 0\n"
)


def obj() -> Iterator[bytes]:
    """Materials, normals, strips of lines, counting from the end, other letters."""
    rows = "".join(f"v {x} {y} {z} 0.5 0.5 0.5\n" for x, y, z in ROWS)
    corners = "vt 0 0\nvt 1 0\nvt 0 1\nvn 0 0 1\n"
    faces = (
        "usemtl skin\nf 1/1/1 2/2/1 \\\n3/3/1\nusemtl bare\nf -4 -3 -2 -1\nl 1 2 3\n"
    )
    whole = f"mtllib a.mtl\no \u9f0e\n{rows}{corners}{faces}"
    yield whole.encode("gb18030")
    yield whole.encode("utf-16")


def mtl() -> Iterator[bytes]:
    """Colours and a picture that is not there."""
    yield LIBRARY


def glb() -> Iterator[bytes]:
    """A mesh that a node moves, with normals and a strip; its buffer inside."""
    places = b"".join(struct.pack("<3f", *row) for row in ROWS)
    upright = struct.pack("<3f", 0, 0, 1) * len(ROWS)
    order = struct.pack("<4H", 0, 1, 2, 3)
    tables = (places, upright, order)
    starts = np.cumsum([0, *map(len, tables)]).tolist()
    document = {
        "asset": {"version": "2.0"},
        "buffers": [{"byteLength": starts[-1]}],
        "bufferViews": [
            {"buffer": 0, "byteOffset": start, "byteLength": len(table)}
            for start, table in zip(starts, tables, strict=False)
        ],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5126, "count": 4, "type": "VEC3"},
            {"bufferView": 2, "componentType": 5123, "count": 4, "type": "SCALAR"},
        ],
        "meshes": [
            {
                "primitives": [
                    {
                        "attributes": {"POSITION": 0, "NORMAL": 1},
                        "indices": 2,
                        "mode": 5,
                    }
                ]
            }
        ],
        "nodes": [
            {"children": [1], "rotation": [0, 0.6, 0, 0.8]},
            {"mesh": 0, "scale": [2, 2, 2], "translation": [1, 0, 0]},
        ],
        "scenes": [{"nodes": [0]}],
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    binary = b"".join(tables)
    length = 12 + 8 + len(text) + 8 + len(binary)
    yield (
        struct.pack("<4sIIII", b"glTF", 2, length, len(text), 0x4E4F534A)
        + text
        + struct.pack("<II", len(binary), 0x004E4942)
        + binary
    )


SEEDS = {
    "ply": ply,
    "pcd": pcd,
    "ptx": ptx,
    "pts": pts,
    "xyz": xyz,
    "las": las,
    "stl": stl,
    "off": off,
    "obj": obj,
    "mtl": mtl,
    "glb": glb,
}
