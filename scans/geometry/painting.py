"""Pictures wrapped round a mesh, as plain arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

UNPAINTED = -1


@dataclass(frozen=True)
class Painting:
    """Pictures and where each triangle lies on them.

    pictures : sRGB bytes, (height, width, 3) each
    picture  : (m,) which one a triangle shows, UNPAINTED where its vertices' colours count
    uvs      : (m, 3, 2) of each triangle's corners, (0, 0) upper left, repeating beyond 1
    """

    pictures: tuple[NDArray[np.uint8], ...]
    picture: NDArray[np.int16]
    uvs: NDArray[np.float32]

    def only(self, kept: NDArray[np.bool_]) -> "Painting":
        """Keep the entries of some triangles."""
        return replace(self, picture=self.picture[kept], uvs=self.uvs[kept])

    @classmethod
    def none(cls, triangles: int) -> "Painting":
        """Nothing painted, for so many triangles."""
        picture = np.full(triangles, UNPAINTED, np.int16)
        return cls((), picture, np.zeros((triangles, 3, 2), np.float32))


def joined_paintings(
    paintings: Sequence[Painting | None], triangles: Sequence[int]
) -> Painting | None:
    """One painting for parts of so many triangles each; None if none has any."""
    if all(painting is None for painting in paintings):
        return None
    parts = [
        Painting.none(count) if painting is None else painting
        for painting, count in zip(paintings, triangles, strict=True)
    ]
    pictures: list[NDArray[np.uint8]] = []
    picture = []
    for part in parts:
        numbers = [numbered(pictures, one) for one in part.pictures]
        table = np.array([*numbers, UNPAINTED], np.int16)  # -1 picks the last
        picture.append(table[part.picture])
    uvs = np.concatenate([part.uvs for part in parts])
    return Painting(tuple(pictures), np.concatenate(picture), uvs)


def numbered(pictures: list[NDArray[np.uint8]], one: NDArray[np.uint8]) -> int:
    """The picture's place in the list, to which it is added when it is new."""
    for number, known in enumerate(pictures):
        if known is one:
            return number
    pictures.append(one)
    return len(pictures) - 1
