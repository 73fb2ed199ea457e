"""Read back what a finished GLB of ours holds, meshopt streams decoded.

Not a general reader: one mesh, one primitive, one node with shift and uniform scale.
"""

import json
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.delivery import meshopt

MAGIC, JSON_CHUNK, BIN_CHUNK = (
    0x46546C67,
    0x4E4F534A,
    0x004E4942,
)  # glTF 2.0 section 4.4
MESHOPT = "EXT_meshopt_compression"
BASISU = "KHR_texture_basisu"
OCTAHEDRAL = "OCTAHEDRAL"
COMPONENTS: dict[int, type[np.generic]] = {
    5120: np.int8,
    5121: np.uint8,
    5122: np.int16,
    5123: np.uint16,
    5125: np.uint32,
    5126: np.float32,
}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


@dataclass(frozen=True)
class FinishedFile:
    """A decoded GLB: its JSON, the arrays as stored, positions in metres, its pictures.

    images : what each material slot shows, as bytes of a picture file
    """

    document: dict[str, Any]
    attributes: dict[str, NDArray[Any]]
    triangles: NDArray[np.uint32]
    metres: NDArray[np.float64]
    images: dict[str, bytes]

    @property
    def draws(self) -> int:
        """Draw calls: primitives of all meshes."""
        return sum(len(mesh["primitives"]) for mesh in self.document["meshes"])

    @property
    def buffer_bytes(self) -> int:
        """Memory of the vertex and index buffers once uploaded (strides padded to four)."""
        pictures = {image["bufferView"] for image in self.document.get("images", [])}
        views = enumerate(self.document["bufferViews"])
        return sum(int(v["byteLength"]) for k, v in views if k not in pictures)

    def normals(self) -> NDArray[np.float64]:
        """Unit normals, as a viewer decodes them."""
        stored = self.attributes["NORMAL"].astype(np.float64)
        lengths = np.linalg.norm(stored, axis=1, keepdims=True)
        return np.asarray(stored / np.maximum(lengths, 1e-12))


def read_glb(data: bytes) -> FinishedFile:
    """Decode a GLB; ValueError says what is broken."""
    document, binary = split_chunks(data)
    views = [_view(view, binary) for view in document["bufferViews"]]
    primitive = document["meshes"][0]["primitives"][0]
    attributes = {
        name: _accessor(document["accessors"][number], views, document)
        for name, number in primitive["attributes"].items()
    }
    indices = _accessor(document["accessors"][primitive["indices"]], views, document)
    return FinishedFile(
        document,
        attributes,
        indices.astype(np.uint32).reshape(-1, 3),
        _metres(document, attributes["POSITION"]),
        _images(document, views),
    )


def split_chunks(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Take a GLB apart into its JSON and its binary chunk."""
    magic, version, length = struct.unpack_from("<III", data)
    if magic != MAGIC or version != 2 or length != len(data):
        raise ValueError("not a whole GLB of version 2")
    json_length, kind = struct.unpack_from("<II", data, 12)
    if kind != JSON_CHUNK:
        raise ValueError("the first chunk is not JSON")
    bin_start = 20 + json_length
    bin_length, kind = struct.unpack_from("<II", data, bin_start)
    if kind != BIN_CHUNK:
        raise ValueError("the second chunk is not binary")
    return json.loads(data[20:bin_start]), data[
        bin_start + 8 : bin_start + 8 + bin_length
    ]


def _view(view: dict[str, Any], binary: bytes) -> bytes:
    packed = view.get("extensions", {}).get(MESHOPT)
    if packed is None:
        start = view.get("byteOffset", 0)
        return binary[start : start + view["byteLength"]]
    start = packed.get("byteOffset", 0)
    coded = binary[start : start + packed["byteLength"]]
    decode = {
        "ATTRIBUTES": _decoded_attributes,
        "TRIANGLES": _decoded_triangles,
    }[packed["mode"]]
    plain = decode(coded, packed["count"], packed["byteStride"])
    if packed.get("filter") != OCTAHEDRAL:
        return plain
    rows = np.frombuffer(plain, np.uint8).reshape(-1, packed["byteStride"])
    return meshopt.decode_octahedra(rows).tobytes()


def _images(document: dict[str, Any], views: list[bytes]) -> dict[str, bytes]:
    """The pictures of the one material, by slot."""
    material = document["materials"][0] if document.get("materials") else {}
    base = material.get("pbrMetallicRoughness", {}).get("baseColorTexture")
    slots = {
        "colour": base,
        "normal": material.get("normalTexture"),
        "occlusion": material.get("occlusionTexture"),
    }
    return {
        slot: views[document["images"][_source(document, place)]["bufferView"]]
        for slot, place in slots.items()
        if place is not None
    }


def _source(document: dict[str, Any], place: dict[str, Any]) -> int:
    texture = document["textures"][place["index"]]
    better = texture.get("extensions", {}).get(BASISU, texture)
    return int(better["source"])


def _decoded_attributes(coded: bytes, count: int, stride: int) -> bytes:
    return meshopt.decode_vertices(coded, count=count, stride=stride).tobytes()


def _decoded_triangles(coded: bytes, count: int, stride: int) -> bytes:
    plain = meshopt.decode_triangles(coded, count=count, stride=stride)
    return plain.astype(np.uint16 if stride == 2 else np.uint32).tobytes()


def _accessor(
    accessor: dict[str, Any], views: list[bytes], document: dict[str, Any]
) -> NDArray[Any]:
    kind = np.dtype(COMPONENTS[accessor["componentType"]])
    width = WIDTHS[accessor["type"]]
    number, count = accessor["bufferView"], accessor["count"]
    stride = document["bufferViews"][number].get("byteStride", kind.itemsize * width)
    values = np.ndarray(
        (count, width),
        kind,
        views[number],
        offset=accessor.get("byteOffset", 0),
        strides=(stride, kind.itemsize),
    )
    return values.copy()


def _metres(document: dict[str, Any], positions: NDArray[Any]) -> NDArray[np.float64]:
    node = next(node for node in document["nodes"] if "mesh" in node)
    scale = np.array(node.get("scale", (1, 1, 1)), np.float64)
    return positions * scale + np.array(node.get("translation", (0, 0, 0)), np.float64)
