"""Coordinates far from their origin, as in national grids: brought near in float64.

A float32, as meshes and headsets keep it, holds 24 bits: of a northing of 4 000 km they
leave a quarter of a metre.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from scans.geometry.extent import box, extent
from scans.geometry.rigid import carry, from_parts
from scans.geometry.scan import FloatArray, Scan

# So far, in diagonals, a float32 still keeps a ten-thousandth of what is scanned:
# 2**-24 * 1000 = 6e-5.
NEAR = 1000.0


def recentre(scans: Sequence[Scan]) -> tuple[list[Scan], FloatArray]:
    """Take one offset, (3,) in the scans' unit, off all coordinates; zero if not needed.

    Scans with a pose are moved in the common frame; their own frames, too, are moved
    near where they lie far off.
    """
    near = [_near_itself(scan) for scan in scans]
    centres = np.array([_centre(scan) for scan in near])
    reach = max(extent(scan.points) for scan in near)
    # The median: one stray scan must not push the offset away from all others.
    middle = np.rint(np.median(centres, axis=0))
    if np.linalg.norm(middle) <= NEAR * reach:
        return near, np.zeros(3)
    return [_moved(scan, middle) for scan in near], middle


def _near_itself(scan: Scan) -> Scan:
    """Move a posed scan's own frame to its points; where it is put does not change."""
    if scan.pose is None:
        return scan
    low, high = box(scan.points)
    middle = np.rint((low + high) / 2)
    if np.linalg.norm(middle) <= NEAR * np.linalg.norm(high - low):
        return scan
    pose = from_parts(scan.pose[:3, :3], carry(middle[None], scan.pose)[0])
    return replace(_without_pose(scan, middle), pose=pose)


def _moved(scan: Scan, offset: FloatArray) -> Scan:
    if scan.pose is None:
        return _without_pose(scan, offset)
    pose = from_parts(scan.pose[:3, :3], scan.pose[:3, 3] - offset)
    return replace(scan, pose=pose)


def _without_pose(scan: Scan, offset: FloatArray) -> Scan:
    viewpoint = None if scan.viewpoint is None else scan.viewpoint - offset
    return replace(scan, points=scan.points - offset, viewpoint=viewpoint)


def _centre(scan: Scan) -> FloatArray:
    low, high = box(scan.points)
    middle = (low + high) / 2
    return middle if scan.pose is None else carry(middle[None], scan.pose)[0]
