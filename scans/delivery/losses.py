"""What a coarse level's triangles lose of its master's look, told without a picture.

Shade follows the normals. So the normals and the colours of a sample of the master's
vertices are held against those of the level at the nearest place, and the means over
patches of the surface count: what is lost in few places is lost all the same.
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
LEAST_SEEN = 8  # samples of a patch that tell its mean
WORST = 99  # percent of the patches may be better than what counts

# Measured on real scans: normals turned by 7 degrees on average leave a structural
# similarity of 0.95 to 0.96, 3.5 degrees 0.98, 12 degrees 0.89.
TURNED_MOST_RAD = 0.122  # 7 degrees
SHIFTED_MOST = 1.5  # CIEDE2000: one is just seen, side by side

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Loss:
    """The mean over one of the worst patches.

    turned_rad : by which normals are off
    shifted    : by which colours are off, CIEDE2000; 0 where there are none
    """

    turned_rad: float
    shifted: float

    @property
    def of_shape(self) -> bool:
        """Whether a normal map would show what is lost."""
        return self.turned_rad > TURNED_MOST_RAD

    @property
    def of_colour(self) -> bool:
        """Whether a colour map would."""
        return self.shifted > SHIFTED_MOST


def loss_of(master: Surface, level: Surface) -> Loss:
    """Compare a level, with colours of vertices, with its master."""
    step = max(1, len(master.positions) // SAMPLES)
    places = master.positions[::step]
    near = RayScene(level.positions, level.triangles).nearest(places)
    patch = _patches(places)
    turned = _turned(master.normals[::step], _at(level.normals, level, near))
    shifted = 0.0
    if master.colours is not None and level.colours is not None:
        shown = linear_to_srgb(_at(light_of(level.colours), level, near))
        true = master.colours[::step] / 255
        off = deltaE_ciede2000(rgb2lab(true), rgb2lab(shown))  # type: ignore[no-untyped-call]
        shifted = _worst(np.asarray(off), patch)
    return Loss(_worst(turned, patch), shifted)


def _at(values: Floats, level: Surface, near: Nearest) -> Floats:
    """Values of the level's vertices, carried to the nearest places, (n, 3)."""
    corners = values[level.triangles[near.triangles]]
    return np.asarray(np.einsum("nc,ncd->nd", near.weights, corners), np.float32)


def _turned(true: Floats, shown: Floats) -> NDArray[np.float64]:
    """Angles between unit normals and others of any length, radians."""
    lengths = np.maximum(np.linalg.norm(shown, axis=1), 1e-20)
    cosines = np.einsum("nd,nd->n", true, shown) / lengths
    return np.asarray(np.arccos(np.clip(cosines, -1, 1)), np.float64)


def _patches(places: Floats) -> NDArray[np.intp]:
    """The number of the cell that each place lies in."""
    low = places.min(axis=0)
    side = max(float(np.linalg.norm(places.max(axis=0) - low)) / PATCHES, 1e-30)
    cells = np.floor((places - low) / side).astype(np.int64)
    keys = (cells * [1, 2 * PATCHES, 4 * PATCHES**2]).sum(axis=1)
    return np.asarray(np.unique(keys, return_inverse=True)[1].ravel(), np.intp)


def _worst(off: NDArray[np.float64], patch: NDArray[np.intp]) -> float:
    """The mean over a patch that few are worse than."""
    seen = np.bincount(patch)
    means = np.bincount(patch, off) / seen
    told = means[seen >= LEAST_SEEN]
    return float(np.percentile(told, WORST) if len(told) else off.mean())
