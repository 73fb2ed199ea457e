"""What a coarse level's triangles lose of its master's look, told without a picture.

Shade follows the normals. So the normals and the colours of a sample of the master's
vertices are held against those of the level at the nearest place, and the mean over the
worst patch of the surface counts: what is lost in one place is lost all the same. Normals
may be off in few places by more than they may in one patch of a hundred.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000, rgb2lab

from scans.delivery.maps import light_of
from scans.delivery.quantise import linear_to_srgb
from scans.delivery.rays import Nearest, RayScene
from scans.delivery.simplify import Surface

SAMPLES = 60_000  # vertices of the master
PATCHES = 32  # along the diagonal of the master's box
LEAST_SEEN = 16  # samples of a patch that tell its mean
OFTEN = 99  # percent of the patches may be better than what counts as often

# Measured on real scans: normals turned by 7 degrees on average leave a structural
# similarity of 0.95 to 0.96, 3.5 degrees 0.98, 12 degrees 0.89; so 10 about 0.92.
TURNED_OFTEN_RAD = 0.122  # 7 degrees
TURNED_MOST_RAD = 0.175  # 10 degrees, in any one patch
SHIFTED_MOST = 1.5  # CIEDE2000, in any one patch: one is just seen, side by side

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Loss:
    """Means over patches.

    often_rad  : by which normals are off in one patch of a hundred
    turned_rad : by which they are off in the worst
    shifted    : by which colours are off in the worst, CIEDE2000; 0 where there are none
    """

    often_rad: float
    turned_rad: float
    shifted: float

    @property
    def of_shape(self) -> bool:
        """Whether a normal map would show what is lost."""
        often = self.often_rad > TURNED_OFTEN_RAD
        return often or self.turned_rad > TURNED_MOST_RAD

    @property
    def of_colour(self) -> bool:
        """Whether a colour map would."""
        return self.shifted > SHIFTED_MOST


def loss_of(master: Surface, level: Surface) -> Loss:
    """Compare a level, with colours of vertices, with its master."""
    seen = _sample(len(master.positions))
    places = master.positions[seen]
    near = RayScene(level.positions, level.triangles).nearest(places)
    patch = _patches(places)
    turned = _turned(master.normals[seen], _at(level.normals, level, near))
    shifted = 0.0
    if master.colours is not None and level.colours is not None:
        shown = linear_to_srgb(_at(light_of(level.colours), level, near))
        true = master.colours[seen] / 255
        off = deltaE_ciede2000(rgb2lab(true), rgb2lab(shown))  # type: ignore[no-untyped-call]
        shifted = float(_means(np.asarray(off), patch).max())
    means = _means(turned, patch)
    return Loss(float(np.percentile(means, OFTEN)), float(means.max()), shifted)


def _at(values: Floats, level: Surface, near: Nearest) -> Floats:
    """Values of the level's vertices, carried to the nearest places, (n, 3)."""
    corners = values[level.triangles[near.triangles]]
    return np.asarray(np.einsum("nc,ncd->nd", near.weights, corners), np.float32)


def _turned(true: Floats, shown: Floats) -> NDArray[np.float64]:
    """Angles between unit normals and others of any length, radians."""
    lengths = np.maximum(np.linalg.norm(shown, axis=1), 1e-20)
    cosines = np.einsum("nd,nd->n", true, shown) / lengths
    return np.asarray(np.arccos(np.clip(cosines, -1, 1)), np.float64)


def _sample(count: int) -> NDArray[np.intp]:
    """One of each few vertices, at random: a grid's own order repeats patterns."""
    step = max(1, count // SAMPLES)
    first = np.arange(0, count - step + 1, step)
    return first + np.random.default_rng(0).integers(step, size=len(first))


def _patches(places: Floats) -> NDArray[np.intp]:
    """The number of the patch that each place lies in, each with LEAST_SEEN or more.

    Places in thin cells are taken together with such neighbours in cells twice as wide,
    again and again; what is left in the end is one patch, which may have fewer.
    """
    low = places.min(axis=0)
    side = max(float(np.linalg.norm(places.max(axis=0) - low)) / PATCHES, 1e-30)
    cells = np.floor((places - low) / side).astype(np.int64)
    patch = np.zeros(len(places), np.intp)
    waiting, known = np.arange(len(places)), 1
    while len(waiting) and cells.any():
        keys = (cells * [1, 2 * PATCHES, 4 * PATCHES**2]).sum(axis=1)
        _, cell, seen = np.unique(keys, return_inverse=True, return_counts=True)
        enough = seen[cell.ravel()] >= LEAST_SEEN
        patch[waiting[enough]] = known + cell.ravel()[enough]
        known += len(seen)
        waiting, cells = waiting[~enough], cells[~enough] // 2
    return patch


def _means(off: NDArray[np.float64], patch: NDArray[np.intp]) -> NDArray[np.float64]:
    """The mean over each patch; what LEAST_SEEN lacks counts as not off."""
    seen = np.bincount(patch)
    means = np.bincount(patch, off) / np.maximum(seen, LEAST_SEEN)
    return np.asarray(means[seen > 0])
