"""A simplified surface drawn to the middle of what it stands for.

Simplification leaves vertices of the master where they were: on hills as often as in
valleys of its noise. Each is moved along its normal by what the master's points nearby
are off the surface on average, as quadrics with free places would have put it.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scans.delivery.rays import RayScene
from scans.delivery.simplify import Floats, Surface, extremes

# Of the mean offset: all of it would count each point for all three corners at once.
SHARE = 0.4
# Points of the master for each vertex: with fewer there is no mean to speak of, and more
# only take time.
FEWEST, ENOUGH = 6, 12


def settle(level: Surface, points: Floats) -> Surface:
    """Move the vertices of a level towards the master's `points`, (n, 3).

    The outermost stay, so that it measures as before; so does a level with maps, and one
    hardly coarser than its master.
    """
    count = len(level.positions)
    if level.uvs is not None or len(points) < FEWEST * count:
        return level
    sample = points[:: max(1, len(points) // (ENOUGH * count))]
    along = SHARE * np.einsum("nd,nd->n", _mean_offsets(level, sample), level.normals)
    along[extremes(level.positions) > 0] = 0
    moved = level.positions + along[:, None].astype(np.float32) * level.normals
    low, high = level.positions.min(axis=0), level.positions.max(axis=0)
    return replace(level, positions=np.clip(moved, low, high))


def _mean_offsets(level: Surface, points: Floats) -> NDArray[np.float64]:
    """Where points are, seen from each vertex they are nearest to, (n, 3)."""
    found = RayScene(level.positions, level.triangles).nearest(points)
    corners = level.triangles[found.triangles].ravel()
    offsets = found.weights[:, :, None] * (points - found.places)[:, None, :]
    count = len(level.positions)
    columns = [
        np.bincount(corners, column, count) for column in offsets.reshape(-1, 3).T
    ]
    weights = np.bincount(corners, np.square(found.weights).ravel(), count)
    return np.asarray(np.stack(columns, axis=1) / np.maximum(weights, 0.1)[:, None])
