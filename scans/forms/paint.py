"""Colours of bronze, glaze, jade, clay and wood, as functions of place and relief."""

import numpy as np
from numpy.typing import NDArray

from scans.forms.solids import Paint

FloatArray = NDArray[np.float64]

CLOUDING = 0.13  # of full brightness, up and down
HUE_SHARE = 0.25  # how much of it is hue: more looks like paint, not like age


def drift(
    points: FloatArray, random: np.random.Generator, *, size: float
) -> FloatArray:
    """A smooth field from 0 to 1 that varies over about `size` metres, (n,)."""
    total = np.zeros(len(points))
    for octave in range(1, 5):
        direction = random.normal(size=(3, 3)) * octave / size
        phase = random.uniform(0, 2 * np.pi, 3)
        total += np.sin(points @ direction + phase).prod(axis=1) / octave
    return np.asarray(0.5 + 0.5 * np.tanh(2 * total))


def _clouding(
    points: FloatArray, random: np.random.Generator, *, size: float
) -> FloatArray:
    """What fire, burial and hands leave: lighter, darker, a little off in hue, (n, 3)."""
    light = drift(points, random, size=size)[:, None]
    hues = np.stack([drift(points, random, size=size) for _ in range(3)], axis=1)
    return CLOUDING * (2 * (light * (1 - HUE_SHARE) + hues * HUE_SHARE) - 1)


def mixture(
    base: tuple[float, float, float],
    stain: tuple[float, float, float],
    stroke: tuple[float, float, float],
    *,
    seed: int,
    size: float,
) -> Paint:
    """Mix a base with stains that drift over the body; strokes have their own colour."""

    def paint(points: FloatArray, ridge: FloatArray) -> FloatArray:
        random = np.random.default_rng(seed)
        share = drift(points, random, size=size)[:, None]
        fine = drift(points, random, size=size / 6)[:, None]
        body = np.array(base) * (1 - share) + np.array(stain) * share
        body = body * (0.88 + 0.24 * fine) + _clouding(points, random, size=size)
        return np.asarray(
            body * (1 - ridge[:, None]) + np.array(stroke) * ridge[:, None]
        )

    return paint
