"""Whether a page looks as it did: small pictures kept beside the tests, compared with tolerance.

What is drawn is compared at a small size, where an edge that is smoothed otherwise is no
difference. A picture that is made anew on purpose is written by

    HERITAGE_TEST_WRITE_PICTURES=1 pytest -n0 tests/browser/test_pictures.py

and looked at before it is committed.
"""

import io
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import uniform_filter

FOLDER = Path(__file__).parent / "pictures"
WRITES = bool(os.environ.get("HERITAGE_TEST_WRITE_PICTURES"))
WIDTH = 160
WINDOW = 7  # pixels
# Of a range of 1 (Wang et al. 2004): where nothing is to be seen, nothing differs.
C1, C2 = 0.01**2, 0.03**2
# What is missing, dark or upside down is far outside, as test_pictures.py shows.
MOST_OFF, LEAST_LIKE = 0.02, 0.9

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Likeness:
    """off : mean difference of colours, 0 to 1; like : mean structural similarity, to 1."""

    off: float
    like: float

    @property
    def holds(self) -> bool:
        return self.off <= MOST_OFF and self.like >= LEAST_LIKE


def likeness(name: str, shot: bytes) -> Likeness:
    """Compare a picture of a page with the one that is kept by this name."""
    small = _small(shot)
    path = FOLDER / f"{name}.png"
    if WRITES:
        small.save(path, optimize=True)
    kept = Image.open(path).convert("RGB")
    if kept.size != small.size:
        return Likeness(off=1.0, like=0.0)
    one, other = _colours(small), _colours(kept)
    return Likeness(
        off=float(np.abs(one - other).mean()),
        like=similarity(one.mean(axis=-1), other.mean(axis=-1)),
    )


def similarity(one: Floats, other: Floats) -> float:
    """Give the mean structural similarity of two pictures in grey, (h, w) from 0 to 1."""
    mean_one, mean_other = _around(one), _around(other)
    spread_one = _around(one**2) - mean_one**2
    spread_other = _around(other**2) - mean_other**2
    together = _around(one * other) - mean_one * mean_other
    above = (2 * mean_one * mean_other + C1) * (2 * together + C2)
    below = (mean_one**2 + mean_other**2 + C1) * (spread_one + spread_other + C2)
    return float((above / below).mean())


def _around(values: Floats) -> Floats:
    averaged: Floats = uniform_filter(values, WINDOW)
    return averaged


def _small(shot: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    height = round(picture.height * WIDTH / picture.width)
    return picture.resize((WIDTH, height), Image.Resampling.BOX)


def _colours(picture: Image.Image) -> Floats:
    return np.asarray(picture, np.float64) / 255
