"""Ornament drawn with strokes: how far each place is from a line, raised and coloured.

A pattern is a set of points along strokes on a flat sheet (metres). On a vessel the sheet
is the unrolled wall, which closes on itself after `around`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Pattern:
    """Strokes on a sheet.

    points : (n, 2) metres, along the strokes
    width  : half width of a stroke, metres
    height : how far a stroke stands out, metres (negative: engraved)
    around : the sheet's length in x if it closes on itself, else 0
    """

    points: FloatArray
    width: float
    height: float
    around: float = 0.0

    def ridge(self, places: FloatArray) -> FloatArray:
        """Give 1 on a stroke, 0 away from it, smooth between, for (n, 2) places."""
        if not len(self.points):
            return np.zeros(len(places))
        reach = 1.5 * self.width
        distance = cKDTree(self._wrapped()).query(places, distance_upper_bound=reach)[0]
        inside = np.clip((reach - distance) / self.width, 0.0, 1.0)
        inside[~np.isfinite(distance)] = 0.0
        return np.asarray(inside**2 * (3 - 2 * inside))

    def _wrapped(self) -> FloatArray:
        if not self.around:
            return self.points
        step = np.array([self.around, 0.0])
        return np.vstack([self.points - step, self.points, self.points + step])


def line(start: FloatArray, end: FloatArray, step: float) -> FloatArray:
    """Points of a straight stroke."""
    count = max(2, int(np.linalg.norm(end - start) / step))
    return np.asarray(start + (end - start) * np.linspace(0, 1, count)[:, None])


def ring(centre: FloatArray, radius: float, step: float) -> FloatArray:
    """Points of a circle."""
    angle = np.linspace(0, 2 * np.pi, max(8, int(2 * np.pi * radius / step)))
    return np.asarray(
        centre + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    )


def spiral(
    centre: FloatArray, radius: float, *, turns: float, start: float, step: float
) -> FloatArray:
    """Points of a scroll; negative turns wind the other way."""
    share = np.linspace(0.05, 1, max(12, int(3 * abs(turns) * radius / step)))
    angle = start + 2 * np.pi * turns * share
    flat = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.asarray(centre + radius * share[:, None] * flat)


def wave(
    length: float, height: float, *, middle: float, periods: int, step: float
) -> FloatArray:
    """Points of a band that runs round a sheet."""
    x = np.linspace(0, length, max(20, int(2 * length / step)))
    y = middle + height * np.sin(2 * np.pi * periods * x / length)
    return np.stack([x, y], axis=1)


def mask(centre: FloatArray, size: float, step: float) -> FloatArray:
    """Points of a beast's face, as on bronzes: brows, eyes, nose, horns, jaw."""
    c = centre
    strokes = [
        line(c - np.array([0, size * 0.5]), c + np.array([0, size * 0.45]), step)
    ]
    for side in (-1.0, 1.0):
        eye = c + np.array([side * size * 0.38, 0.05 * size])
        strokes.append(ring(eye, 0.14 * size, step))
        strokes.append(ring(eye, 0.05 * size, step))
        horn = c + np.array([side * size * 0.5, size * 0.42])
        strokes.append(
            spiral(horn, 0.24 * size, turns=side * 1.4, start=np.pi / 2, step=step)
        )
        jaw = c + np.array([side * size * 0.35, -size * 0.4])
        strokes.append(
            spiral(jaw, 0.2 * size, turns=-side * 1.2, start=-np.pi / 2, step=step)
        )
        strokes.append(line(c + np.array([side * 0.1, 0.25]) * size, horn, step))
    return np.vstack(strokes)


def clouds(
    random: np.random.Generator,
    *,
    width: float,
    low: float,
    high: float,
    count: int,
    step: float,
) -> FloatArray:
    """Points of scrolls strewn over a sheet: no two alike, so no two sides alike."""
    strokes = []
    span = high - low
    for number in range(count):
        radius = span * random.uniform(0.12, 0.26)
        x = width * (number + random.uniform(0.15, 0.85)) / count
        y = random.uniform(low + radius, max(low + radius * 1.01, high - radius))
        centre = np.array([x, y])
        turns = random.choice([-1.0, 1.0]) * random.uniform(1.2, 2.2)
        start = random.uniform(0, 2 * np.pi)
        strokes.append(spiral(centre, radius, turns=turns, start=start, step=step))
        tail = centre + random.uniform(-1, 1, 2) * [2.2 * radius, 0.8 * radius]
        tail[1] = np.clip(tail[1], low, high)
        strokes.append(line(centre, tail, step))
    return np.vstack(strokes)
