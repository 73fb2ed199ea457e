"""The container of glTF: JSON, buffers from the file itself or from beside it, views.

Everything a file claims is checked against what is there before memory is taken for it.
"""

import base64
import binascii
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from scans.delivery.meshopt import decode_triangles, decode_vertices
from scans.errors import TruncatedScan, UnreadableScan
from scans.geometry.scan import Finding
from scans.readers.beside import OutsideFolder, bare_name, find_beside
from scans.readers.meshopt_streams import apply_filter, decode_sequence
from scans.readers.mtl import companion_finding

JSON_CHUNK, BINARY_CHUNK = 0x4E4F534A, 0x004E4942
MESHOPT = ("EXT_meshopt_compression", "KHR_meshopt_compression")
DRACO = "KHR_draco_mesh_compression"
LARGEST_BYTES = 2**31  # of one decoded view: 60 million points of 36 bytes
# Extensions that change the geometry and that we can read, or that do not touch it.
KNOWN = {DRACO, *MESHOPT, "KHR_mesh_quantization", "KHR_texture_transform"}
KNOWN |= {"KHR_texture_basisu", "EXT_texture_webp", "KHR_lights_punctual"}
KNOWN |= {"KHR_xmp_json_ld", "KHR_xmp", "KHR_animation_pointer", "EXT_texture_avif"}


@dataclass
class Document:
    """A parsed file; views are decoded when they are asked for, and kept."""

    path: Path
    json: dict[str, Any]
    binary: bytes | None
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)
    pictures: dict[int, NDArray[np.uint8] | None] = field(default_factory=dict)
    dimmed: dict[tuple[int, str], NDArray[np.uint8]] = field(default_factory=dict)
    _buffers: dict[int, bytes] = field(default_factory=dict)
    _views: dict[int, bytes] = field(default_factory=dict)

    def entry(self, kind: str, index: Any) -> dict[str, Any]:
        """One entry of a list of the document.

        Raises UnreadableScan if it is not there.
        """
        entries = self.json.get(kind)
        if isinstance(index, int) and isinstance(entries, list):
            found = entries[index] if 0 <= index < len(entries) else None
            if isinstance(found, dict):
                return found
        raise self.broken(f"it names {kind} that are not there")

    def view(self, index: Any) -> tuple[bytes, int]:
        """Bytes of a buffer view, decompressed, and its stride (0 for packed)."""
        view = self.entry("bufferViews", index)
        if index not in self._views:
            self._views[index] = self._bytes_of(view)
        return self._views[index], self.number(view, "byteStride", 0)

    def number(self, entry: dict[str, Any], name: str, default: int) -> int:
        """A whole number that is not negative."""
        value = entry.get(name, default)
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # some writers' JSON has only floats
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.broken("its structure is damaged")
        return value

    def broken(self, reason: str) -> UnreadableScan:
        """A refusal of this file."""
        return UnreadableScan(self.path, reason)

    def tell(self, code: str, name: str) -> None:
        """Keep a finding about a file that this one names."""
        short = bare_name(name)
        self.findings[code, short] = companion_finding(code, self.path.name, short)

    def beside(self, uri: str) -> bytes | None:
        """Bytes that a URI names: inside it, or in a file of the same folder.

        None if it is not there. Raises OutsideFolder.
        """
        if uri.startswith("data:"):
            head, _, body = uri.partition(",")
            if not head.endswith(";base64"):
                return None
            return _decoded(body)
        place = find_beside(self.path, unquote(uri))
        if place is None and unquote(uri) != uri:
            place = find_beside(self.path, uri)
        return None if place is None else place.read_bytes()

    def _bytes_of(self, view: dict[str, Any]) -> bytes:
        extensions = view.get("extensions")
        for name in MESHOPT:
            stream = (extensions or {}).get(name)
            if stream is not None:
                return self._decoded_stream(stream)
        return self._slice(view)

    def _slice(self, view: dict[str, Any]) -> bytes:
        data = self._buffer(view.get("buffer"))
        start = self.number(view, "byteOffset", 0)
        length = self.number(view, "byteLength", 0)
        if start + length > len(data):
            raise TruncatedScan(self.path, "its buffers are shorter than it says")
        return data[start : start + length]

    def _buffer(self, index: Any) -> bytes:
        buffer = self.entry("buffers", index)
        if index not in self._buffers:
            self._buffers[index] = self._opened_buffer(buffer, is_first=index == 0)
        return self._buffers[index]

    def _opened_buffer(self, buffer: dict[str, Any], *, is_first: bool) -> bytes:
        uri = buffer.get("uri")
        if uri is None:
            if not is_first or self.binary is None:
                raise self.broken("its buffers are not there")
            return self.binary
        try:
            data = self.beside(uri) if isinstance(uri, str) else None
        except OutsideFolder as error:
            reason = "it names a file outside its own folder"
            raise self.broken(reason) from error
        if data is None:
            raise self.broken("a file that holds its points is not beside it")
        return data

    def _decoded_stream(self, stream: dict[str, Any]) -> bytes:
        coded = self._slice(stream)
        count = self.number(stream, "count", 0)
        stride = self.number(stream, "byteStride", 0)
        mode = stream.get("mode")
        if not count or not stride or count * stride > LARGEST_BYTES:
            raise self.broken("its structure is damaged")
        try:
            if mode == "ATTRIBUTES":
                if stride % 4 or stride > 256:
                    raise self.broken("its structure is damaged")
                table = decode_vertices(coded, count=count, stride=stride)
                return apply_filter(table, stream.get("filter", "NONE")).tobytes()
            plain = (
                decode_triangles(coded, count=count, stride=stride)
                if mode == "TRIANGLES"
                else decode_sequence(coded, count=count)
            )
        except ValueError as error:
            raise self.broken("its compressed data cannot be decoded") from error
        return plain.astype(np.uint16 if stride == 2 else np.uint32).tobytes()


def open_document(path: Path) -> Document:
    """Parse a .gltf or .glb file.

    Raises UnreadableScan, TruncatedScan.
    """
    data = path.read_bytes()
    text, binary = _chunks(path, data) if data[:4] == b"glTF" else (data, None)
    try:
        parsed = json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        reason = "it is broken or of another kind"
        raise UnreadableScan(path, reason) from error
    if not isinstance(parsed, dict) or not isinstance(parsed.get("asset"), dict):
        raise UnreadableScan(path, "it is broken or of another kind")
    document = Document(path, parsed, binary)
    _check_version(document)
    _check_needs(document)
    return document


def _chunks(path: Path, data: bytes) -> tuple[bytes, bytes | None]:
    if len(data) < 20:
        raise TruncatedScan(path, "its header has no end")
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2:
        raise UnreadableScan(path, "it is of another version than glTF 2")
    if length > len(data):
        raise TruncatedScan(path, "its buffers are shorter than it says")
    chunks: dict[int, bytes] = {}
    at = 12
    while at + 8 <= length:
        size, kind = struct.unpack_from("<II", data, at)
        if at + 8 + size > length:
            raise TruncatedScan(path, "its buffers are shorter than it says")
        chunks.setdefault(kind, data[at + 8 : at + 8 + size])
        at += 8 + size
    if JSON_CHUNK not in chunks:
        raise UnreadableScan(path, "it is broken or of another kind")
    return chunks[JSON_CHUNK], chunks.get(BINARY_CHUNK)


def _check_version(document: Document) -> None:
    version = str(document.json["asset"].get("version", ""))
    if not version.startswith("2."):
        raise document.broken("it is of another version than glTF 2")


def _check_needs(document: Document) -> None:
    needed = document.json.get("extensionsRequired", [])
    unknown = [name for name in _words(needed) if not _is_known(name)]
    if unknown:
        raise document.broken("it needs an extension that is not known here")


def _words(value: Any) -> Sequence[str]:
    return [str(word) for word in value] if isinstance(value, list) else []


def _is_known(name: str) -> bool:
    return name in KNOWN or name.startswith("KHR_materials_")


def _decoded(body: str) -> bytes | None:
    try:
        return base64.b64decode(unquote(body), validate=False)
    except (binascii.Error, ValueError):
        return None
