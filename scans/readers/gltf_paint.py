"""Colours of a glTF primitive: vertex colours, picture and factor, multiplied as light."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.geometry.painting import Painting
from scans.readers.beside import OutsideFolder
from scans.readers.gltf_file import Document
from scans.readers.painting import (
    LIGHT,
    Bytes,
    UnreadablePicture,
    open_picture,
    sample,
    stored_levels,
)

FloatArray = NDArray[np.float64]

CLAMPED = 33_071  # CLAMP_TO_EDGE
PICTURES = ("EXT_texture_webp", "EXT_texture_avif", "KHR_texture_basisu")


def base_light(
    document: Document, primitive: dict[str, Any], tables: dict[str, NDArray[Any]]
) -> FloatArray | None:
    """Light that each vertex reflects, (n, 3); None where nothing gives a colour."""
    count = len(tables["POSITION"])
    light: FloatArray | None = None
    painted = tables.get("COLOR_0")
    if painted is not None and painted.shape == (count, painted.shape[1]):
        light = painted[:, :3].copy()  # linear already (glTF 2.0, 3.7.2.1)
    material = _material(document, primitive)
    rough = _object(material.get("pbrMetallicRoughness"))
    looked_up = _picture_light(document, _object(rough.get("baseColorTexture")), tables)
    if looked_up is not None:
        light = looked_up if light is None else light * looked_up
    factor = _factor(rough.get("baseColorFactor"))
    if light is not None:
        return light * factor
    # One grey or white for all is what programs write for no colour.
    return None if np.ptp(factor) < 1e-3 else np.tile(factor, (count, 1))


def _material(document: Document, primitive: dict[str, Any]) -> dict[str, Any]:
    index = primitive.get("material")
    return {} if index is None else document.entry("materials", index)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _factor(value: Any) -> FloatArray:
    if isinstance(value, list) and len(value) == 4:
        try:
            return np.clip(np.array(value[:3], dtype=np.float64), 0.0, 1.0)
        except (TypeError, ValueError):
            return np.ones(3)
    return np.ones(3)


@dataclass(frozen=True)
class _Wrapped:
    """A picture and where each vertex lies on it, (n, 2)."""

    picture: Bytes
    uv: FloatArray
    is_clamped: bool


def base_painting(
    document: Document,
    primitive: dict[str, Any],
    tables: dict[str, NDArray[Any]],
    triangles: NDArray[np.int64],
) -> Painting | None:
    """The picture itself; None where colours of vertices change what it shows."""
    material = _material(document, primitive)
    rough = _object(material.get("pbrMetallicRoughness"))
    wrapped = _wrapped(document, _object(rough.get("baseColorTexture")), tables)
    if wrapped is None or "COLOR_0" in tables or not len(triangles):
        return None
    uvs = wrapped.uv[triangles].astype(np.float32)
    if wrapped.is_clamped:
        uvs = uvs.clip(0, 1 - 1e-6)
    picture = _dimmed(document, wrapped.picture, _factor(rough.get("baseColorFactor")))
    return Painting((picture,), np.zeros(len(triangles), np.int16), uvs)


def _dimmed(document: Document, picture: Bytes, factor: FloatArray) -> Bytes:
    """A picture in the light that a factor leaves; made once for each."""
    if (factor == 1).all():
        return picture
    key = (id(picture), str(factor.tolist()))  # the document keeps the picture alive
    if key not in document.dimmed:
        channels = [
            stored_levels(LIGHT * share)[picture[:, :, channel]]
            for channel, share in enumerate(factor)
        ]
        document.dimmed[key] = np.stack(channels, axis=2)
    return document.dimmed[key]


def _picture_light(
    document: Document, use: dict[str, Any], tables: dict[str, NDArray[Any]]
) -> FloatArray | None:
    wrapped = _wrapped(document, use, tables)
    if wrapped is None:
        return None
    return sample(wrapped.picture, wrapped.uv, is_clamped=wrapped.is_clamped)


def _wrapped(
    document: Document, use: dict[str, Any], tables: dict[str, NDArray[Any]]
) -> _Wrapped | None:
    if "index" not in use:
        return None
    moved = _object(_object(use.get("extensions")).get("KHR_texture_transform"))
    number = moved.get("texCoord", use.get("texCoord", 0))
    uv = tables.get(f"TEXCOORD_{number}")
    if uv is None or uv.shape != (len(tables["POSITION"]), 2):
        return None
    texture = document.entry("textures", use["index"])
    picture = _picture(document, texture)
    if picture is None:
        return None
    sampler = texture.get("sampler")
    wraps = {} if sampler is None else document.entry("samplers", sampler)
    places = np.nan_to_num(_transformed(uv, moved), posinf=0.0, neginf=0.0)
    return _Wrapped(picture, places, wraps.get("wrapS") == CLAMPED)


def _transformed(uv: FloatArray, moved: dict[str, Any]) -> FloatArray:
    """Apply KHR_texture_transform: scale, then turn, then shift."""
    shift = _pair(moved.get("offset"), 0.0)
    angle = moved.get("rotation", 0.0)
    angle = float(angle) if isinstance(angle, int | float) else 0.0
    cos, sin = np.cos(angle), np.sin(angle)
    scaled = uv * _pair(moved.get("scale"), 1.0)
    return np.asarray(scaled @ np.array([[cos, -sin], [sin, cos]]) + shift)


def _pair(value: Any, default: float) -> FloatArray:
    try:
        pair = np.array([default, default] if value is None else value, dtype=float)
    except (TypeError, ValueError):
        pair = np.zeros(0)
    return pair if pair.shape == (2,) else np.array([default, default])


def _picture(document: Document, texture: dict[str, Any]) -> Bytes | None:
    """Decode a texture's picture: the plain one, or a form we know, or tell."""
    sources = [_object(texture.get("extensions")).get(name) for name in PICTURES]
    candidates = [_object(source).get("source") for source in sources]
    for index in [texture.get("source"), *candidates]:
        if index is None:
            continue
        if index not in document.pictures:
            image = document.entry("images", index)
            document.pictures[index] = _opened(document, image, index)
        picture = document.pictures[index]
        if picture is not None:
            return picture
    return None


def _opened(document: Document, image: dict[str, Any], index: int) -> Bytes | None:
    name = str(image.get("name") or f"image {index}")
    uri = image.get("uri")
    if isinstance(uri, str) and not uri.startswith("data:"):
        name = uri
    try:
        data = (
            document.beside(uri) if isinstance(uri, str) else _stored(document, image)
        )
        if data is None:
            document.tell("companion-missing", name)
            return None
        return open_picture(data)
    except OutsideFolder:
        document.tell("companion-outside", name)
    except UnreadablePicture:
        document.tell("companion-unreadable", name)
    return None


def _stored(document: Document, image: dict[str, Any]) -> bytes | None:
    return document.view(image["bufferView"])[0] if "bufferView" in image else None
