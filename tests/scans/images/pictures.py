"""Pictures for tests, written here: odd kinds, and broken ones."""

import io
import struct
from pathlib import Path

import numpy as np
import pyvips
from PIL import Image


def noise(width: int, height: int, bands: int = 3) -> pyvips.Image:
    """Smooth waves rather than noise: JPEG keeps them within a few grey levels."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    waves = [127 + 100 * np.sin(x / (7 + b) + y / (11 + b)) for b in range(bands)]
    pixels = np.stack(waves, axis=-1).astype(np.uint8)
    return pyvips.Image.new_from_memory(pixels.tobytes(), width, height, bands, "uchar")


def save(picture: Image.Image, path: Path, **how: object) -> Path:
    picture.save(path, **how)  # type: ignore[arg-type]
    return path


def corners(mode: str = "RGB") -> Image.Image:
    """A 48 x 32 picture: red top left, green top right, blue bottom left, white."""
    picture = Image.new("RGB", (48, 32), "white")
    picture.paste("red", (0, 0, 24, 16))
    picture.paste("lime", (24, 0, 48, 16))
    picture.paste("blue", (0, 16, 24, 32))
    return picture.convert(mode)


def write_dng(path: Path, jpeg: bytes, *, is_dng: bool = True) -> Path:
    """A small DNG: sensor data in the first directory, a JPEG preview in the second."""
    tags = [
        (254, 4, 0),
        (256, 4, 8),
        (257, 4, 8),
        (258, 3, 16),
        (259, 3, 1),
        (262, 3, 32803),
    ]
    first_at = 8
    count = len(tags) + 2 + is_dng
    preview_at = first_at + 2 + 12 * count + 4
    data_at = preview_at + 2 + 12 * 6 + 4
    entries = [*tags, (273, 4, data_at), (330, 4, preview_at)]
    if is_dng:
        entries.append((50706, 1, 1))
    preview = [(254, 4, 1), (256, 4, 48), (257, 4, 32), (259, 3, 7), (273, 4, data_at), (279, 4, len(jpeg))]  # fmt: skip
    head = b"II*\0" + struct.pack("<I", first_at)
    path.write_bytes(head + _directory(entries) + _directory(preview) + jpeg)
    return path


def bomb_png(width: int, height: int) -> bytes:
    """A PNG that claims to be very large and holds almost nothing."""
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + crc

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = (
        chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )
    return b"\x89PNG\r\n\x1a\n" + body


def as_bytes(picture: Image.Image, form: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def _directory(entries: list[tuple[int, int, int]]) -> bytes:
    rows = b"".join(
        struct.pack("<HHII", t, kind, 1, v) for t, kind, v in sorted(entries)
    )
    return struct.pack("<H", len(entries)) + rows + struct.pack("<I", 0)
