"""Where a scan was taken from: told by its file, or found from its points.

A range scan sees one layer of surface along its lines of sight. That tells the direction,
orients normals, and says which space the scanner saw to be empty.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import turning_onto
from scans.geometry.scan import Scan

FloatArray = NDArray[np.float64]

SAMPLE = 4_000  # points looked at when the direction is sought
# Along rims and outlines cells hold two layers: with wide cells those are many.
EYE_SAMPLE = 40_000  # points by which one place is judged
CELL = 1.7  # spacings: wider ones take in both sides of an outline
LAYER_CELLS = 8  # a layer at 80 degrees of grazing spans 6 cells in depth
SINGLE_LAYER = 0.97  # share of cells with one layer that a true direction has at least
AXIS_BONUS = 0.01  # scanners write one axis of their own along their sight


@dataclass(frozen=True)
class Sight:
    """Lines of sight of one scan, in its own frame.

    to_scanner : (3,) unit vector from the object's middle to the scanner
    eye        : (3,) the scanner's place, or None for parallel lines of sight
    away_m     : from the eye to the object's middle
    """

    to_scanner: FloatArray
    eye: FloatArray | None = None
    away_m: float = 1.0

    def towards(self, points: FloatArray) -> FloatArray:
        """Give the unit vectors from points to the scanner, (n, 3)."""
        if self.eye is None:
            return np.broadcast_to(self.to_scanner, points.shape)
        lines = self.eye - points
        return np.asarray(lines / np.linalg.norm(lines, axis=1, keepdims=True))

    def project(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give image places, (n, 2) in metres, and heights towards the scanner, (n,)."""
        frame = turning_onto(self.to_scanner, np.array([0.0, 0.0, 1.0]))[:3, :3]
        if self.eye is None:
            turned = points @ frame.T
            return turned[:, :2], turned[:, 2]
        turned = (points - self.eye) @ frame.T
        # Scaled to metres at the object's middle, so that one cell size fits all.
        ahead = np.minimum(turned[:, 2], -1e-9 * self.away_m)
        places = turned[:, :2] / -ahead[:, None] * self.away_m
        return places, -np.linalg.norm(turned, axis=1)


def find_sight(scan: Scan, *, spacing: float) -> Sight | None:
    """Find a scan's lines of sight; None for a cloud seen from all around.

    spacing : typical distance between neighbouring points, metres
    """
    points = scan.points
    if scan.viewpoint is not None:
        return _from_eye(points, scan.viewpoint)
    if _is_outside(points):
        sight = _from_eye(points, np.zeros(3))
        if _single_layer(sight, *_thinned(points, spacing, EYE_SAMPLE)) >= SINGLE_LAYER:
            return sight
    return _parallel(*_thinned(points, spacing, SAMPLE))


def _thinned(
    points: FloatArray, spacing: float, count: int
) -> tuple[FloatArray, float]:
    """About so many of the points, and the width of cells that fits them, metres."""
    step = max(1, len(points) // count)
    return points[::step], CELL * spacing * float(np.sqrt(step))


def _from_eye(points: FloatArray, eye: FloatArray) -> Sight:
    line = eye - points.mean(axis=0)
    away = float(np.linalg.norm(line))
    return Sight(line / away, eye, away)


def _is_outside(points: FloatArray) -> bool:
    """Tell whether the origin lies well outside: then the scanner stood there."""
    middle = points.mean(axis=0)
    radius = float(np.linalg.norm(points - middle, axis=1).max())
    return bool(np.linalg.norm(middle) > 1.5 * radius)


def _parallel(sample: FloatArray, cell: float) -> Sight | None:
    axes = np.eye(3)[::-1]
    best, direction = 0.0, axes[0]
    for asked, bonus in (
        *((axes[0], 2 * AXIS_BONUS), (axes[1], AXIS_BONUS), (axes[2], AXIS_BONUS)),
        *((one, 0.0) for one in _half_sphere(64)),
    ):
        if best >= 1 + bonus:  # no other can be better
            break
        score = _single_layer(Sight(asked), sample, cell) + bonus
        if score > best:
            best, direction = score, asked
    if best < SINGLE_LAYER:
        return None
    return Sight(direction * _outward_sign(sample, direction, cell))


def _single_layer(sight: Sight, points: FloatArray, cell: float) -> float:
    """Share of image cells in which all points lie in one layer of depth."""
    places, heights = sight.project(points)
    keys = np.floor((places - places.min(axis=0)) / cell).astype(np.int64)
    flat = keys[:, 0] * (keys[:, 1].max() + 1) + keys[:, 1]
    _, inverse, counts = np.unique(flat, return_inverse=True, return_counts=True)
    top = np.full(len(counts), -np.inf)
    bottom = np.full(len(counts), np.inf)
    np.maximum.at(top, inverse, heights)
    np.minimum.at(bottom, inverse, heights)
    several = counts > 1
    if several.sum() < 20:
        return 0.0
    return float(((top - bottom)[several] < LAYER_CELLS * cell).mean())


def _outward_sign(points: FloatArray, direction: FloatArray, cell: float) -> float:
    """Choose the side on which the layer bulges: most objects are rounder than hollow."""
    places, heights = Sight(direction).project(points)
    distance = np.linalg.norm(places - places.mean(axis=0), axis=1)
    near = distance < np.quantile(distance, 0.4)
    far = distance > np.quantile(distance, 0.8)
    return 1.0 if np.median(heights[near]) >= np.median(heights[far]) else -1.0


def _half_sphere(count: int) -> FloatArray:
    """Spread directions evenly over the half sphere z >= 0 (Fibonacci)."""
    index = np.arange(count) + 0.5
    z = 1 - index / count
    around = np.pi * (1 + 5**0.5) * index
    flat = np.sqrt(1 - z**2)
    return np.stack([flat * np.cos(around), flat * np.sin(around), z], axis=1)
