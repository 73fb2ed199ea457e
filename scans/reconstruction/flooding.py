"""On which side of each point the air lies: as far as air flows in from all round.

Nobody outside sees the belly of a vase from within, yet the air there is the same air. A
grid round the points is flooded from its border; what the points hold back is material.
Where a surface was not closed by the scans the flood runs in behind it too, and reaches
both sides of a point alike: then the air is where the way is much longer, for walls are
thinner than what they hold and what lies before them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

FloatArray = NDArray[np.float64]

CELL = 1.25  # spacings: with its neighbours blocked too, random points are tight
MOST_CELLS = 16_000_000  # of the grid: bounds memory, whatever lies far off
BORDER = 3  # cells all round, so that the air outside is one
STEP = 0.5  # cells
REACH = 8.0  # cells along a normal in which the flood is looked for
APART = 2.0  # cells: nearer to both sides alike, the flood says nothing
FREE_STEP = 0.7  # cells: no blocked cell is jumped over, they come three thick
FREE_STEPS = 90  # of a free way at most: farther counts as this far
LONGER = 2.0  # times as long a way: air
EVERY = slice(None)


@dataclass(frozen=True)
class Flood:
    """Cells of a cubic grid that air reaches from outside.

    reached : (x, y, z) bool
    free    : (x, y, z) bool, cells with no point in or beside them
    origin  : corner of the first cell, metres
    cell    : width, metres
    """

    reached: NDArray[np.bool_]
    free: NDArray[np.bool_]
    origin: FloatArray
    cell: float

    def placed(self, points: FloatArray) -> FloatArray:
        """Points, (n, 3) metres, counted in cells from the grid's corner."""
        return (points - self.origin) / self.cell

    def at(self, places: FloatArray, *, cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Look up `cells` at places, (n, 3) in cells; beyond the grid all is true."""
        # The border is free air: what lies beyond is looked up there.
        last = np.array(self.reached.shape) - 1
        x, y, z = np.clip(places, 0, last).astype(np.int32).T
        return np.asarray(cells[x, y, z])


def air_side(
    points: FloatArray,
    normals: FloatArray,
    spacing: float,
    asked: NDArray[np.bool_] | slice = EVERY,
) -> FloatArray:
    """Tell on which side of each point the air is: 1 along its normal, -1, 0 unknown.

    asked : (n,) bool, the points that are to be told, in order
    """
    flood = flooded(points, spacing)
    places, normals = flood.placed(points[asked]), normals[asked]
    ahead = _way_to_air(flood, places, normals)
    behind = _way_to_air(flood, places, -normals)
    side = np.where(np.abs(ahead - behind) >= APART, np.sign(behind - ahead), 0.0)
    both = np.flatnonzero((side == 0) & (ahead < REACH) & (behind < REACH))
    starts, lines = places[both], normals[both]
    before = _free_way(flood, starts, lines, ahead[both])
    back = _free_way(flood, starts, -lines, behind[both])
    side[both[before >= LONGER * back]] = 1.0
    side[both[back >= LONGER * before]] = -1.0
    return side


def flooded(points: FloatArray, spacing: float) -> Flood:
    """Flood a grid round the points from its border."""
    extent = np.maximum(np.ptp(points, axis=0), spacing)
    cell = _cell(extent, CELL * spacing)
    origin = points.min(axis=0) - BORDER * cell
    size = np.floor(extent / cell).astype(np.int64) + 1 + 2 * BORDER
    blocked = np.zeros(size, dtype=np.uint8)
    blocked[tuple(np.floor((points - origin) / cell).astype(np.int64).T)] = 1
    free = ndimage.maximum_filter(blocked, size=3) == 0
    parts = ndimage.label(free)[0]
    return Flood(parts == parts[0, 0, 0], free, origin, cell)


def _cell(extent: FloatArray, wished: float) -> float:
    """Widen the wished cell until the grid is small enough."""
    cell = wished
    while np.prod(extent / cell + 1 + 2 * BORDER) > MOST_CELLS:
        cell *= 1.1
    return cell


def _way_to_air(flood: Flood, places: FloatArray, lines: FloatArray) -> FloatArray:
    """How far it is to the flood along each line, in cells; REACH where it is farther."""
    way = np.full(len(places), REACH)
    for step in np.arange(REACH, 0, -STEP) - STEP:
        way[flood.at(places + lines * step, cells=flood.reached)] = step
    return way


def _free_way(
    flood: Flood, places: FloatArray, lines: FloatArray, first: FloatArray
) -> FloatArray:
    """How far it is from each place to the next surface past `first`, in cells."""
    way = first.copy()
    going = np.arange(len(places))
    for _ in range(FREE_STEPS):
        way[going] += FREE_STEP
        reached = places[going] + lines[going] * way[going, None]
        going = going[flood.at(reached, cells=flood.free)]
    return way
