"""The pictures wrapped round a level: colour, tangent-space normals, occlusion.

One baking makes them at the largest size; a smaller set is its mips, so that every level
shows the same appearance and nothing is baked twice.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.delivery.quantise import linear_to_srgb, srgb_to_linear

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

BAND_ROWS = 512  # at a time, even: a map of 8192 by 8192 takes 800 MB as floats
FLAT = (128, 128, 255)  # a normal that is the surface's own
_LIGHT = srgb_to_linear(np.arange(256) / 255).astype(np.float32)
# Light in steps fine enough that every sRGB level comes back as itself.
_LEVELS = np.rint(linear_to_srgb(np.arange(4096 * 4 + 1) / (4096 * 4)) * 255)
_STORED = _LEVELS.astype(np.uint8)


class NotAMip(ValueError):
    """A size that is not the map's own, halved some times."""


@dataclass(frozen=True)
class Maps:
    """Square maps over one set of coordinates, the first row at v = 0 (glTF).

    colour    : (s, s, 3) sRGB or None
    normal    : (s, s, 3) tangent space, +Y up (glTF), 0..255 for -1..1, or None
    occlusion : (s, s) linear, 255 where nothing is in the way, or None
    """

    colour: Bytes | None = None
    normal: Bytes | None = None
    occlusion: Bytes | None = None

    def at(self, *, colour: int = 0, normal: int = 0, occlusion: int = 0) -> "Maps":
        """Give the mips of these edge lengths, px; 0 leaves the map out.

        A map that is not there stays absent; one that is smaller than asked stays as it is.
        Raises `NotAMip` where a length is not the map's own, halved some times.
        """
        return Maps(
            colour=_mip(self.colour, colour, halved_colour),
            normal=_mip(self.normal, normal, halved_normal),
            occlusion=_mip(self.occlusion, occlusion, halved_linear),
        )


def halved_colour(picture: Bytes) -> Bytes:
    """Average two by two in linear light."""
    bands = range(0, len(picture), BAND_ROWS)
    halved = [
        stored_levels(_blocks(_LIGHT[picture[row : row + BAND_ROWS]])) for row in bands
    ]
    return np.concatenate(halved)


def halved_normal(picture: Bytes) -> Bytes:
    """Average two by two and make the means unit vectors again."""
    bands = range(0, len(picture), BAND_ROWS)
    halved = [
        encoded_normals(_blocks(decoded_normals(picture[row : row + BAND_ROWS])))
        for row in bands
    ]
    return np.concatenate(halved)


def halved_linear(picture: Bytes) -> Bytes:
    """Average two by two."""
    return np.asarray(np.rint(_blocks(picture.astype(np.float32))), np.uint8)


def light_of(picture: Bytes) -> Floats:
    """Turn sRGB levels into linear light, 0 to 1."""
    return np.asarray(_LIGHT[picture])


def stored_levels(light: Floats) -> Bytes:
    """Turn linear light, 0 to 1, into sRGB levels."""
    steps = np.rint(np.clip(light, 0, 1) * np.float32(len(_STORED) - 1))
    return np.asarray(_STORED[steps.astype(np.int32)])


def decoded_normals(picture: Bytes | Floats) -> Floats:
    """Turn 0..255 into -1..1, of unit length."""
    return _unit(picture.astype(np.float32) * np.float32(2 / 255) - np.float32(1))


def encoded_normals(vectors: Floats) -> Bytes:
    """Turn vectors of any length into 0..255."""
    return np.asarray(np.rint((_unit(vectors) + 1) * np.float32(127.5)), np.uint8)


def _mip(
    picture: Bytes | None, size: int, halved: Callable[[Bytes], Bytes]
) -> Bytes | None:
    if picture is None or not size:
        return None
    while len(picture) >= 2 * size and len(picture) % 2 == 0:
        picture = halved(picture)
    if len(picture) > size:
        raise NotAMip(f"{size} px is no mip of this map")
    return picture


def _blocks(values: Floats) -> Floats:
    rows = values[0::2] + values[1::2]
    return np.asarray((rows[:, 0::2] + rows[:, 1::2]) / np.float32(4))


def _unit(vectors: Floats) -> Floats:
    x, y, z = (vectors[..., axis] for axis in range(3))  # rows of three are slow
    lengths = np.sqrt(x * x + y * y + z * z)
    known = lengths > 0
    lengths[~known] = 1
    unit = np.zeros_like(vectors)
    for axis in range(3):
        unit[..., axis] = vectors[..., axis] / lengths
    unit[~known] = (0, 0, 1)
    return unit
