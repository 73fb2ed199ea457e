"""glTF files built in memory, part by part."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = {"int8": 5120, "uint8": 5121, "int16": 5122, "uint16": 5123, "uint32": 5125}
KINDS |= {"float32": 5126}
WIDTHS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}


class Builder:
    """Collects arrays into one buffer and writes .glb files."""

    def __init__(self) -> None:
        self.data = b""
        self.json: dict[str, Any] = {
            "asset": {"version": "2.0"},
            "bufferViews": [],
            "accessors": [],
            "meshes": [],
            "nodes": [],
        }

    def view(self, data: bytes, **more: Any) -> int:
        """Add bytes; give the view's number."""
        self.data += bytes(-len(self.data) % 4)
        view = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data)}
        self.json["bufferViews"].append(view | more)
        self.data += data
        return len(self.json["bufferViews"]) - 1

    def accessor(self, table: NDArray[Any], **more: Any) -> int:
        """Add a table, (n,) or (n, width); give the accessor's number."""
        table = np.ascontiguousarray(table)
        if "bufferView" not in more and "sparse" not in more:
            more = {"bufferView": self.view(table.tobytes())} | more
        width = 1 if table.ndim == 1 else table.shape[1]
        described = {"componentType": KINDS[table.dtype.name], "count": len(table)}
        self.json["accessors"].append(described | {"type": WIDTHS[width]} | more)
        return len(self.json["accessors"]) - 1

    def mesh(self, primitive: dict[str, Any], **node: Any) -> None:
        """Add a mesh of one primitive and a node that places it."""
        self.json["meshes"].append({"primitives": [primitive]})
        number = len(self.json["meshes"]) - 1
        self.json["nodes"].append({"mesh": number} | node)

    def picture(self, data: bytes, kind: str) -> None:
        """Add one texture, used by a material, both number 0."""
        self.json["images"] = [{"bufferView": self.view(data), "mimeType": kind}]
        self.json["textures"] = [{"source": 0}]
        rough = {"baseColorTexture": {"index": 0}}
        self.json["materials"] = [{"pbrMetallicRoughness": rough}]

    def write(self, path: Path) -> Path:
        """Write a .glb file."""
        binary = self.data + bytes(-len(self.data) % 4)
        self.json["buffers"] = [{"byteLength": len(binary)}]
        text = json.dumps(self.json).encode()
        text += b" " * (-len(text) % 4)
        length = 12 + 8 + len(text) + 8 + len(binary)
        head = struct.pack("<4sIIII", b"glTF", 2, length, len(text), 0x4E4F534A)
        middle = struct.pack("<II", len(binary), 0x004E4942)
        path.write_bytes(head + text + middle + binary)
        return path
