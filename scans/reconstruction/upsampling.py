"""Points put where scanned ones lie far apart, to tell Poisson's method how a wall goes on.

A wall seen at a slant, as inside a mouth, has points two or three times as far apart as
elsewhere. The octree is coarser there: it mixes the wall with the one behind it, and the
surface turns away before what was scanned ends. So points are added half way between, on
the planes of those around, if these agree. They are no data: vertices settle on scanned
points only, and what lies far from scanned points is trimmed as before.
Source: Alexa and others, Computing and rendering point set surfaces (2003), upsampling.
"""

import numpy as np
from numpy.typing import NDArray

from scans.geometry.spacing import COUNTED
from scans.reconstruction.settling import CHUNK, SAME_WAY, Planes
from scans.reconstruction.views import thin_indices

FloatArray = NDArray[np.float64]

SPARSE = 1.5  # spacings from a point to those around it, from which on some are added
FARTHEST = 3.0  # spacings, of that: never farther from the point than half of it
MOST = 0.05  # share of points, the sparsest, beside which some are: bounds memory
ROUND = 6  # places round a point that are tried
FREE = 0.7  # spacings within which there must be no other point
ASKED = 8  # scanned points whose planes are asked at a place
NEAR = 1.2  # distances between the points within which planes count
LEAST_WEIGHT = 1.0  # of one point right at the place: more than the one it stems from
AGREE = 0.6  # spacings that the planes may differ by at a place


def upsampled(planes: Planes, reach: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the points and their normals, each (n, 3), with those that were added.

    reach : (n,) how far the last of the twelve points nearest to each lies, metres
    """
    if len(planes.points) <= COUNTED:
        return planes.points, planes.normals
    # How far apart points lie around each; the nearest to each is the point itself.
    apart = reach * np.sqrt(np.pi / (COUNTED - 1))
    least = max(SPARSE * planes.spacing, float(np.quantile(apart, 1.0 - MOST)))
    sparse = np.flatnonzero(apart > least)
    added = [
        _between(part, apart[part], planes)
        for part in np.array_split(sparse, 1 + len(sparse) * ROUND // CHUNK)
    ]
    places, normals = (np.vstack(pieces) for pieces in zip(*added, strict=True))
    if not len(places):
        return planes.points, planes.normals
    few = thin_indices(places, FREE * planes.spacing)
    return (
        np.vstack([planes.points, places[few]]),
        np.vstack([planes.normals, normals[few]]),
    )


def _between(
    part: NDArray[np.int64], apart: FloatArray, planes: Planes
) -> tuple[FloatArray, FloatArray]:
    """Places round the points of a part where the planes agree, and normals there."""
    scale = np.minimum(apart, FARTHEST * planes.spacing)
    own, normals = planes.points[part], planes.normals[part]
    aside, ahead = _across(normals)
    angles = 2 * np.pi * np.arange(ROUND) / ROUND
    sides = aside[:, None] * np.cos(angles)[:, None]
    sides = sides + ahead[:, None] * np.sin(angles)[:, None]
    places = (own[:, None] + scale[:, None, None] / 2 * sides).reshape(-1, 3)
    normals, scale = normals.repeat(ROUND, axis=0), scale.repeat(ROUND)
    free = planes.tree.query(places, workers=-1)[0] > FREE * planes.spacing
    return _laid(places[free], normals[free], scale[free], planes)


def _across(normals: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Two directions in the plane of each normal, square to each other."""
    least = np.abs(normals).argmin(axis=1)
    aside = np.cross(normals, np.eye(3)[least])
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    return aside, np.cross(normals, aside)


def _laid(
    places: FloatArray, facing: FloatArray, scale: FloatArray, planes: Planes
) -> tuple[FloatArray, FloatArray]:
    """Lay places on the mean of the planes around; leave out where these differ.

    scale : (n,) how far apart points lie there, metres
    """
    count = min(ASKED, len(planes.points))
    distance, near = planes.tree.query(places, k=range(1, count + 1), workers=-1)
    normals = planes.normals[near]
    off = np.einsum("nkd,nkd->nk", planes.points[near] - places[:, None], normals)
    turned = 1.0 - np.einsum("nkd,nd->nk", normals, facing)
    weight = np.exp(-((distance / (NEAR * scale[:, None])) ** 2))
    weight *= np.exp(-((turned / SAME_WAY) ** 2))
    total = np.maximum(weight.sum(axis=1), 1e-12)
    step = np.einsum("nk,nk->n", weight, off) / total
    differ = np.einsum("nk,nk->n", weight, (off - step[:, None]) ** 2) / total
    agreed = (total > LEAST_WEIGHT) & (np.sqrt(differ) < AGREE * planes.spacing)
    mixed = np.einsum("nk,nkd->nd", weight, normals)[agreed]
    laid = places[agreed] + facing[agreed] * step[agreed, None]
    return laid, mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
