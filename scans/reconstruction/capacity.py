"""How fine a surface may be made: by the points' spacing, and by the memory there is.

The octree of Poisson's method holds a cell of its finest level wherever there are points;
nearly all its memory grows with their number. What one costs was measured with Open3D
0.19 on clouds of 0.25 and 1 million points (1500 to 1780 bytes a cell, coarser cells
included); a test holds the model against what a process really takes.
"""

import resource
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

MARGIN = 1.1  # the octree's cube against the points' extent, as Kazhdan's own default
CELL_BYTES = 1_900
POINT_BYTES = 250  # our arrays, Open3D's, and the tree that vertices are looked up in
BASE_BYTES = 400_000_000  # the interpreter and its libraries, with their address space
FREE_SHARE = 0.7  # of a limit on address space: threads and the allocator take the rest
COARSER = 2**0.25  # steps in which a cell is widened until it fits
LOOKED_AT = 4_000_000  # points whose cells are counted; more are counted in part


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
    """Count the cells of a cubic grid that hold points (of very many, from above)."""
    step = max(1, -(-len(points) // LOOKED_AT))
    keys = np.floor((points[::step] - points.min(axis=0)) / cell).astype(np.int64)
    size = keys.max(axis=0) + 1
    flat = np.unique((keys[:, 0] * size[1] + keys[:, 1]) * size[2] + keys[:, 2])
    return min(len(flat) * step, len(points))


def allowed_bytes(asked_mb: int) -> int:
    """What may be taken: what was asked for, or less where the process is limited."""
    asked = asked_mb * 1_000_000
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit == resource.RLIM_INFINITY:
        return asked
    return min(asked, int(limit * FREE_SHARE))
