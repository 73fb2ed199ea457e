"""A finished file as an engine would show it: its own bytes, maps transcoded."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scans.delivery import basis
from scans.delivery.glb import FinishedFile
from scans.delivery.looks import LevelLook
from scans.delivery.maps import Maps, stored_levels
from scans.delivery.simplify import Surface

KTX2 = b"\xabKTX 20\xbb\r\n\x1a\n"  # KTX 2.0 section 3.1
TRANSFORM = "KHR_texture_transform"

Bytes = NDArray[np.uint8]


def look_of(finished: FinishedFile) -> LevelLook:
    """Decode what a file shows. Raises `PackFailed` where a map cannot be transcoded."""
    return LevelLook(surface_of(finished), maps_of(finished))


def surface_of(finished: FinishedFile) -> Surface:
    """The file's surface, with the colours or the places on maps that it carries."""
    colours = finished.attributes.get("COLOR_0")
    return Surface(
        positions=finished.metres.astype(np.float32),
        normals=finished.normals().astype(np.float32),
        colours=None if colours is None else stored_levels(_shares(colours)[:, :3]),
        triangles=finished.triangles,
        uvs=_places(finished),
    )


def maps_of(finished: FinishedFile) -> Maps:
    """The file's maps, decoded; Raises `PackFailed`."""
    pictures = {slot: _decoded(data) for slot, data in finished.images.items()}
    occlusion = pictures.get("occlusion")
    return Maps(
        colour=pictures.get("colour"),
        normal=pictures.get("normal"),
        occlusion=None if occlusion is None else occlusion[:, :, 0],
    )


def _places(finished: FinishedFile) -> NDArray[np.float32] | None:
    stored = finished.attributes.get("TEXCOORD_0")
    if stored is None:
        return None
    material = finished.document["materials"][0]
    uses = [
        material.get("pbrMetallicRoughness", {}).get("baseColorTexture"),
        material.get("normalTexture"),
        material.get("occlusionTexture"),
    ]
    use = next(use for use in uses if use is not None)
    moved = use.get("extensions", {}).get(TRANSFORM, {})
    accessor = finished.document["meshes"][0]["primitives"][0]["attributes"][
        "TEXCOORD_0"
    ]
    shares = finished.document["accessors"][accessor].get("normalized", False)
    places = _shares(stored) if shares else stored.astype(np.float32)
    scale = np.array(moved.get("scale", (1, 1)), np.float32)
    return places * scale + np.array(moved.get("offset", (0, 0)), np.float32)


def _shares(stored: NDArray[Any]) -> NDArray[np.float32]:
    """Unsigned integers as shares of their largest; floats as they are."""
    if stored.dtype.kind != "u":
        return stored.astype(np.float32)
    top = np.iinfo(stored.dtype).max
    return np.asarray(stored / top, np.float32)


def _decoded(data: bytes) -> Bytes:
    if data.startswith(KTX2):
        return basis.decode(data)
    with Image.open(io.BytesIO(data)) as picture:
        return np.array(picture.convert("RGB"))
