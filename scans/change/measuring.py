"""How far the second master lies off the first, at each of its vertices.

Negative is lost, positive is added. Medians over the nearest vertices take the noise out
and leave edges where they are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.change.sampling import boundary_triangles
from scans.delivery.rays import RayScene
from scans.geometry.mesh import FloatArray, Mesh, vertex_normals

NEIGHBOURS = 25  # about each vertex, itself among them
BAND = 100_000  # vertices looked at at a time
ONE_SIDE = 0.0  # cosine: neighbours that face away are of a wall's other side
MAD = 1.4826
SPREAD_OF_MEDIAN = 1.2533  # of normal noise, against that of the mean

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Deviation:
    """The second master against the first, by the second's vertices.

    raw, median : (n,) metres, positive where the second lies outside
    known : (n,) whether there is something to compare with
    area : (n,) square metres of the first's surface that each stands for
    """

    raw: FloatArray
    median: FloatArray
    known: Flags
    area: FloatArray

    @property
    def noise_m(self) -> float:
        """Standard deviation of the medians where most of the surface is; robust."""
        held = self.median[self.known]
        return MAD * float(np.median(np.abs(held - np.median(held))))


def measure(first: Mesh, second: Mesh) -> Deviation:
    """Measure the second against the first; both in one frame."""
    normals = second.normals
    if normals is None:
        normals = vertex_normals(second.vertices, second.triangles)
    near = RayScene.of(first).nearest(second.vertices.astype(np.float32))
    offset = second.vertices - near.places
    away = np.linalg.norm(offset, axis=1)
    facing = near.facing.astype(np.float64)
    raw = np.where((offset * facing).sum(axis=1) >= 0, away, -away)
    known = _used(second) & ~_filled(second)
    blind = boundary_triangles(first)
    if first.filled is not None:
        blind |= first.filled
    known &= ~blind[near.triangles]
    area = _vertex_areas(second) * np.abs((normals * facing).sum(axis=1))
    return Deviation(raw, _medians(second, normals, raw, known), known, area)


def _used(mesh: Mesh) -> Flags:
    used = np.zeros(len(mesh.vertices), bool)
    used[mesh.triangles] = True
    return used


def _filled(mesh: Mesh) -> Flags:
    """Which vertices belong to a triangle that closes a hole."""
    guessed = np.zeros(len(mesh.vertices), bool)
    if mesh.filled is not None:
        guessed[mesh.triangles[mesh.filled]] = True
    return guessed


def _vertex_areas(mesh: Mesh) -> FloatArray:
    shares = np.repeat(mesh.areas() / 3, 3)
    corners = mesh.triangles.ravel()
    return np.asarray(
        np.bincount(corners, shares, minlength=len(mesh.vertices)), np.float64
    )


def _medians(
    mesh: Mesh, normals: FloatArray, raw: FloatArray, known: Flags
) -> FloatArray:
    held = np.flatnonzero(known)
    tree = cKDTree(mesh.vertices[held])
    count = min(NEIGHBOURS, len(held))
    medians = raw.copy()
    for start in range(0, len(held), BAND):
        band = held[start : start + BAND]
        near = tree.query(mesh.vertices[band], k=count, workers=-1)[1]
        near = held[near.reshape(len(band), -1)]
        same = np.einsum("nd,nkd->nk", normals[band], normals[near]) > ONE_SIDE
        values = np.where(same, raw[near], np.nan)
        values[:, 0] = raw[band]
        medians[band] = np.nanmedian(values, axis=1)
    return medians
