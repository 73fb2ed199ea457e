"""What stands still before the scanner while the object is turned.

A scanner that stays where it is sees its bench, a stand or a round table at the same
place in every scan's own frame. An object that is turned comes to lie there by chance
only. Frames: each scan's own, which is the scanner's.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.geometry.rigid import dots
from scans.geometry.scan import Scan
from scans.geometry.spacing import point_spacing
from scans.reconstruction.normals import local_planes
from scans.reconstruction.sight import Sight, find_sight
from scans.reconstruction.views import thin_indices

FloatArray = NDArray[np.float64]
Flags = NDArray[np.bool_]

AROUND = 12  # neighbours for a rough normal
REACH = 1.5  # voxels to the nearest point of a thinned scan
ON_PLANE = 0.25  # voxels: a turned body comes this near by chance only
SAME_WAY = 0.9  # cosine between normals
# Of the other scans. What stands still is hidden by the object in some; of turned
# bodies, even round ones off the middle, hardly a point meets in a third of them.
STILL = 0.6
CELL = 1.5  # voxels: of the picture in which depths are compared
DEEPER = 0.5  # voxels before what another scan saw: it sees through the point


@dataclass(frozen=True)
class Outline:
    """A thinned scan: places, rough normals towards the scanner, and how it was seen."""

    points: FloatArray
    normals: FloatArray
    tree: Any
    sight: Sight


def outline_of(scan: Scan, voxel: float) -> Outline | None:
    """Thin a scan; None for a mesh or a cloud that was seen from all around."""
    if scan.triangles is not None or len(scan.points) <= AROUND:
        return None
    sight = find_sight(scan, spacing=point_spacing(scan.points))
    if sight is None:
        return None
    points = scan.points[thin_indices(scan.points, voxel)]
    if len(points) <= AROUND:
        return None
    tree = cKDTree(points, balanced_tree=False, compact_nodes=False)
    normals = local_planes(points, tree, count=AROUND).normals
    away = (normals * sight.towards(points)).sum(axis=1) < 0
    normals[away] *= -1
    return Outline(points, normals, tree, sight)


def still_shares(outlines: list[Outline], voxel: float) -> list[FloatArray]:
    """For each point of each scan: the share of other scans that have it, (n,)."""
    others = max(len(outlines) - 1, 1)
    return [
        sum(
            (
                meets(one.points, one.normals, other, voxel).astype(np.float64)
                for other in outlines
                if other is not one
            ),
            start=np.zeros(len(one.points)),
        )
        / others
        for one in outlines
    ]


def meets(
    points: FloatArray, normals: FloatArray, other: Outline, voxel: float
) -> Flags:
    """Tell which points lie on another scan's surface, both in their own frames."""
    distance, index = other.tree.query(points, distance_upper_bound=REACH * voxel)
    near = np.flatnonzero(np.isfinite(distance))
    index = index[near]
    planes = other.normals[index]
    off = np.abs(dots(points[near] - other.points[index], planes))
    alike = dots(normals[near], planes) > SAME_WAY
    met = np.zeros(len(points), dtype=bool)
    met[near] = alike & (off < ON_PLANE * voxel)
    return met


def seen_through(
    outlines: list[Outline], moving: list[Flags], voxel: float
) -> tuple[int, int]:
    """Count points that others see through, and those that they know of at all.

    Scans that share one frame already hide one another's points, and see through none.
    """
    through = known = 0
    for one, mine in zip(outlines, moving, strict=True):
        for other in outlines:
            if other is one or not mine.any():
                continue
            nearer = _nearer(one.points[mine], other, voxel)
            through += int((nearer > DEEPER * voxel).sum())
            known += int(np.isfinite(nearer).sum())
    return through, known


def _nearer(points: FloatArray, other: Outline, voxel: float) -> FloatArray:
    """How much nearer to the scanner points lie than what another scan saw, (n,)."""
    places, heights = other.sight.project(other.points)
    wanted, mine = other.sight.project(points)
    distance, index = cKDTree(places).query(
        wanted, distance_upper_bound=CELL * voxel, k=1
    )
    nearer = np.full(len(points), np.nan)
    met = np.isfinite(distance)
    nearer[met] = mine[met] - heights[index[met]]
    return nearer
