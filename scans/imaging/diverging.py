"""Colours for signed values: blue below, orange-red above, pale where nothing is off.

Equal steps of a value are equal steps of lightness to the eye (CIELAB), the same on both
sides, and the two hues stay apart for every common kind of colour blindness.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating[Any]]

# CIELAB lightness, a, b: as strong as sRGB can show all the way from the middle.
BELOW, MIDDLE, ABOVE = (36.0, 22.0, -60.0), (97.0, 0.0, 0.0), (36.0, 56.0, 47.0)
NO_DATA = (0.42, 0.42, 0.42)  # sRGB: darker than any pale colour in any light
STEPS = 255

WHITE = (0.95047, 1.0, 1.08883)  # D65, which sRGB is made for (IEC 61966-2-1)
TO_LINEAR = (
    (3.2404542, -1.5371385, -0.4985314),
    (-0.9692660, 1.8760108, 0.0415560),
    (0.0556434, -0.2040259, 1.0572252),
)


def diverging(shares: Values) -> Values:
    """Colours of values from -1 to 1, (n, 3) sRGB 0..1; grey for nan."""
    known = np.isfinite(shares)
    index = np.rint((np.clip(np.where(known, shares, 0), -1, 1) + 1) / 2 * (STEPS - 1))
    colours = _TABLE[index.astype(np.intp)]
    return np.where(known[:, None], colours, NO_DATA)


def _table() -> Values:
    share = np.linspace(-1, 1, STEPS)[:, None]
    ends = np.where(share < 0, BELOW, ABOVE)
    return _srgb(np.array(MIDDLE) + np.abs(share) * (ends - np.array(MIDDLE)))


def _srgb(lab: Values) -> Values:
    """CIELAB to sRGB, clipped (CIE 15:2004, 8.2.1; IEC 61966-2-1)."""
    y = (lab[:, 0] + 16) / 116
    f = np.stack([y + lab[:, 1] / 500, y, y - lab[:, 2] / 200], axis=1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * WHITE
    linear = np.clip(xyz @ np.array(TO_LINEAR).T, 0, 1)
    curved = 1.055 * linear ** (1 / 2.4) - 0.055
    return np.asarray(np.where(linear <= 0.0031308, 12.92 * linear, curved))


_TABLE = _table()
