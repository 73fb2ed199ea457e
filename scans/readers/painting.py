"""Colours from pictures wrapped round a mesh: one for each vertex, mixed in linear light."""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

FloatArray = NDArray[np.float64]
Bytes = NDArray[np.uint8]

FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "TGA", "JPEG2000")
LARGEST_PX = 300_000_000  # a map of 16 384 by 16 384, the largest that scanners write
PICTURE_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    Image.DecompressionBombError,
)

_LEVELS = np.arange(256) / 255
# IEC 61966-2-1, 5.2: from stored levels to light.
LIGHT = np.where(
    _LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4
)


class UnreadablePicture(ValueError):
    """A picture that cannot be decoded."""


def stored_levels(light: FloatArray) -> Bytes:
    """Turn linear light, 0 to 1, into sRGB levels."""
    light = np.clip(np.nan_to_num(light), 0.0, 1.0)
    curved = 1.055 * light ** (1 / 2.4) - 0.055
    levels = np.where(light <= 0.0031308, light * 12.92, curved)
    return np.asarray(np.rint(levels * 255), dtype=np.uint8)


def light_of(colours: Bytes) -> FloatArray:
    """Turn sRGB levels into linear light, 0 to 1."""
    return np.asarray(LIGHT[colours])


def open_picture(source: Path | bytes) -> Bytes:
    """Decode a picture to sRGB, (height, width, 3).

    Raises UnreadablePicture.
    """
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(stream, formats=FORMATS) as picture:
                if picture.width * picture.height > LARGEST_PX:
                    raise UnreadablePicture("it has too many pixels")
                return np.array(_in_srgb(picture).convert("RGB"))
    except PICTURE_ERRORS as error:
        raise UnreadablePicture("it is broken or of another kind") from error


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    try:
        return ImageCms.profileToProfile(
            picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"), outputMode="RGB",
        ) or picture  # fmt: skip
    except (ImageCms.PyCMSError, OSError):
        return picture  # a broken profile says nothing about the pixels


def sample(picture: Bytes, uv: FloatArray, *, is_clamped: bool = False) -> FloatArray:
    """Look a picture up at (n, 2) coordinates, v downwards; (n, 3) linear light."""
    height, width = picture.shape[:2]
    uv = np.nan_to_num(uv, posinf=0.0, neginf=0.0)
    uv = np.clip(uv, 0.0, 1.0) if is_clamped else uv - np.floor(uv)
    place = uv * [width, height] - 0.5
    low = np.floor(place).astype(np.int64)
    share = place - low
    total = np.zeros((len(uv), 3))
    for right, down in ((0, 0), (1, 0), (0, 1), (1, 1)):
        x, y = low[:, 0] + right, low[:, 1] + down
        if is_clamped:
            x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
        weight = np.abs(1 - right - share[:, 0]) * np.abs(1 - down - share[:, 1])
        total += light_of(picture[y % height, x % width]) * weight[:, None]
    return total


@dataclass
class Paint:
    """Light gathered for each vertex from the corners that meet there."""

    total: FloatArray
    count: FloatArray

    @classmethod
    def none(cls, vertices: int) -> "Paint":
        """Nothing gathered yet."""
        return cls(np.zeros((vertices, 3)), np.zeros(vertices))

    def add(self, vertices: NDArray[np.int64], light: FloatArray) -> None:
        """Add light, (n, 3), to vertices, (n,), some of them several times."""
        size = len(self.count)
        for channel in range(3):
            self.total[:, channel] += np.bincount(vertices, light[:, channel], size)
        self.count += np.bincount(vertices, minlength=size)

    def colours(self, *, otherwise: Bytes | None = None) -> Bytes | None:
        """Mean of what was gathered, as sRGB; None where nothing was at all."""
        there = self.count > 0
        if not there.any():
            return otherwise
        mixed = stored_levels(self.total / np.maximum(self.count, 1)[:, None])
        mixed[~there] = 255 if otherwise is None else otherwise[~there]
        return mixed
