"""Join GLB files into one: many models as nodes of a single glTF, bytes untouched.

Works on the JSON and the places of the bytes only. Whatever a model's buffers hold,
packed or plain, is carried over as it is; so nothing is decoded here, and a scene of any
size is sent in constant memory. Layout of GLB: glTF 2.0, section 4.
"""

import hashlib
import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]
MAGIC: Final = 0x46546C67
JSON_CHUNK: Final = 0x4E4F534A
BIN_CHUNK: Final = 0x004E4942
HEADER = struct.Struct("<III")
CHUNK = struct.Struct("<II")
LARGEST = 2**32 - 1
ROOM_FOR_JSON = 64 * 1024**2
PIECE_BYTES = 1024**2
XMP = "KHR_xmp_json_ld"
MESHOPT = "EXT_meshopt_compression"

# For each list of a glTF: where its members point, as paths to an index into another.
POINTERS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "bufferViews": (),
    "accessors": (("bufferView", "bufferViews"),),
    "images": (("bufferView", "bufferViews"),),
    "textures": (
        ("source", "images"),
        ("sampler", "samplers"),
        ("extensions.KHR_texture_basisu.source", "images"),
        ("extensions.EXT_texture_webp.source", "images"),
    ),
    "samplers": (),
    "materials": (
        ("pbrMetallicRoughness.baseColorTexture.index", "textures"),
        ("pbrMetallicRoughness.metallicRoughnessTexture.index", "textures"),
        ("normalTexture.index", "textures"),
        ("occlusionTexture.index", "textures"),
        ("emissiveTexture.index", "textures"),
    ),
    "meshes": (),
    "nodes": (("mesh", "meshes"),),
}
# What our models never have; a file with any of it is not one of ours.
UNKNOWN = ("animations", "skins", "cameras")


class NotJoinable(ValueError):
    """Not a GLB, or one with parts that a joined scene would lose."""


@dataclass(frozen=True)
class Source:
    """A GLB on disk: its JSON, and where its binary chunk lies."""

    path: Path
    document: Json
    offset: int
    size: int


@dataclass
class Joined:
    """A glTF in the making: `document` is its JSON, `sources` what follows in order."""

    document: Json
    sources: list[Source] = field(default_factory=list)
    size: int = 0
    unpacked_size: int = 0  # of the buffer without bytes that packed views unpack to

    def add(self, source: Source, node: Json) -> int:
        """Bring a model in below a new node; give the index to `copy` it with.

        Raises `NotJoinable` for what no GLB can hold.
        """
        begin = {name: len(self.document.get(name, ())) for name in POINTERS}
        for name in POINTERS:
            members = [
                _moved(name, member, begin) for member in source.document.get(name, ())
            ]
            if name == "bufferViews":
                _move_views(members, self.size, self.unpacked_size)
            if members:
                self.document.setdefault(name, []).extend(members)
        self._declare(source.document)
        self.sources.append(source)
        self.size += _padded(source.size)
        self.unpacked_size += _unpacked_size(source.document)
        if self.size > LARGEST - ROOM_FOR_JSON:
            raise NotJoinable("more than a GLB holds")
        node = node | {
            "children": [n + begin["nodes"] for n in _roots(source.document)]
        }
        return self.place(node | self._packet(source.document))

    def copy(self, index: int, node: Json) -> int:
        """Stand a model that is there already at a second place."""
        return self.place(node | self._twin(self.document["nodes"][index]))

    def place(self, node: Json) -> int:
        """Put a node at the top of the scene."""
        nodes = self.document.setdefault("nodes", [])
        nodes.append(node)
        self.document["scenes"][0]["nodes"].append(len(nodes) - 1)
        return len(nodes) - 1

    def finish(self) -> "Finished":
        """Give the file as it is now; what is added later is not in it."""
        return Finished(self._text(), tuple(self.sources), self.size)

    def _text(self) -> bytes:
        whole = self.document
        if self.size:
            whole = whole | {"buffers": self._buffers()}
        text = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
        return text + b" " * (-len(text) % 4)

    def _buffers(self) -> list[Json]:
        unpacked = {
            "byteLength": self.unpacked_size,
            "extensions": {MESHOPT: {"fallback": True}},
        }
        return [{"byteLength": self.size}, *([unpacked] if self.unpacked_size else [])]

    def _declare(self, document: Json) -> None:
        for name in ("extensionsUsed", "extensionsRequired"):
            known = self.document.get(name, [])
            found = [*known, *(n for n in document.get(name, ()) if n not in known)]
            if found:
                self.document[name] = found

    def _packet(self, document: Json) -> Json:
        """Hang the model's own description, rights and origin, on its node."""
        packets = document.get("extensions", {}).get(XMP, {}).get("packets", [])
        here = document["asset"].get("extensions", {}).get(XMP)
        if not packets or here is None:
            return {}
        extensions = self.document.setdefault("extensions", {})
        kept = extensions.setdefault(XMP, {"packets": []})["packets"]
        kept.append(packets[here["packet"]])
        return {"extensions": {XMP: {"packet": len(kept) - 1}}}

    def _twin(self, node: Json) -> Json:
        """Give the children again as nodes of their own: a node has one parent only."""
        nodes = self.document["nodes"]
        children = []
        for index in node.get("children", ()):
            child = {k: v for k, v in nodes[index].items() if k != "children"}
            nodes.append(child | self._twin(nodes[index]))
            children.append(len(nodes) - 1)
        found = {"children": children} if children else {}
        shared = {"extensions": node["extensions"]} if "extensions" in node else {}
        return found | shared


@dataclass(frozen=True)
class Finished:
    """A GLB that is ready to be sent: its JSON, and where its bytes lie."""

    text: bytes
    sources: Sequence[Source]
    size: int

    @property
    def etag(self) -> str:
        """Name these bytes: the JSON holds the digest of every model."""
        return f'"{hashlib.sha256(self.text).hexdigest()[:32]}"'

    @property
    def total_bytes(self) -> int:
        binary = CHUNK.size + self.size if self.size else 0
        return HEADER.size + CHUNK.size + len(self.text) + binary

    def pieces(self) -> Iterator[bytes]:
        """Give the file, piece by piece."""
        yield HEADER.pack(MAGIC, 2, self.total_bytes)
        yield CHUNK.pack(len(self.text), JSON_CHUNK) + self.text
        if not self.size:
            return
        yield CHUNK.pack(self.size, BIN_CHUNK)
        for source in self.sources:
            yield from _bytes_of(source)


def begin(generator: str, title: str, extras: Json) -> Joined:
    """Begin a glTF with one empty scene."""
    asset = {"version": "2.0", "generator": generator}
    scene = {"name": title, "nodes": [], "extras": extras}
    return Joined({"asset": asset, "scene": 0, "scenes": [scene]})


def read_source(path: Path) -> Source:
    """Read a GLB's JSON and find its bytes. Raises `NotJoinable` or `OSError`."""
    with path.open("rb") as file:
        head = file.read(HEADER.size + CHUNK.size)
        if len(head) < HEADER.size + CHUNK.size:
            raise NotJoinable("not a GLB")
        magic, version, _total = HEADER.unpack_from(head)
        length, kind = CHUNK.unpack_from(head, HEADER.size)
        if (magic, version, kind) != (MAGIC, 2, JSON_CHUNK):
            raise NotJoinable("not a GLB of version 2")
        document = json.loads(file.read(length))
        tail = file.read(CHUNK.size)
        size, kind = CHUNK.unpack(tail) if len(tail) == CHUNK.size else (0, BIN_CHUNK)
        offset = file.tell()
    _check(document, kind)
    return Source(path, document, offset, size)


def _check(document: Json, kind: int) -> None:
    first, *others = document.get("buffers") or [{}]
    is_whole = "uri" not in first and all(
        other.get("extensions", {}).get(MESHOPT, {}).get("fallback") for other in others
    )
    found = [name for name in UNKNOWN if document.get(name)]
    if kind != BIN_CHUNK or not is_whole or found:
        raise NotJoinable("a glTF with parts that models here do not have")


def _unpacked_size(document: Json) -> int:
    return sum(buffer["byteLength"] for buffer in document.get("buffers", ())[1:])


def _move_views(members: Sequence[Json], by: int, unpacked_by: int) -> None:
    """Move views to where the source's bytes will lie in the one joint buffer."""
    for view in members:
        packed = view.get("extensions", {}).get(MESHOPT)
        if packed:
            packed["byteOffset"] = packed.get("byteOffset", 0) + by
        is_unpacked = view["buffer"] != 0
        moved_by = unpacked_by if is_unpacked else by
        view["byteOffset"] = view.get("byteOffset", 0) + moved_by
        view["buffer"] = 1 if is_unpacked else 0


def _moved(name: str, member: Json, begin: Mapping[str, int]) -> Json:
    """Give a copy of a member that points at where its targets now are."""
    found: Json = json.loads(json.dumps(member))
    for path, target in POINTERS[name]:
        _shift(found, path.split("."), begin[target])
    if name == "meshes":
        for primitive in found["primitives"]:
            _move_primitive(primitive, begin)
    if name == "nodes" and "children" in found:
        found["children"] = [n + begin["nodes"] for n in found["children"]]
    return found


def _move_primitive(primitive: Json, begin: Mapping[str, int]) -> None:
    for name, target in (("indices", "accessors"), ("material", "materials")):
        _shift(primitive, [name], begin[target])
    accessors = begin["accessors"]
    primitive["attributes"] = {
        name: index + accessors for name, index in primitive["attributes"].items()
    }


def _shift(member: Json, path: Sequence[str], by: int) -> None:
    *way, last = path
    for step in way:
        member = member.get(step, {})
    if last in member:
        member[last] += by


def _roots(document: Json) -> list[int]:
    scenes = document.get("scenes") or [{}]
    return list(scenes[document.get("scene", 0)].get("nodes", ()))


def _padded(size: int) -> int:
    return size + -size % 4


def _bytes_of(source: Source) -> Iterator[bytes]:
    left = source.size
    with source.path.open("rb") as file:
        file.seek(source.offset)
        while left:
            piece = file.read(min(PIECE_BYTES, left))
            if not piece:
                raise OSError(f"{source.path.name} is shorter than it says")
            left -= len(piece)
            yield piece
    yield b"\0" * (_padded(source.size) - source.size)
