"""Charts into one square: the largest first, each as low and as far left as it goes.

Charts are bitmaps of coarse cells, so that one may lie in the hollow of another; where a
bitmap fits is found for all places at once, by correlation.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.ndimage import maximum_filter
from scipy.spatial import ConvexHull, QhullError

from scans.delivery.flatten import Flat

CELLS = 280  # about, along the square's side: a cell is some seven texels of 2048
GROWTH = 1.03  # of the square's side, when something did not fit
HOPED = 0.86  # share of the square that is filled when nothing is wasted
MANY = 200  # charts: small ones fill what any order leaves, and either way round
ANGLES = 45  # tried within a quarter turn for the narrowest box

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Bitmap = NDArray[np.bool_]


@dataclass(frozen=True)
class Placed:
    """Where charts lie in the unit square, v upwards.

    uvs (k, 2); used : share of the square's cells that hold something
    """

    uvs: Floats
    used: float


def pack_charts(flat: Flat) -> Placed:
    """Turn and shift charts, all at one scale, into the unit square with gaps between."""
    uvs = _squared_up(flat)
    cell = float(np.sqrt(np.abs(flat.areas()).sum() / HOPED)) / CELLS
    bitmaps = _bitmaps(flat, uvs, cell)
    side, places = _smallest(bitmaps)
    turned = np.array([place[2] for place in places])
    shift = np.array([place[:2] for place in places], float)
    cells = _turned(uvs / cell + 1, flat.chart, turned, bitmaps)
    used = sum(int(bitmap.sum()) for bitmap in bitmaps) / side**2
    return Placed((cells + shift[flat.chart]) / side, used)


def _squared_up(flat: Flat) -> Floats:
    """Turn each chart into its narrowest box, the lower left corner at the origin."""
    uvs = flat.uvs.copy()
    order = np.argsort(flat.chart, kind="stable")
    ends = np.flatnonzero(np.diff(flat.chart[order])) + 1
    for members in np.split(order, ends):
        points = uvs[members]
        points = points @ _narrowest(points)
        uvs[members] = points - points.min(axis=0)
    return uvs


def _narrowest(points: Floats) -> Floats:
    """The turn, (2, 2), after which the bounding box is smallest."""
    try:
        points = points[ConvexHull(points).vertices]
    except (QhullError, ValueError):
        return np.eye(2)  # a line or less: any turn will do
    angles = np.arange(ANGLES) * (np.pi / 2 / ANGLES)
    turns = np.array(
        [[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]]
    )
    boxes = np.ptp(np.einsum("kd,dea->kea", points, turns), axis=0)
    return np.asarray(turns[:, :, int(boxes.prod(axis=0).argmin())])


def _bitmaps(flat: Flat, uvs: Floats, cell: float) -> list[Bitmap]:
    """Cells that each chart touches, and one more all round, lowest row first."""
    corners = uvs[flat.triangles] / cell + 2
    chart = flat.chart[flat.triangles[:, 0]]
    order = np.argsort(chart, kind="stable")
    ends = np.flatnonzero(np.diff(chart[order])) + 1
    bitmaps = []
    for members in np.split(order, ends):
        width, height = (int(x) + 3 for x in corners[members].max(axis=(0, 1)))
        picture = Image.new("L", (width, height))
        draw = ImageDraw.Draw(picture)
        for triangle in np.floor(corners[members]).reshape(-1, 6).tolist():
            draw.polygon(triangle, fill=1, outline=1)
        bitmaps.append(maximum_filter(np.asarray(picture), 3)[1:, 1:] > 0)
    return bitmaps


def _smallest(bitmaps: list[Bitmap]) -> tuple[int, list[tuple[int, int, int]]]:
    """The first square, growing, in which some order of the charts fits."""
    charts = range(len(bitmaps))
    orders = [
        sorted(charts, key=lambda chart: -max(bitmaps[chart].shape)),
        sorted(charts, key=lambda chart: -bitmaps[chart].size),
        sorted(charts, key=lambda chart: -int(bitmaps[chart].sum())),
    ]
    if len(bitmaps) > MANY:
        orders = orders[:1]
    side = max(CELLS, *(min(bitmap.shape) for bitmap in bitmaps))
    while True:
        for order in orders:
            places = _placed(bitmaps, order, side)
            if places is not None:
                return side, places
        side = int(np.ceil(side * GROWTH))


def _placed(
    bitmaps: list[Bitmap], order: list[int], side: int
) -> list[tuple[int, int, int]] | None:
    """Find (column, row, quarter turns) of each chart; None if one does not fit."""
    taken = np.zeros((side, side), np.float32)
    turns = 2 if len(bitmaps) > MANY else 4
    places: dict[int, tuple[int, int, int]] = {}
    for chart in order:
        found = _lowest(taken, bitmaps[chart], turns)
        if found is None:
            return None
        column, row, quarters = found
        bitmap = np.rot90(bitmaps[chart], quarters)
        height, width = bitmap.shape
        taken[row : row + height, column : column + width] += bitmap
        places[chart] = found
    return [places[chart] for chart in range(len(bitmaps))]


def _lowest(
    taken: NDArray[np.float32], bitmap: Bitmap, turns: int
) -> tuple[int, int, int] | None:
    """Of so many quarter turns, the place whose upper right corner lies nearest to the square's lower left."""
    side = len(taken)
    size = next_fast_len(side, real=True)
    there = np.conj(rfft2(taken, (size, size)))
    best: tuple[float, int, int, int] | None = None
    for quarters in range(turns):
        turned = np.rot90(bitmap, quarters)
        height, width = turned.shape
        if max(height, width) > side:
            continue
        # conj(F(taken)) F(bitmap) correlates with the shift's sign turned round.
        met = irfft2(np.conj(there * rfft2(turned.astype(np.float32), (size, size))))
        free = met[: side - height + 1, : side - width + 1] < 0.5
        rows, columns = np.nonzero(free)
        if not len(rows):
            continue
        reach = np.maximum(rows + height, columns + width) + 1e-3 * (rows + columns)
        first = int(reach.argmin())
        if best is None or reach[first] < best[0]:
            best = (
                float(reach[first]),
                int(columns[first]),
                int(rows[first]),
                quarters,
            )
    return None if best is None else best[1:]


def _turned(
    cells: Floats, chart: Indices, quarters: Indices, bitmaps: list[Bitmap]
) -> Floats:
    """Turn places as np.rot90 turned the bitmaps they lie in (rows run upwards here)."""
    shapes = np.array([bitmap.shape[::-1] for bitmap in bitmaps], float)
    size, turn = shapes[chart], quarters[chart][:, None]
    x, y = cells.T
    ways = [
        np.stack([x, y], axis=1),
        np.stack([y, size[:, 0] - x], axis=1),
        np.stack([size[:, 0] - x, size[:, 1] - y], axis=1),
        np.stack([size[:, 1] - y, x], axis=1),
    ]
    return np.select([turn == number for number in range(4)], ways)
