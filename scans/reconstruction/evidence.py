"""How well two placed scans agree: what they share, and what one saw to be empty."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import carry, dots, inverse, turn
from scans.reconstruction.polish import LEAST_MET, Meeting, meeting
from scans.reconstruction.views import View

FloatArray = NDArray[np.float64]

# Right pairs lie within a tenth of a voxel after ICP, wrong ones anywhere within one.
ON_PLANE = 0.4
CELL = 1.5  # cells of the depth image, in voxels
LEAST_COLOURS = 50  # points that meet, below which colours say nothing
PLAIN = 5.0  # of 255: a plainer body than that has no colours to tell by
SQUARE = 0.5  # cosine: seen within 60 degrees, a point comes back for sure
LEAST_SEEN = 20  # points in the other's picture, below which it says nothing
IN_FRONT = 3.0  # voxels in front of what was seen: empty space
WIDEST = 1000  # cells of a depth image each way: strays far off would ask for more


@dataclass(frozen=True)
class Evidence:
    """What speaks for one scan's place against another's.

    overlap  : share of the smaller direction's points that meet the other's surface
    conflict : share of points within the other's picture that float in seen-empty space
    colour   : how alike their colours run where they meet: 1 the same, 0 unrelated;
               None where there are no colours or nothing to tell by
    apart    : root mean square distance between the surfaces where they meet, metres;
               infinite where they do not, nought where a person says that they do
    """

    overlap: float
    conflict: float
    colour: float | None = None
    apart: float = 0.0

    def weight(self, usual: float = 1.0) -> float:
        """How much to trust it, next to others; `usual`: how far apart right pairs lie."""
        alike = 1.0 if self.colour is None else max(self.colour, 0.0)
        near = 1.0 if self.apart <= usual else (usual / self.apart) ** 2
        return self.overlap * alike * near


@dataclass(frozen=True)
class DepthImage:
    """Heights towards the scanner on a grid; NaN where it saw nothing for certain."""

    corner: FloatArray
    cell: float
    top: FloatArray

    def heights(self, places: FloatArray) -> FloatArray:
        """Look heights up, (n,); NaN outside."""
        keys = np.floor((places - self.corner) / self.cell).astype(np.int64)
        inside = ((keys >= 0) & (keys < self.top.shape)).all(axis=1)
        found = np.full(len(places), np.nan)
        found[inside] = self.top[keys[inside, 0], keys[inside, 1]]
        return found


def depth_image(view: View, voxel: float) -> DepthImage | None:
    """Draw the heights of what a scan saw, safe at borders.

    None if it was seen all round, or lies so far apart that no picture holds it.
    """
    if view.sight is None:
        return None
    places, heights = view.sight.project(view.points)
    cell = CELL * voxel
    off = np.abs(places - np.median(places, axis=0)).max(axis=1)
    near = off < WIDEST / 2 * cell
    if not near.any():
        return None
    places, heights = places[near], heights[near]
    corner = places.min(axis=0)
    keys = np.floor((places - corner) / cell).astype(np.int64)
    top = np.full(keys.max(axis=0) + 1, -np.inf)
    np.maximum.at(top, (keys[:, 0], keys[:, 1]), heights)
    return DepthImage(corner, cell, _safe(top))


def weigh(
    first: View,
    second: View,
    to_second: FloatArray,
    *,
    voxel: float,
    images: tuple[DepthImage | None, DepthImage | None],
) -> Evidence:
    """Weigh a motion that carries the first scan's frame into the second's."""
    home = inverse(to_second)
    there = meets(first, second, to_second, voxel)
    back = meets(second, first, home, voxel)
    conflict = max(
        _conflict(first, second, to_second, images[1], voxel),
        _conflict(second, first, home, images[0], voxel),
    )
    return Evidence(
        overlap=max(_share(there, first, voxel), _share(back, second, voxel)),
        conflict=conflict,
        colour=_colour(first, second, there),
        apart=_apart(there, back),
    )


def weigh_roughly(
    first: View, second: View, to_second: FloatArray, *, voxel: float
) -> Evidence:
    """Weigh by a quarter of the points and by what they meet alone, to choose quickly."""
    there = meets(first, second, to_second, voxel, share=4)
    back = meets(second, first, inverse(to_second), voxel, share=4)
    overlap = max(_share(there, first, voxel), _share(back, second, voxel)) * 4
    colour = _colour(first, second, there, share=4)
    return Evidence(overlap, 0.0, colour, _apart(there, back))


def meets(
    first: View, second: View, motion: FloatArray, voxel: float, *, share: int = 1
) -> Meeting:
    """Where the first scan's sample meets the second's surface, within a voxel."""
    chosen = first.sample[::share]
    points = carry(first.points[chosen], motion)
    return meeting(points, turn(first.normals[chosen], motion), second, voxel)


def _share(found: Meeting, view: View, voxel: float) -> float:
    on_plane = np.abs(found.residuals) < ON_PLANE * voxel
    return float(on_plane.sum() / max(len(view.sample), 1))


def _apart(there: Meeting, back: Meeting) -> float:
    residuals = np.concatenate([there.residuals, back.residuals])
    if len(residuals) < LEAST_MET:
        return float(np.inf)
    return float(np.sqrt((residuals**2).mean()))


def _colour(
    first: View, second: View, found: Meeting, *, share: int = 1
) -> float | None:
    """Compare colours where two scans meet, whatever the exposure of each."""
    if first.colours is None or second.colours is None:
        return None
    if len(found.met) < LEAST_COLOURS // share:
        return None
    chosen = first.sample[::share]
    ours = first.colours[chosen[found.met]].astype(np.float64)
    theirs = second.colours[found.index].astype(np.float64)
    ours, theirs = ours - ours.mean(axis=0), theirs - theirs.mean(axis=0)
    spread = (ours**2).mean() + (theirs**2).mean()
    if spread < 2 * PLAIN**2:
        return None
    return float(1.0 - ((ours - theirs) ** 2).mean() / spread)


def _conflict(
    first: View,
    second: View,
    motion: FloatArray,
    image: DepthImage | None,
    voxel: float,
) -> float:
    if image is None or second.sight is None:
        return 0.0
    points = carry(first.points[first.coarse], motion)
    normals = turn(first.normals[first.coarse], motion)
    # What lies flat along the line of sight is often lost: its absence tells nothing.
    square = dots(normals, second.sight.towards(points)) > SQUARE
    if square.sum() < LEAST_SEEN:
        return 0.0
    places, heights = second.sight.project(points[square])
    seen = image.heights(places)
    known = np.isfinite(seen)
    if known.sum() < LEAST_SEEN:
        return 0.0
    return float((heights[known] > seen[known] + IN_FRONT * voxel).mean())


def _safe(top: FloatArray) -> FloatArray:
    """Highest of each 3x3 block, only where the whole block was seen."""
    padded = np.pad(top, 1, constant_values=-np.inf)
    rows, columns = top.shape
    blocks = [padded[r : r + rows, c : c + columns] for r in range(3) for c in range(3)]
    seen = np.isfinite(blocks).all(axis=0)
    return np.where(seen, np.max(blocks, axis=0), np.nan)
