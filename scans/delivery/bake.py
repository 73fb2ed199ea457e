"""Bake a master's appearance into maps over a coarser surface: what each texel would show.

A ray goes from a cage outside the surface inwards along its interpolated normal, and takes
what it meets of the master first; where it meets nothing, or the back of something, the
nearest place counts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scans.delivery.frames import Frames
from scans.delivery.maps import FLAT, Maps, encoded_normals, light_of, stored_levels
from scans.delivery.paintings import Painting, light_on, shrunk
from scans.delivery.rays import RayScene
from scans.delivery.simplify import Surface, simplify
from scans.delivery.texels import Texels, filled, show_texels
from scans.imaging.ambient import sky_directions, tangents

PIECE = 400_000  # texels at a time: some 100 MB of arrays
PROBES = (
    60_000  # vertices of the master whose distance tells how far off the cage must be
)
CAGE_ROOM = 1.5  # times the largest distance found among them
CAGE_LEAST, CAGE_MOST = 1e-4, 0.02  # of the diagonal
UPRIGHT = 0.05  # least z of a stored normal: none may look into the surface
OCCLUSION_PX = 64, 512  # least and most: light and shade of hollows changes slowly
SKY_RAYS = 64
LIFT = 1e-3  # of the diagonal: clear of the triangle that a ray starts from
# A stock for levels saves time where the master is more than LARGE times as fine; it is
# at least FINER times as fine as they are.
STOCK_TRIANGLES, LARGE, FINER = 400_000, 2.0, 2.5

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Master:
    """What is baked: a surface and, where it came with pictures, those."""

    surface: Surface
    painting: Painting | None = None

    @property
    def is_coloured(self) -> bool:
        """Whether there is any colour to keep."""
        return self.surface.colours is not None or self.painting is not None

    @cached_property
    def scene(self) -> RayScene:
        """Its surface, to be asked with rays: a quarter of a gigabyte, so made once."""
        return RayScene(self.surface.positions, self.surface.triangles)

    def source(self, triangles: int) -> Surface:
        """What a level of so many triangles is simplified from.

        A coarse level of a large master comes from a stock that was made once: each takes
        a third of the time. It lies off by 4 % more than from the master itself, less
        than that by which it keeps nearer than the textbook's.
        """
        is_large = len(self.surface.triangles) > LARGE * STOCK_TRIANGLES
        is_coarse = 0 < FINER * triangles <= STOCK_TRIANGLES
        return self._stock if is_large and is_coarse else self.surface

    @cached_property
    def _stock(self) -> Surface:
        return simplify(self.surface, STOCK_TRIANGLES, harder=False)


def bake(
    base: Surface, frames: Frames, master: Master, *, size: int, progress: Progress
) -> Maps:
    """Bake all maps, colour and normals of `size` texels square.

    base   : with `uvs` and its own normals, along which the rays go
    frames : of base's vertices, in which the normal map speaks
    """
    texels = show_texels(base.on_map(), base.triangles, size)
    scene = master.scene
    occlusion = _occlusion(base, scene, _occlusion_px(size))
    progress(0.4)
    normal = np.zeros((len(texels.numbers), 3), np.uint8)
    light = (
        np.zeros((len(texels.numbers), 3), np.float32) if master.is_coloured else None
    )
    cage = cage_distance(base, master.surface)
    source = _sized(master, len(texels.numbers))
    for piece, part in _pieces(texels):
        triangles, weights = _met(base, part, scene, cage)
        normal[piece] = _turned(master.surface, frames, base, part, triangles, weights)
        if light is not None:
            light[piece] = colour_at(source, triangles, weights)
        progress(0.4 + 0.5 * piece.stop / max(len(texels.numbers), 1))
    covered = texels.covered()
    return Maps(
        colour=None if light is None else _colour_map(texels, light, covered),
        normal=_normal_map(texels, normal, covered),
        occlusion=occlusion,
    )


def _occlusion_px(size: int) -> int:
    """A quarter of the other maps' edge, within limits and never more than those."""
    least, most = OCCLUSION_PX
    return min(size, max(least, min(most, size // 4)))


def cage_distance(base: Surface, master: Surface) -> float:
    """How far outside the base the rays must start to be outside the master, metres."""
    diagonal = float(np.linalg.norm(np.ptp(master.positions, axis=0)))
    step = max(1, len(master.positions) // PROBES)
    scene = RayScene(base.positions, base.triangles)
    apart = float(scene.distances(master.positions[::step]).max())
    return float(
        np.clip(CAGE_ROOM * apart, CAGE_LEAST * diagonal, CAGE_MOST * diagonal)
    )


def colour_at(master: Master, triangles: Indices, weights: Floats) -> Floats:
    """Light that the master reflects at places on its triangles, (k, 3)."""
    surface = master.surface
    light = np.ones((len(triangles), 3), np.float32)
    if surface.colours is not None:
        corners = light_of(surface.colours[surface.triangles[triangles]])
        light = np.einsum("kc,kcd->kd", weights, corners)
    if master.painting is not None:
        light = light_on(master.painting, triangles, weights, light)
    return light


def normal_at(surface: Surface, triangles: Indices, weights: Floats) -> Floats:
    """Interpolated unit normals at places on triangles, (k, 3)."""
    corners = surface.normals[surface.triangles[triangles]]
    return _unit(np.einsum("kc,kcd->kd", weights, corners))


def _sized(master: Master, texels: int) -> Master:
    if master.painting is None:
        return master
    return Master(master.surface, shrunk(master.painting, texels))


def _pieces(texels: Texels) -> Iterator[tuple[slice, Texels]]:
    for start in range(0, len(texels.numbers), PIECE):
        piece = slice(start, min(start + PIECE, len(texels.numbers)))
        yield piece, texels.part(piece)


def _met(
    base: Surface, texels: Texels, scene: RayScene, cage: float
) -> tuple[Indices, Floats]:
    """The triangle of the master, and the weights on it, that each texel shows."""
    corners = base.triangles.astype(np.int64)
    places = texels.mixed(base.positions, corners)
    outwards = _unit(texels.mixed(base.normals, corners))
    hits = scene.cast(places + outwards * np.float32(cage), -outwards)
    good = hits.distances <= 2 * cage
    good &= (hits.facing * outwards[hits.rays]).sum(axis=1) > 0
    triangles = np.zeros(len(places), np.int64)
    weights = np.zeros((len(places), 3), np.float32)
    triangles[hits.rays[good]] = hits.triangles[good]
    weights[hits.rays[good]] = hits.weights[good]
    missed = np.ones(len(places), bool)
    missed[hits.rays[good]] = False
    if missed.any():
        nearest = scene.nearest(places[missed])
        triangles[missed], weights[missed] = nearest.triangles, nearest.weights
    return triangles, weights


def _turned(
    master: Surface,
    frames: Frames,
    base: Surface,
    texels: Texels,
    triangles: Indices,
    weights: Floats,
) -> NDArray[np.uint8]:
    """The master's normals as a normal map stores them, (k, 3)."""
    corners = base.triangles.astype(np.int64)
    true = normal_at(master, triangles, weights)
    normal = _unit(texels.mixed(frames.normals, corners))
    tangent = texels.mixed(frames.tangents, corners)
    tangent = _unit(tangent - normal * (tangent * normal).sum(axis=1, keepdims=True))
    upward = np.cross(normal, tangent)
    stored = np.stack(
        [(true * axis).sum(axis=1) for axis in (tangent, upward, normal)], axis=1
    )
    stored[:, 2] = np.maximum(stored[:, 2], UPRIGHT)
    return encoded_normals(stored)


def _occlusion(base: Surface, scene: RayScene, size: int) -> NDArray[np.uint8]:
    """Share of the sky that each texel sees past the master, cosine-weighted."""
    texels = show_texels(base.on_map(), base.triangles, size)
    corners = base.triangles.astype(np.int64)
    normals = _unit(texels.mixed(base.normals, corners))
    diagonal = np.float32(np.linalg.norm(np.ptp(base.positions, axis=0)))
    starts = texels.mixed(base.positions, corners) + normals * (LIFT * diagonal)
    first, second = tangents(normals)
    free = np.zeros(len(starts), np.float32)
    for x, y, z in sky_directions(SKY_RAYS):
        rays = first * x + second * y + normals * z
        free += ~scene.blocked(starts, rays, reach=float(diagonal))
    picture = texels.picture(free[:, None] / np.float32(SKY_RAYS))
    shades = filled(picture, texels.covered())[:, :, 0]
    return np.asarray(np.rint(shades * 255), np.uint8)


def _colour_map(
    texels: Texels, light: Floats, covered: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    return stored_levels(filled(texels.picture(light), covered))


def _normal_map(
    texels: Texels, normal: NDArray[np.uint8], covered: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    picture = texels.picture(normal.astype(np.float32))
    # What lies far from any chart is flat: the mean of normals is nearly that already.
    picture = filled(picture, covered)
    if not covered.any():
        picture[:] = FLAT
    return np.asarray(np.rint(picture), np.uint8)


def _unit(vectors: Floats) -> Floats:
    lengths = np.sqrt(np.einsum("kd,kd->k", vectors, vectors))[:, None]
    return np.asarray(vectors / np.maximum(lengths, np.float32(1e-20)), np.float32)
