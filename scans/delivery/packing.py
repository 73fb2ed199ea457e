"""Charts into one square: the largest first, each as low and as far left as it goes.

Charts are bitmaps of coarse cells, so that one may lie in the hollow of another; where a
bitmap fits is found for all places at once.
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
HOPED = 0.86  # share of the square that is filled when nothing is wasted
MANY = 200  # charts: small ones fill what any order leaves, and either way round
THREADS = 2  # each transforms whole bitmaps: the result is the same
FEW_CELLS = 80  # of a bitmap: it is held against what is taken cell by cell
ANGLES = 45  # tried within a quarter turn for the narrowest box

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Bitmap = NDArray[np.bool_]
Place = tuple[int, int, int]  # column, row and quarter turns of a chart


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
        touched = _drawn(np.floor(corners[members]).astype(np.int64))
        bitmaps.append(maximum_filter(touched, 3)[1:, 1:] > 0)
    return bitmaps


def _drawn(triangles: Indices) -> NDArray[np.uint8]:
    """Mark the cells that triangles, (m, 3, 2) in whole cells, touch.

    Of the smallest these are the corners' own; the others are drawn.
    """
    width, height = triangles.max(axis=(0, 1)) + 3
    picture = Image.new("L", (int(width), int(height)))
    draw = ImageDraw.Draw(picture)
    is_large = np.ptp(triangles, axis=1).max(axis=1) > 1
    for triangle in triangles[is_large].reshape(-1, 6).tolist():
        draw.polygon(triangle, fill=1, outline=1)
    touched = np.array(picture)
    column, row = triangles[~is_large].reshape(-1, 2).T
    touched[row, column] = 1
    return touched


def _smallest(bitmaps: list[Bitmap]) -> tuple[int, list[Place]]:
    """The smallest square that some order of the charts needs, and where they lie in it."""
    charts = range(len(bitmaps))
    orders = [
        sorted(charts, key=lambda chart: -max(bitmaps[chart].shape)),
        sorted(charts, key=lambda chart: -bitmaps[chart].size),
        sorted(charts, key=lambda chart: -int(bitmaps[chart].sum())),
    ]
    if len(bitmaps) > MANY:
        orders = orders[:1]
    tries = [_placed(bitmaps, order) for order in orders]
    return min(tries, key=lambda one: one[0])


def _placed(bitmaps: list[Bitmap], order: list[int]) -> tuple[int, list[Place]]:
    """Lay charts into a square that grows with them: its side, and where each lies.

    Where one goes does not depend on the square's side: only the room it could need, beyond
    all that lies there, is looked at.
    """
    side = 0
    taken = np.zeros((CELLS, CELLS), bool)
    turns = 2 if len(bitmaps) > MANY else 4
    places: dict[int, Place] = {}
    for chart in order:
        room = side + max(bitmaps[chart].shape)
        if room > len(taken):
            taken = np.pad(taken, (0, room - len(taken)))
        places[chart] = _lowest(taken[:room, :room], bitmaps[chart], turns)
        column, row, quarters = places[chart]
        bitmap = np.rot90(bitmaps[chart], quarters)
        height, width = bitmap.shape
        taken[row : row + height, column : column + width] |= bitmap
        side = max(side, row + height, column + width)
    return side, [places[chart] for chart in range(len(bitmaps))]


def _lowest(taken: Bitmap, bitmap: Bitmap, turns: int) -> Place:
    """Of so many quarter turns, the place whose upper right corner lies nearest to the square's lower left.

    taken : square, with room for the bitmap beside all that is taken
    """
    ways = [np.rot90(bitmap, quarters) for quarters in range(turns)]
    found = _free_by_cell if int(bitmap.sum()) <= FEW_CELLS else _free_by_waves
    best = (np.inf, (0, 0, 0))
    for quarters, (way, free) in enumerate(zip(ways, found(taken, ways), strict=True)):
        height, width = way.shape
        # Of each row, its first free place is the best.
        columns = free.argmax(axis=1)
        rows = np.flatnonzero(free[np.arange(len(free)), columns])
        columns = columns[rows]
        reach = np.maximum(rows + height, columns + width) + 1e-3 * (rows + columns)
        first = int(reach.argmin())
        place = (int(columns[first]), int(rows[first]), quarters)
        best = min(best, (float(reach[first]), place))
    return best[1]


def _free_by_cell(taken: Bitmap, bitmaps: list[Bitmap]) -> list[Bitmap]:
    """The places where each of some small bitmaps meets nothing: cell by cell of them."""
    found = []
    for bitmap in bitmaps:
        rows, columns = (len(taken) - side + 1 for side in bitmap.shape)
        met = np.zeros((rows, columns), bool)
        for row, column in np.argwhere(bitmap).tolist():
            met |= taken[row : row + rows, column : column + columns]
        found.append(~met)
    return found


def _free_by_waves(taken: Bitmap, bitmaps: list[Bitmap]) -> list[Bitmap]:
    """The same for bitmaps of any size: by correlation, all places at once."""
    size = next_fast_len(len(taken), real=True)
    stack = np.zeros((len(bitmaps), size, size), np.float32)
    for layer, bitmap in zip(stack, bitmaps, strict=True):
        layer[: bitmap.shape[0], : bitmap.shape[1]] = bitmap
    there = np.conj(rfft2(taken.astype(np.float32), (size, size)))
    # conj(F(taken)) F(bitmap) correlates with the shift's sign turned round.
    product = np.conj(there * rfft2(stack, workers=THREADS))
    met = irfft2(product, (size, size), workers=THREADS)
    rooms = [tuple(len(taken) - side + 1 for side in b.shape) for b in bitmaps]
    return [
        layer[:rows, :columns] < 0.5
        for layer, (rows, columns) in zip(met, rooms, strict=True)
    ]


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
