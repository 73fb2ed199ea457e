"""Pictures that came wrapped round a master, as a source of colour."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scans.delivery.maps import Bytes, Floats, halved_colour, light_of
from scans.geometry.painting import Painting

__all__ = ["Painting", "light_on", "looked_up", "shown_texels", "shrunk"]

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
    place = (uvs - np.floor(uvs)) * np.array([width, height], np.float32) - np.float32(
        0.5
    )
    low = np.floor(place)
    share = (place - low).astype(np.float32)
    column, row = low.astype(np.int64).T
    total = np.zeros((len(uvs), 3), np.float32)
    for right in (0, 1):
        for down in (0, 1):
            weight = np.abs(1 - right - share[:, 0]) * np.abs(1 - down - share[:, 1])
            texel = picture[(row + down) % height, (column + right) % width]
            total += light_of(texel) * weight[:, None]
    return total


def _halved(picture: Bytes, shown: float, texels: float) -> Bytes:
    while shown * picture.shape[0] * picture.shape[1] > 4 * texels:
        height, width = (side // 2 * 2 for side in picture.shape[:2])
        if min(height, width) < 2:
            break
        picture = halved_colour(picture[:height, :width])
    return picture
