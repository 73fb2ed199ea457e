"""Pictures that came wrapped round a master, as a source of colour."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scans.delivery.maps import Bytes, Floats, halved_colour, light_of
from scans.geometry.painting import Painting

__all__ = [
    "Painting",
    "light_on",
    "looked_up",
    "shown_texels",
    "shrunk",
    "texels_at",
]

Indices = NDArray[np.int64]


def shown_texels(painting: Painting) -> float:
    """How many texels of its pictures a painting shows, each time it shows them."""
    return sum(
        _shown(painting, number) * len(picture) * len(picture[0])
        for number, picture in enumerate(painting.pictures)
    )


def shrunk(painting: Painting, texels: float) -> Painting:
    """Halve each picture while what is shown of it has over four times `texels`.

    A map with fewer texels takes the mean of what lies under each, as mips do.
    """
    pictures = tuple(
        _halved(picture, _shown(painting, number), texels)
        for number, picture in enumerate(painting.pictures)
    )
    return replace(painting, pictures=pictures)


def light_on(
    painting: Painting, triangles: Indices, weights: Floats, otherwise: Floats
) -> Floats:
    """Linear light, (k, 3), at places on triangles; `otherwise` where none is shown."""
    light = otherwise.copy()
    places = np.einsum("kc,kcd->kd", weights, painting.uvs[triangles])
    shown = painting.picture[triangles]
    for number, picture in enumerate(painting.pictures):
        here = np.flatnonzero(shown == number)
        light[here] = looked_up(picture, places[here])
    return light


def _shown(painting: Painting, number: int) -> float:
    """Share of a picture that triangles lie on; more than one where it repeats."""
    a, b, c = (painting.uvs[painting.picture == number, k] for k in range(3))
    along, other = b - a, c - a
    doubled = along[:, 0] * other[:, 1] - along[:, 1] * other[:, 0]
    return float(np.abs(doubled, dtype=np.float64).sum()) / 2


def looked_up(picture: Bytes, uvs: Floats) -> Floats:
    """Light between the four texels about each place, (k, 3); the picture repeats."""
    height, width = picture.shape[:2]
    (column, right), (row, down) = (
        _between((along - np.floor(along)) * np.float32(size) - np.float32(0.5))
        for along, size in zip(
            np.ascontiguousarray(uvs.T), (width, height), strict=True
        )
    )
    # Channel by channel: sums over rows of three take six times as long.
    total = np.zeros((3, len(uvs)), np.float32)
    for x, across in ((column, 1 - right), (column + 1, right)):
        for y, along in ((row, 1 - down), (row + 1, down)):
            levels = texels_at(picture, y % height, x % width)
            for channel, light in enumerate(total):
                light += light_of(levels[:, channel]) * (across * along)
    return np.ascontiguousarray(total.T)


def texels_at(
    picture: Bytes, rows: NDArray[np.integer], columns: NDArray[np.integer]
) -> Bytes:
    """The texels of a picture, (h, w, d), at these places: (k, d)."""
    width, channels = picture.shape[1:]
    texels = picture.reshape(-1, channels)
    return np.asarray(texels.take(rows * width + columns, axis=0))


def _between(place: Floats) -> tuple[NDArray[np.int64], Floats]:
    """The texel before each place, and how far on it lies towards the next, 0 to 1."""
    low = np.floor(place)
    return low.astype(np.int64), place - low


def _halved(picture: Bytes, shown: float, texels: float) -> Bytes:
    while shown * picture.shape[0] * picture.shape[1] > 4 * texels:
        height, width = (side // 2 * 2 for side in picture.shape[:2])
        if min(height, width) < 2:
            break
        picture = halved_colour(picture[:height, :width])
    return picture
