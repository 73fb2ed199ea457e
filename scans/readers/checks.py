"""What is checked of every scan, whichever reader it came from."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scans.errors import EmptyScan, FlatScan, NoFinitePoints, UnreadableScan
from scans.geometry.scan import Scan
from scans.readers.rounding import told_rounded

# Around the Earth in micrometres is 4e13, in millimetres 4e10: what is farther off is
# no place, and its square would soon overflow.
FARTHEST = 1e12
# Odd numbers that spread the bits of a place over 64 (as in SplitMix64).
MIXERS = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


def checked(path: Path, scan: Scan) -> Scan:
    """Leave out points that are no places or twice there; refuse if none are left.

    Raises EmptyScan, UnreadableScan, NoFinitePoints, FlatScan.
    """
    if len(scan.points) == 0:
        raise EmptyScan(path)
    if scan.triangles is not None and _points_outside(scan.triangles, len(scan.points)):
        raise UnreadableScan(path, "its triangles name points that are not there")
    scan = _without_far(path, _without_endless(path, scan))
    if scan.triangles is None:
        scan = _without_doubles(scan)
    if float(np.ptp(scan.points, axis=0).max()) == 0.0:
        raise FlatScan(path, points=len(scan.points))
    return told_rounded(scan)


def _points_outside(triangles: NDArray[np.int32], points: int) -> bool:
    return bool(len(triangles) and (triangles.min() < 0 or triangles.max() >= points))


def _without_endless(path: Path, scan: Scan) -> Scan:
    finite = np.asarray(np.isfinite(scan.points).all(axis=1))
    if not finite.any():
        raise NoFinitePoints(path, points=len(finite))
    if finite.all():
        return scan
    dropped = int((~finite).sum())
    return scan.only(finite).with_finding(
        "points-dropped",
        f"{dropped} points of {scan.name} have no finite coordinates and were left out.",
        file=scan.name,
        dropped=dropped,
    )


def _without_far(path: Path, scan: Scan) -> Scan:
    near = np.asarray((np.abs(scan.points) <= FARTHEST).all(axis=1))
    if near.all():
        return scan
    if not near.any():
        raise UnreadableScan(path, "its coordinates are too large to be places")
    dropped = int((~near).sum())
    return scan.only(near).with_finding(
        "points-too-far",
        f"{dropped} points of {scan.name} lie too far away to be places and were left "
        "out.",
        file=scan.name,
        dropped=dropped,
    )


def _without_doubles(scan: Scan) -> Scan:
    """Keep the first of points at the very same place: they would count twice."""
    double = doubles(scan.points)
    if not double.any():
        return scan
    dropped = int(double.sum())
    return scan.only(~double).with_finding(
        "points-doubled",
        f"{dropped} points of {scan.name} lie where another one does and were left out.",
        file=scan.name,
        dropped=dropped,
    )


def doubles(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) which points have the very coordinates of one before them."""
    bits = np.ascontiguousarray(points + 0.0).view(np.uint64)  # -0 becomes 0
    mixed = np.zeros(len(points), np.uint64)
    for axis, mixer in enumerate(MIXERS):
        mixed = (mixed ^ bits[:, axis]) * np.uint64(mixer)
        mixed ^= mixed >> np.uint64(29)
    order = np.argsort(mixed, kind="stable")
    alike = (points[order][1:] == points[order][:-1]).all(axis=1)
    found = np.zeros(len(points), dtype=bool)
    found[order[1:][alike]] = True
    return found
