"""How much open sky each place of an object and of the floor below it sees."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from scans.delivery.rays import RayScene
from scans.delivery.simplify import Surface

PLACES = 20_000  # vertices whose sky is looked at: it changes slowly
SKY_RAYS = 96
LIFT = 2e-3  # of the object's radius: clear of the triangle that a ray starts from
NEIGHBOURS = 4
FLOOR_CELLS = 64
FLOOR_REACH = 2.4  # half the floor's side, in radii of the object
FLOOR_RAYS = 192
FLOOR_BLUR_CELLS = 0.9  # hides the few directions that were looked into
GOLDEN = np.pi * (3 - np.sqrt(5))

Floats = NDArray[np.float32]


# What was last told, by what: pictures of a master follow the levels that it was held
# against, and ask the same again.
_told: dict[str, Floats] = {}


def open_sky(surface: Surface, scene: RayScene, radius: float) -> Floats:
    """Share of the hemisphere over each vertex that is free, 0..1; not to be changed.

    scene : of this surface
    """
    asked = _digest(surface, radius)
    known = _told.get(asked)
    if known is None:
        known = _looked_up(surface, scene, radius)
        known.setflags(write=False)
        _told.clear()
        _told[asked] = known
    return known


def _digest(surface: Surface, radius: float) -> str:
    total = hashlib.sha256(repr(radius).encode())
    for part in (surface.positions, surface.normals, surface.triangles):
        total.update(np.ascontiguousarray(part).data)
    return total.hexdigest()


def _looked_up(surface: Surface, scene: RayScene, radius: float) -> Floats:
    step = max(1, -(-len(surface.positions) // PLACES))
    places, normals = surface.positions[::step], surface.normals[::step]
    seen = _free_share(scene, places, normals, radius, SKY_RAYS)
    if step == 1:
        return seen
    return _carried_over(_Seen(places, normals, seen), surface, radius)


@dataclass(frozen=True)
class _Seen:
    """Some vertices, their normals, and how much open sky they see."""

    positions: Floats
    normals: Floats
    share: Floats


class Floor:
    """The ground on which an object stands, darker where the object takes its sky."""

    def __init__(self, scene: RayScene, radius: float) -> None:
        self._reach = FLOOR_REACH * radius
        side = np.linspace(-self._reach, self._reach, FLOOR_CELLS)
        x, z = np.meshgrid(side, side)
        spots = np.column_stack([x.ravel(), np.zeros(x.size), z.ravel()])
        ups = np.broadcast_to(np.array([0, 1, 0], np.float32), spots.shape)
        share = _free_share(scene, spots.astype(np.float32), ups, radius, FLOOR_RAYS)
        self._share = gaussian_filter(
            share.reshape(FLOOR_CELLS, FLOOR_CELLS), FLOOR_BLUR_CELLS, mode="nearest"
        )

    def open_sky(
        self, x: NDArray[np.float64], z: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Free share of the sky at places on the floor; all of it far away."""
        across, along = (
            np.clip((value / self._reach + 1) / 2, 0, 1) * (FLOOR_CELLS - 1)
            for value in (x, z)
        )
        left = np.minimum(across.astype(np.intp), FLOOR_CELLS - 2)
        near = np.minimum(along.astype(np.intp), FLOOR_CELLS - 2)
        u, v = across - left, along - near
        share = self._share
        mixed = (1 - v) * (
            (1 - u) * share[near, left] + u * share[near, left + 1]
        ) + v * ((1 - u) * share[near + 1, left] + u * share[near + 1, left + 1])
        distance = np.hypot(x, z) / self._reach
        fade = np.clip((1 - distance) / 0.4, 0, 1)
        return np.asarray(1 - (1 - mixed) * fade)


def _free_share(
    scene: RayScene, places: Floats, normals: Floats, radius: float, count: int
) -> Floats:
    """Cast `count` rays from each place, as many to each solid angle as light would come."""
    first, second = tangents(normals)
    starts = (places + normals * np.float32(LIFT * radius)).astype(np.float32)
    free = np.zeros(len(places), np.float32)
    for x, y, z in sky_directions(count):
        rays = first * x + second * y + normals * z
        free += ~scene.blocked(starts, rays, reach=2 * radius)
    return free / np.float32(count)


def sky_directions(count: int) -> Floats:
    """Directions over +Z, as dense as the cosine of their slope (Malley), in a spiral."""
    number = np.arange(count)
    outward = np.sqrt((number + 0.5) / count)
    turn = number * GOLDEN
    return np.column_stack(
        [outward * np.cos(turn), outward * np.sin(turn), np.sqrt(1 - outward**2)]
    ).astype(np.float32)


def tangents(normals: Floats) -> tuple[Floats, Floats]:
    """Two directions square to each normal (Duff and others 2017, without a branch)."""
    x, y, z = normals.T
    sign = np.where(z >= 0, 1, -1).astype(np.float32)
    a = -1 / (sign + z)
    b = x * y * a
    return (
        np.column_stack([1 + sign * x * x * a, sign * b, -sign * x]),
        np.column_stack([b, sign + y * y * a, -y]),
    )


def _carried_over(few: _Seen, surface: Surface, radius: float) -> Floats:
    """Mix the nearest vertices looked at, those that face the same way above all.

    Else the inside of a thin bowl would take its light from the outside.
    """
    tree = cKDTree(few.positions)
    distances, near = tree.query(surface.positions, k=NEIGHBOURS, workers=-1)
    alike = np.einsum("nd,nkd->nk", surface.normals, few.normals[near])
    closeness = 1 / (distances + 1e-3 * radius)
    weights = closeness * (np.clip(alike, 0, 1) ** 2 + 1e-3)
    return np.asarray(
        (weights * few.share[near]).sum(axis=1) / weights.sum(axis=1), np.float32
    )
