"""Dress a master: a coarser surface, unwrapped, and the master's appearance as maps of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scans.delivery.bake import Master, bake
from scans.delivery.frames import frames_of, smooth_normals
from scans.delivery.maps import Maps
from scans.delivery.paintings import Painting, shown_texels
from scans.delivery.simplify import Surface, simplify
from scans.delivery.unwrap import unwrap

# One texel from one sample to the next, each way, or up to two once rounded to a power of
# two: finer ones would only be in between.
TEXELS_A_SAMPLE = 2
FILLED_SHARE = 0.6  # of a map that charts cover
LEAST_PX = 256

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Dressed:
    """The finest surface with maps, from which coarser levels are made by `simplify`.

    base    : with `uvs`, and with the smooth normals that the normal map is relative to;
              without colours, which are in the map
    relief  : (n, 3) the normals that base has of its own, for a level without that map
    """

    base: Surface
    relief: NDArray[np.float32]
    maps: Maps

    def surface(self, *, normal_map: bool) -> Surface:
        """The surface for levels with, or without, the normal map."""
        return self.base if normal_map else replace(self.base, normals=self.relief)


def enough_px(master: Surface, painting: Painting | None) -> int:
    """The smallest edge, a power of two, with TEXELS_A_SAMPLE of what the master holds.

    A sample is a vertex, or a texel of a picture that shows.
    """
    edge = np.sqrt(count_samples(master, painting) * TEXELS_A_SAMPLE / FILLED_SHARE)
    return int(2 ** np.ceil(np.log2(max(edge, LEAST_PX))))


def count_samples(master: Surface, painting: Painting | None) -> int:
    """How many places of a master have a look of their own."""
    samples = len(master.positions)
    return samples if painting is None else max(samples, int(shown_texels(painting)))


def dress(master: Master, *, triangles: int, size: int, progress: Progress) -> Dressed:
    """Make the base of at most `triangles` and bake maps of at most `size` texels square."""
    size = min(size, enough_px(master.surface, master.painting))
    plain = simplify(master.surface, triangles, harder=False)
    smooth = smooth_normals(plain)
    progress(0.05)
    base, origin = unwrap(plain)
    progress(0.3)
    baked = bake(
        base,
        frames_of(base, smooth[origin]),
        master,
        size=size,
        progress=lambda share: progress(0.3 + 0.7 * share),
    )
    dressed = replace(base, normals=smooth[origin], colours=None)
    return Dressed(dressed, base.normals, baked)
