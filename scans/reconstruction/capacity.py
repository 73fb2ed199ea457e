"""How fine a surface may be made: by the points' spacing, and by the memory there is.

The octree of Poisson's method holds a cell of its finest level wherever there are points;
most of its memory grows with their number. What one costs was measured with Open3D on
clouds of 0.25 and 1 million points (1500 to 1780 bytes a cell, coarser cells included), and
what a point costs on clouds of 3 and 6 million (113 bytes, 143 of address space); a test
holds the model against what a process really takes.
"""

import resource
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.geometry.distinct import distinct

FloatArray = NDArray[np.float64]

MARGIN = 1.1  # the octree's cube against the points' extent, as Kazhdan's own default
CELL_BYTES = 1_900
POINT_BYTES = 160  # our arrays, Open3D's, and the tree that vertices are looked up in
BASE_BYTES = 400_000_000  # the interpreter and its libraries, with their address space
FREE_SHARE = 0.7  # of a limit on address space: threads and the allocator take the rest
COARSER = 2**0.25  # steps in which a cell is widened until it fits


@dataclass(frozen=True)
class Fineness:
    """How a surface's cell is chosen.

    spacing_m    : typical distance between points, metres
    cells        : the cell, in spacings
    depth        : octree depth that was asked for, or 0
    depth_max    : deepest octree that is chosen
    memory_bytes : what making the surface may take
    """

    spacing_m: float
    cells: float
    depth: int
    depth_max: int
    memory_bytes: int


def cell_width(points: FloatArray, asked: Fineness) -> float:
    """Choose the width of the octree's finest cells, metres."""
    extent = float(np.ptp(points, axis=0).max()) * MARGIN
    if asked.depth:
        return float(extent / 2**asked.depth)
    cell = float(max(asked.spacing_m * asked.cells, extent / 2**asked.depth_max))
    while surface_bytes(points, cell) > asked.memory_bytes and cell < extent / 2:
        cell *= COARSER
    return cell


def surface_bytes(points: FloatArray, cell: float) -> int:
    """Predict the memory that a surface with cells of this width takes."""
    cells = occupied_cells(points, cell)
    return BASE_BYTES + POINT_BYTES * len(points) + CELL_BYTES * cells


def occupied_cells(points: FloatArray, cell: float) -> int:
    """Count the cells of a cubic grid that hold points."""
    low = points.min(axis=0)
    size = np.floor((points.max(axis=0) - low) / cell).astype(np.int64) + 1
    flat = np.zeros(len(points), dtype=np.int64)
    for axis in range(3):  # one by one: three columns of many points are a lot
        flat *= size[axis]
        flat += ((points[:, axis] - low[axis]) / cell).astype(np.int64)
    return len(distinct(flat))


def allowed_bytes(asked_mb: int) -> int:
    """What may be taken: what was asked for, or less where the process is limited."""
    asked = asked_mb * 1_000_000
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit == resource.RLIM_INFINITY:
        return asked
    return min(asked, int(limit * FREE_SHARE))
