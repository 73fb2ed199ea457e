"""Pictures that came wrapped round a master, as a source of colour."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scans.delivery.maps import Bytes, Floats, halved_colour, light_of

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Painting:
    """Pictures and where each triangle lies on them.

    pictures : sRGB, (height, width, 3) each
    picture  : (m,) which one a triangle shows, -1 for none (its vertices' colours count)
    uvs      : (m, 3, 2) of each triangle's corners, (0, 0) upper left, repeating beyond 1
    """

    pictures: tuple[Bytes, ...]
    picture: NDArray[np.int16]
    uvs: Floats

    def only(self, kept: NDArray[np.bool_]) -> "Painting":
        """Keep the entries of some triangles."""
        return replace(self, picture=self.picture[kept], uvs=self.uvs[kept])

    def shrunk(self, texels: float) -> "Painting":
        """Halve each picture while what is shown of it has over four times `texels`.

        A map with fewer texels takes the mean of what lies under each, as mips do.
        """
        return replace(
            self,
            pictures=tuple(
                _shrunk(picture, self._shown(number), texels)
                for number, picture in enumerate(self.pictures)
            ),
        )

    def light(self, triangles: Indices, weights: Floats, otherwise: Floats) -> Floats:
        """Linear light, (k, 3), at places on triangles; `otherwise` where none is shown."""
        light = otherwise.copy()
        places = np.einsum("kc,kcd->kd", weights, self.uvs[triangles])
        shown = self.picture[triangles]
        for number, picture in enumerate(self.pictures):
            here = np.flatnonzero(shown == number)
            light[here] = looked_up(picture, places[here])
        return light

    def _shown(self, number: int) -> float:
        """Share of a picture that triangles lie on; more than one where it repeats."""
        a, b, c = (self.uvs[self.picture == number, k] for k in range(3))
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


def _shrunk(picture: Bytes, shown: float, texels: float) -> Bytes:
    while shown * picture.shape[0] * picture.shape[1] > 4 * texels:
        height, width = (side // 2 * 2 for side in picture.shape[:2])
        if min(height, width) < 2:
            break
        picture = halved_colour(picture[:height, :width])
    return picture
