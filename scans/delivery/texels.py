"""Which place of a surface each texel of its map shows, and what the others are filled with."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.delivery.rays import RayScene

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]

ROWS = 256  # of a map at a time: half a million rays, some 50 MB


@dataclass(frozen=True)
class Texels:
    """The texels of a map, row by row, whose middle lies on a triangle.

    numbers   : (n,) row * size + column
    triangles : (n,) which it shows; weights : (n, 3) of that triangle's corners
    layers    : (n,) how many triangles lie there: more than one is a fold
    """

    size: int
    numbers: Indices
    triangles: Indices
    weights: Floats
    layers: NDArray[np.int32]

    def part(self, piece: slice) -> "Texels":
        """Some of the texels, of the same map."""
        return Texels(
            self.size,
            self.numbers[piece],
            self.triangles[piece],
            self.weights[piece],
            self.layers[piece],
        )

    def mixed(self, values: Floats, corners: Indices) -> Floats:
        """Carry values of vertices, (k, d), to the texels, (n, d)."""
        corners = corners[self.triangles]
        return np.asarray(np.einsum("nc,ncd->nd", self.weights, values[corners]))

    def picture(self, values: Floats) -> Floats:
        """Put values, (n, d), into a map, (size, size, d), zero elsewhere."""
        picture = np.zeros((self.size * self.size, values.shape[1]), np.float32)
        picture[self.numbers] = values
        return picture.reshape(self.size, self.size, -1)

    def covered(self) -> NDArray[np.bool_]:
        """Mark the texels that show something, (size, size)."""
        marks = np.zeros(self.size * self.size, bool)
        marks[self.numbers] = True
        return marks.reshape(self.size, self.size)


def show_texels(uvs: Floats, triangles: NDArray[np.integer], size: int) -> Texels:
    """Look down on the map: a ray through the middle of each texel."""
    flat = np.column_stack([uvs, np.zeros(len(uvs), np.float32)]).astype(np.float32)
    scene = RayScene(flat, triangles.astype(np.uint32))
    pieces = [_looked_down(scene, size, row) for row in range(0, size, ROWS)]
    numbers, shown, weights, layers = (
        np.concatenate([piece[k] for piece in pieces]) for k in range(4)
    )
    return Texels(size, numbers, shown, weights, layers)


def _looked_down(
    scene: RayScene, size: int, row: int
) -> tuple[Indices, Indices, Floats, NDArray[np.int32]]:
    rows = np.arange(row, min(row + ROWS, size))
    v, u = np.meshgrid(
        (rows + 0.5) / size, (np.arange(size) + 0.5) / size, indexing="ij"
    )
    above = np.stack([u.ravel(), v.ravel(), np.ones(u.size)], axis=1).astype(np.float32)
    down = np.broadcast_to(np.array([0, 0, -1], np.float32), above.shape)
    hits = scene.cast(above, down)
    return (
        hits.rays.astype(np.int64) + row * size,
        hits.triangles.astype(np.int64),
        hits.weights.astype(np.float32),
        scene.count(above[hits.rays], down[hits.rays]),
    )


def filled(picture: Floats, covered: NDArray[np.bool_]) -> Floats:
    """Fill what shows nothing from what is near: no mip bleeds, and little is encoded.

    Means of ever larger squares are made of what is covered, and taken back down where
    nothing was (Gortler and others 1996, pull and push).
    """
    size = len(picture)
    if size == 1 or covered.all():
        return picture
    weight = covered.astype(np.float32)[:, :, None]
    if size % 2:
        return _of_mean(picture, covered)
    sums = _quads(picture * weight)
    shares = _quads(weight)
    smaller = np.asarray(sums / np.maximum(shares, 1), np.float32)
    smaller = filled(smaller, shares[:, :, 0] > 0)
    spread = smaller.repeat(2, axis=0).repeat(2, axis=1)
    return np.where(covered[:, :, None], picture, spread)


def _of_mean(picture: Floats, covered: NDArray[np.bool_]) -> Floats:
    mean = picture[covered].mean(axis=0) if covered.any() else 0
    return np.where(covered[:, :, None], picture, np.float32(mean))


def _quads(values: Floats) -> Floats:
    rows = values[0::2] + values[1::2]
    return np.asarray(rows[:, 0::2] + rows[:, 1::2])
