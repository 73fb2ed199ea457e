"""File names as handed in: made safe, never lost."""

import mimetypes
import unicodedata
from pathlib import PurePosixPath

from .errors import UnsafeName

LONGEST_BYTES = 240  # of a path component: file systems hold 255
UNFIT = {"Cc", "Cs"}  # control characters, and bytes that are no UTF-8
MEDIA_TYPES = {
    ".glb": "model/gltf-binary",
    ".gltf": "model/gltf+json",
    ".ply": "application/ply",
    ".obj": "model/obj",
    ".mtl": "model/mtl",
    ".stl": "model/stl",
    ".usdz": "model/vnd.usdz+zip",
    ".e57": "model/e57",
    ".las": "application/vnd.las",
    ".laz": "application/vnd.laszip",
    ".json": "application/json",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".ktx2": "image/ktx2",
}


def safe_name(name: str) -> str:
    """Normalise a relative file name (NFC, forward slashes).

    Raises `UnsafeName` for what is absolute, climbs, is too long, holds a control
    character or was no UTF-8 on the disk.
    """
    path = PurePosixPath(unicodedata.normalize("NFC", name.replace("\\", "/")))
    parts = path.parts
    if not parts or path.is_absolute() or any(_is_bad(part) for part in parts):
        raise UnsafeName(printable(name))
    return path.as_posix()


def printable(name: str) -> str:
    """Write a name so that it can be kept and shown; bytes that are no UTF-8 as \\xd6."""
    raw = name.encode(errors="surrogateescape")
    return raw.decode(errors="backslashreplace")


def media_type(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    return (
        MEDIA_TYPES.get(suffix)
        or mimetypes.guess_type(name)[0]
        or "application/octet-stream"
    )


def _is_bad(part: str) -> bool:
    return (
        part in {"", ".", ".."}
        or len(part.encode(errors="surrogateescape")) > LONGEST_BYTES
        or part[1:2] == ":"
        or any(unicodedata.category(character) in UNFIT for character in part)
    )
