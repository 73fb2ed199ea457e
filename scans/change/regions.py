"""Where something has changed: coherent regions beyond what both captures can tell.

Nothing is claimed below the limit, which holds what is stated of both captures, their
alignment, and the noise that the two masters show against each other. It is as good as
what is stated: an error that nobody knows of and that is smooth lies in none of these,
but for that of scale, which the alignment takes off where it is not certified.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from scans.change.measuring import Deviation
from scans.change.patches import NEIGHBOURS
from scans.geometry.mesh import FloatArray, Mesh
from scans.quality.pieces import piece_of

SURE = 1.96  # standard deviations: 95 % of normal noise (Lane et al. 2003, limit of detection)
CHANCE = 0.01  # of one false region on the whole surface
MOST = 200  # regions told
DEEPEST = 98.0  # percentile of a region's depth: its own noise is no depth
SPREAD_OF_MEDIAN = 1.2533  # of normal noise, against that of the mean
LEAST_PATCHES = 2.0  # neighbourhoods that a region is larger than
BESIDE = 80.0  # percentile of a neighbourhood: what an edge's upper side is as high as
MM = 1000.0


@dataclass(frozen=True)
class Uncertainty:
    """Standard uncertainties in metres: as stated for each capture, of the alignment,
    and the noise between the masters."""

    first_m: float
    second_m: float
    alignment_m: float
    noise_m: float

    @property
    def stated_m(self) -> float:
        return float(np.sqrt(self.first_m**2 + self.second_m**2 + self.alignment_m**2))


@dataclass(frozen=True)
class Limits:
    """outline_m: where a region ends; seed_m: what a region must hold somewhere."""

    outline_m: float
    seed_m: float


@dataclass(frozen=True)
class Region:
    """A coherent change.

    depth_mm : deepest, without sign; mean_mm : over its area; centre : metres
    area_error_mm2 : half of what lies on its outline
    """

    kind: Literal["loss", "gain"]
    area_mm2: float
    area_error_mm2: float
    depth_mm: float
    depth_error_mm: float
    mean_mm: float
    volume_mm3: float
    centre: FloatArray

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "area_mm2": round(self.area_mm2, 3),
            "area_error_mm2": round(self.area_error_mm2, 3),
            "depth_mm": round(self.depth_mm, 4),
            "depth_error_mm": round(self.depth_error_mm, 4),
            "mean_mm": round(self.mean_mm, 4),
            "volume_mm3": round(self.volume_mm3, 3),
            "centre_m": [round(float(value), 6) for value in self.centre],
        }


def limits_of(uncertainty: Uncertainty, vertices: int) -> Limits:
    """Give the limits for a surface of so many vertices that are compared."""
    patches = max(vertices / NEIGHBOURS, 1.0)
    # As many independent values as patches: the largest of them by chance.
    highest = float(ndtri(1 - CHANCE / (2 * patches)))
    stated = SURE * uncertainty.stated_m
    noise = uncertainty.noise_m
    return Limits(max(stated, 3 * noise), max(stated, highest * noise))


def find_regions(
    mesh: Mesh, found: Deviation, limits: Limits, uncertainty: Uncertainty
) -> tuple[list[Region], NDArray[np.bool_]]:
    """Give the regions, largest first, and which vertices belong to one, (n,)."""
    regions: list[Region] = []
    marked = np.zeros(len(mesh.vertices), bool)
    least = LEAST_PATCHES * NEIGHBOURS
    for sign in (-1.0, 1.0):
        risen = found.median * sign
        off = found.known & (risen > limits.outline_m)
        inside = mesh.triangles[off[mesh.triangles].all(axis=1)]
        piece = piece_of(inside, len(mesh.vertices))
        sizes = np.bincount(piece[off], minlength=int(piece.max(initial=0)) + 1)
        seeds = off & (risen > limits.seed_m)
        seeded = np.bincount(piece[seeds], minlength=len(sizes))
        for number in np.flatnonzero((sizes > least) & (seeded > NEIGHBOURS)):
            rough = off & (piece == number)
            # What lies about one region may belong to the next.
            free = ~marked & (rough | ~off)
            outlined = _outlined(found, sign, rough, limits) & free
            for own in _pieces(mesh, outlined):
                regions.append(_region(mesh, found, own, uncertainty))
                marked |= own
    regions.sort(key=lambda region: -region.area_mm2)
    return regions[:MOST], marked


def _outlined(
    found: Deviation, sign: float, rough: NDArray[np.bool_], limits: Limits
) -> NDArray[np.bool_]:
    """Draw a region's outline where half the height beside it is reached, (n,).

    So edges are found where a surface is (VDI/VDE 2630-1.2). A median that is taken
    across an edge is neither side's: noise alone lifts it over a low limit, and the
    region would grow by a part of the neighbourhood all round, or, if it is round, be
    cut. Here as few vertices are taken as keep noise from crossing half the height. A
    slope that is wider than a neighbourhood stays whole.
    """
    about = found.patches.with_rim(np.flatnonzero(rough))
    high = found.patches.percentiles(found.median * sign, about, BESIDE)
    edge = np.maximum(high / 2, limits.outline_m)
    fewest = _fewest(edge, found.raw_noise_m)
    own = np.zeros_like(rough)
    own[about] = found.patches.medians(found.raw * sign, about, fewest) > edge
    return own


def _pieces(mesh: Mesh, own: NDArray[np.bool_]) -> Iterator[NDArray[np.bool_]]:
    """Give what hangs together of an outline, (n,), without crumbs.

    At half the height a region may come apart, or leave next to nothing: what is no
    larger than a neighbourhood is no coherent change.
    """
    inside = mesh.triangles[own[mesh.triangles].all(axis=1)]
    held, corners = np.unique(inside, return_inverse=True)
    piece = piece_of(corners.reshape(-1, 3).astype(np.int32), len(held))
    for number in np.flatnonzero(np.bincount(piece) > NEIGHBOURS):
        whole = np.zeros_like(own)
        whole[held[piece == number]] = True
        yield whole


def _fewest(edge_m: FloatArray, noise_m: float) -> NDArray[np.int64]:
    """How many vertices' median keeps three standard deviations from an edge; odd."""
    wanted = (3 * SPREAD_OF_MEDIAN * noise_m / np.maximum(edge_m, 1e-30)) ** 2
    odd = 2 * (np.minimum(wanted, NEIGHBOURS) // 2).astype(np.int64) + 1
    return np.minimum(odd, NEIGHBOURS)


def _region(
    mesh: Mesh, found: Deviation, own: NDArray[np.bool_], uncertainty: Uncertainty
) -> Region:
    area, depth = found.area[own], np.abs(found.median[own])
    total = float(area.sum())
    weights = area / max(total, 1e-30)
    touched = own[mesh.triangles]
    border = np.unique(mesh.triangles[touched.any(axis=1) & ~touched.all(axis=1)])
    rim = float(found.area[border[own[border]]].sum())
    error = np.hypot(uncertainty.stated_m, uncertainty.noise_m)
    return Region(
        kind="loss" if found.median[own].mean() < 0 else "gain",
        area_mm2=total * MM**2,
        area_error_mm2=rim / 2 * MM**2,
        depth_mm=float(np.percentile(depth, DEEPEST)) * MM,
        depth_error_mm=float(SURE * error) * MM,
        mean_mm=float((depth * weights).sum()) * MM,
        volume_mm3=float((depth * area).sum()) * MM**3,
        centre=(mesh.vertices[own] * weights[:, None]).sum(axis=0),
    )
