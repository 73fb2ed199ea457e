"""How far the second master lies off the first, at each of its vertices.

Negative is lost, positive is added. Medians over the nearest vertices take the noise out
and leave edges where they are.
"""

from dataclasses import dataclass

import numpy as np

from scans.change.patches import Flags, Patches
from scans.change.sampling import boundary_triangles
from scans.delivery.rays import RayScene
from scans.geometry.mesh import FloatArray, Mesh

MAD = 1.4826


@dataclass(frozen=True)
class Deviation:
    """The second master against the first, by the second's vertices.

    raw, median : (n,) metres, positive where the second lies outside
    known : (n,) whether there is something to compare with
    area : (n,) square metres of the first's surface that each stands for
    patches : the second's
    """

    raw: FloatArray
    median: FloatArray
    known: Flags
    area: FloatArray
    patches: Patches

    @property
    def noise_m(self) -> float:
        """Standard deviation of the medians where most of the surface is; robust."""
        return _spread(self.median[self.known])

    @property
    def raw_noise_m(self) -> float:
        """The same of single vertices."""
        return _spread(self.raw[self.known])


def measure(first: Mesh, second: Mesh) -> Deviation:
    """Measure the second against the first; both in one frame."""
    near = RayScene.of(first).nearest(second.vertices.astype(np.float32))
    places = near.places.astype(np.float64)
    offset = second.vertices - places
    away = np.linalg.norm(offset, axis=1)
    facing = near.facing.astype(np.float64)
    raw = np.where((offset * facing).sum(axis=1) >= 0, away, -away)
    known = _used(second) & ~_filled(second)
    blind = boundary_triangles(first)
    if first.filled is not None:
        blind |= first.filled
    known &= ~blind[near.triangles]
    patches = Patches(second, known)
    median, held = raw.copy(), np.flatnonzero(known)
    median[held] = patches.medians(raw, held)
    area = _vertex_areas(Mesh(places, second.triangles))
    return Deviation(raw, median, known, area, patches)


def _spread(values: FloatArray) -> float:
    return MAD * float(np.median(np.abs(values - np.median(values))))


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
