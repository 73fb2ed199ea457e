"""Whether a finished file, decoded, is what was to be packed: what a viewer will show."""

import numpy as np
from numpy.typing import NDArray

from scans.delivery.errors import InsideOut, UntrueFile
from scans.delivery.glb import FinishedFile
from scans.delivery.quantise import Level, rounding_m
from scans.delivery.simplify import Surface
from scans.delivery.textures import Texture
from scans.geometry.mesh import Mesh

OPPOSED_MOST = 0.5  # of the area: faces against their normals
# CIEDE2000 of what is seen, fine grain aside: a sound level has one to four, one with two
# channels swapped ten and more.
MOST_DE00 = 8.0
ROUNDING = 1.02  # single precision on top of half a step


def check_outward(master: Mesh) -> None:
    """Refuse a closed master that is inside out, or whose normals look inwards.

    An open one may well be a room that was seen from inside.
    """
    corners = [master.vertices[master.triangles[:, k]] for k in range(3)]
    facing = np.cross(corners[1] - corners[0], corners[2] - corners[0])
    if master.normals is not None:
        share = _opposed(facing, master.triangles, master.normals)
        if share > OPPOSED_MOST:
            raise InsideOut(share)
    # A third of base times height, summed: the volume, of any sign, times six.
    inside = corners[0] - master.vertices.mean(axis=0)
    if np.einsum("nd,nd->", inside, facing) < 0 and master.is_closed():
        raise InsideOut(1.0)


def check_true(
    finished: FinishedFile,
    level: Level,
    surface: Surface,
    textures: tuple[Texture, ...],
) -> float:
    """Hold a finished file against the surface before packing; give the rounding, metres.

    Raises `UntrueFile` with the figure that is off.
    """
    file = level.profile.file
    counts = len(finished.metres), len(finished.triangles)
    wanted = len(surface.positions), len(surface.triangles)
    if counts != wanted:
        what = "the number of vertices and triangles"
        raise UntrueFile(file, what=what, figure=f"{counts}", limit=f"{wanted}")
    off = _farthest_m(finished, surface)
    _refuse_above(file, "the place of a vertex", off, rounding_m(level) * ROUNDING)
    turned = _turned_share(finished.normals(), surface.normals)
    _refuse_share(file, "the direction of normals", turned, 0.0)
    opposed = opposed_share(finished.metres, finished.triangles, finished.normals())
    _refuse_share(file, "the side that faces show", opposed, OPPOSED_MOST)
    for texture in textures:
        if finished.images.get(texture.wish.slot) != texture.data:
            what = f"the {texture.wish.slot} map"
            raise UntrueFile(file, what=what, figure="another file", limit="no byte")
    return off


def check_colour(file: str, de00: float) -> None:
    """Refuse a file that is seen in other colours than its master."""
    if de00 > MOST_DE00:
        figure, limit = f"{de00:.1f} dE00", f"{MOST_DE00:.0f}"
        raise UntrueFile(file, what="the colour", figure=figure, limit=limit)


def opposed_share(
    metres: NDArray[np.float64],
    triangles: NDArray[np.uint32] | NDArray[np.int32],
    normals: NDArray[np.float64],
) -> float:
    """Share of the area whose faces look against the normals of their corners."""
    a, b, c = (metres[triangles[:, corner]] for corner in range(3))
    return _opposed(np.cross(b - a, c - a), triangles, normals)


def _opposed(
    facing: NDArray[np.float64],
    triangles: NDArray[np.uint32] | NDArray[np.int32],
    normals: NDArray[np.float64],
) -> float:
    area = np.linalg.norm(facing, axis=1)
    shaded = sum(normals[triangles[:, corner]] for corner in range(3))
    against = np.einsum("nd,nd->n", facing, shaded) < 0
    return float(area[against].sum() / max(area.sum(), 1e-300))


def _farthest_m(finished: FinishedFile, surface: Surface) -> float:
    steps = finished.metres - surface.positions.astype(np.float64)
    return float(np.linalg.norm(steps, axis=1).max())


def _turned_share(finished: NDArray[np.float64], before: NDArray[np.float32]) -> float:
    return float((np.einsum("nd,nd->n", finished, before) <= 0).mean())


def _refuse_above(file: str, what: str, found_m: float, limit_m: float) -> None:
    if found_m > limit_m:
        figure, limit = f"{found_m * 1000:.4g} mm", f"{limit_m * 1000:.4g} mm"
        raise UntrueFile(file, what=what, figure=figure, limit=limit)


def _refuse_share(file: str, what: str, share: float, limit: float) -> None:
    if share > limit:
        figure, most = f"{share:.1%}", f"{limit:.0%}"
        raise UntrueFile(file, what=what, figure=figure, limit=most)
