"""File names as handed in: made safe, never lost."""

import mimetypes
import os
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
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".opus": "audio/ogg",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".wav": "audio/wav",
}


def safe_name(name: str) -> str:
    """Normalise a relative file name (Unicode, NFC, forward slashes).

    Raises `UnsafeName` for what is absolute, climbs, is too long, holds a control
    character or cannot be read in any encoding of names.
    """
    # Read first: the second byte of a letter in GBK or Shift-JIS may be a backslash.
    slashed = readable(name).replace("\\", "/")
    path = PurePosixPath(unicodedata.normalize("NFC", slashed))
    parts = path.parts
    if not parts or path.is_absolute() or any(_is_bad(part) for part in parts):
        raise UnsafeName(printable(name))
    return path.as_posix()


def readable(name: str) -> str:
    """Read a name whose bytes on the disk are no UTF-8 in the likeliest encoding.

    GBK, Shift-JIS or Big5, each part of a path by itself: the same bytes are then read
    alike everywhere. What fits none is given as it was.
    """
    if not any(map(_is_raw, name)):
        return name
    return "/".join(map(_read_part, name.split("/")))


def printable(name: str) -> str:
    """Write a name so that it can be kept and shown; bytes that are no UTF-8 as \\xd6."""
    return "/".join(
        os.fsencode(part).decode("ascii", "backslashreplace")
        if any(map(_is_raw, part))
        else part.encode(errors="backslashreplace").decode()
        for part in name.split("/")
    )


def media_type(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    return (
        MEDIA_TYPES.get(suffix)
        or mimetypes.guess_type(name)[0]
        or "application/octet-stream"
    )


def _is_raw(letter: str) -> bool:
    return "\udc80" <= letter <= "\udcff"  # how Python keeps a byte that is no UTF-8


def _read_part(part: str) -> str:
    if not any(map(_is_raw, part)):
        return part
    # It brings numpy, which nobody else here needs; such names are rare.
    from scans.readers.lettering import encoding_of

    raw = os.fsencode(part)
    encoding = encoding_of([raw])
    return part if encoding == "latin-1" else raw.decode(encoding)


def _is_bad(part: str) -> bool:
    return (
        part in {"", ".", ".."}
        or len(part.encode(errors="surrogateescape")) > LONGEST_BYTES
        or part[1:2] == ":"
        or any(unicodedata.category(character) in UNFIT for character in part)
    )
