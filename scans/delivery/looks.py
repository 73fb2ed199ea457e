"""What is seen of a master, and of a finished level as an engine would show it."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scans.delivery.bake import Master, colour_at, normal_at
from scans.delivery.frames import frames_of
from scans.delivery.maps import Maps, decoded_normals, light_of
from scans.delivery.paintings import looked_up, shrunk, texels_at
from scans.delivery.rays import Hits, RayScene
from scans.delivery.simplify import Surface
from scans.imaging.ambient import open_sky

UNPAINTED = 0.5  # light reflected where nothing has a colour
PAINTED_TEXELS = 2.5e6  # four times the pixels of a view, which shows a part only

Floats = NDArray[np.float32]
Mips = Sequence[NDArray[np.uint8]]
Lookup = Callable[[NDArray[np.uint8], Floats], Floats]


class Look(Protocol):
    """Something that can be rendered."""

    surface: Surface
    scene: RayScene

    def seen(self, hits: Hits, pixel_m: Floats) -> tuple[Floats, Floats]:
        """Light reflected, (k, 3) or (k, 1) for a grey, and unit normals, (k, 3), at hits.

        pixel_m : (k,) how large a pixel is there
        """

    def sky(self, triangles: NDArray[np.uint32], weights: Floats) -> Floats:
        """Share of the sky that is free at places on triangles, (k,)."""


class MasterLook:
    """The master as it is."""

    def __init__(self, master: Master, scene: RayScene) -> None:
        self.surface, self.scene = master.surface, scene
        self._master = master
        if master.painting is not None:
            # About as many texels as pixels show the whole surface: no finer ones flicker.
            fitting = shrunk(master.painting, PAINTED_TEXELS)
            self._master = Master(master.surface, fitting)

    @cached_property
    def _free(self) -> Floats:
        radius = float(np.linalg.norm(np.ptp(self.surface.positions, axis=0))) / 2
        return open_sky(self.surface, self.scene, radius)

    def sky(self, triangles: NDArray[np.uint32], weights: Floats) -> Floats:
        corners = self.surface.triangles[triangles]
        free = np.einsum("kc,kc->k", self._free[corners], weights)
        return np.asarray(free, np.float32)

    def seen(self, hits: Hits, pixel_m: Floats) -> tuple[Floats, Floats]:
        light = np.full((len(hits.triangles), 1), UNPAINTED, np.float32)
        if self._master.is_coloured:
            light = colour_at(
                self._master, hits.triangles.astype(np.int64), hits.weights
            )
        normals = normal_at(self.surface, hits.triangles.astype(np.int64), hits.weights)
        return light, normals


class LevelLook:
    """A finished level: colours of vertices or maps, as an engine would show it."""

    def __init__(self, surface: Surface, maps: Maps) -> None:
        self.surface, self._maps = surface, maps
        self.scene = RayScene(surface.positions, surface.triangles)
        self._colour = _chain(maps.colour, lambda size: maps.at(colour=size).colour)
        self._normal = _chain(maps.normal, lambda size: maps.at(normal=size).normal)
        self._map_side_m = 1.0
        if surface.uvs is not None:
            self._tangents = frames_of(surface, surface.normals).tangents
            self._map_side_m = _map_side_m(surface)

    @property
    def has_sky(self) -> bool:
        """Whether the file says where the sky is hidden."""
        return self._maps.occlusion is not None

    def sky(self, triangles: NDArray[np.uint32], weights: Floats) -> Floats:
        if self._maps.occlusion is None:
            return np.ones(len(triangles), np.float32)
        corners = self.surface.triangles[triangles]
        uvs = _mixed(self.surface.on_map(), corners, weights)
        shades = _between(self._maps.occlusion[:, :, None], uvs)
        return np.asarray(shades[:, 0] / np.float32(255))

    def seen(self, hits: Hits, pixel_m: Floats) -> tuple[Floats, Floats]:
        corners = self.surface.triangles[hits.triangles]
        normals = _mixed(self.surface.normals, corners, hits.weights)
        light = np.full((len(corners), 1), UNPAINTED, np.float32)
        if self.surface.colours is not None:
            light = _mixed(light_of(self.surface.colours), corners, hits.weights)
        if self.surface.uvs is not None:
            uvs = _mixed(self.surface.uvs, corners, hits.weights)
            size_uv = pixel_m / np.float32(self._map_side_m)
            if self._colour:
                light = _through(self._colour, uvs, size_uv, looked_up)
            if self._normal:
                stored = _through(self._normal, uvs, size_uv, _vectors)
                normals = self._bent(normals, stored, corners, hits.weights)
        return light, _unit(normals)

    def _bent(
        self,
        normals: Floats,
        stored: Floats,
        corners: NDArray[np.uint32],
        weights: Floats,
    ) -> Floats:
        normals = _unit(normals)
        tangents = _mixed(self._tangents, corners, weights)
        across = np.einsum("kd,kd->k", tangents, normals)
        tangents = _unit(tangents - normals * across[:, None])
        upwards = np.cross(normals, tangents)
        return np.asarray(
            tangents * stored[:, :1]
            + upwards * stored[:, 1:2]
            + normals * stored[:, 2:]
        )


def _chain(
    picture: NDArray[np.uint8] | None,
    at: Callable[[int], NDArray[np.uint8] | None],
) -> list[NDArray[np.uint8]]:
    chain: list[NDArray[np.uint8]] = []
    while picture is not None:
        chain.append(picture)
        if len(picture) <= 16 or len(picture) % 2:
            break
        picture = at(len(picture) // 2)
    return chain


def _through(mips: Mips, uvs: Floats, size_uv: Floats, lookup: Lookup) -> Floats:
    """Look up each place in the mip whose texels are about as large as a pixel."""
    texels = np.maximum(size_uv * len(mips[0]), 1)
    wanted = np.clip(np.rint(np.log2(texels)), 0, len(mips) - 1).astype(np.intp)
    found = np.zeros((len(uvs), 3), np.float32)
    for number, mip in enumerate(mips):
        here = np.flatnonzero(wanted == number)
        if len(here):
            found[here] = lookup(mip, uvs[here])
    return found


def _between(picture: NDArray[np.uint8], uvs: Floats) -> Floats:
    """Values 0..255 between the four texels about each place."""
    size, channels = len(picture), picture.shape[2]
    place = np.clip(uvs.T * np.float32(size) - np.float32(0.5), 0, size - 1.001)
    low = place.astype(np.intp)
    u, v = place - low
    x, y = low
    corners = [
        texels_at(picture, y + down, x + right)
        for down, right in ((0, 0), (0, 1), (1, 0), (1, 1))
    ]
    found = np.zeros((channels, len(uvs)), np.float32)
    for channel in range(channels):  # sums over rows of three are slow
        one, two, three, four = (levels[:, channel] for levels in corners)
        above = one * (1 - u) + two * u
        below = three * (1 - u) + four * u
        found[channel] = above * (1 - v) + below * v
    return np.ascontiguousarray(found.T)


def _vectors(picture: NDArray[np.uint8], uvs: Floats) -> Floats:
    return decoded_normals(_between(picture, uvs))


def _map_side_m(surface: Surface) -> float:
    """Length on the surface of the map's side, metres."""
    uvs, corners = surface.on_map(), surface.triangles
    a, b, c = (surface.positions[corners[:, k]] for k in range(3))
    u, v, w = (uvs[corners[:, k]] for k in range(3))
    along, other = v - u, w - u
    shown = np.abs(along[:, 0] * other[:, 1] - along[:, 1] * other[:, 0]).sum()
    real = np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()
    return float(np.sqrt(real / max(float(shown), 1e-30)))


def _mixed(values: Floats, corners: NDArray[np.uint32], weights: Floats) -> Floats:
    held = values.take(corners, axis=0)
    return np.asarray(np.einsum("kc,kcd->kd", weights, held), np.float32)


def _unit(vectors: Floats) -> Floats:
    lengths = np.sqrt(np.einsum("kd,kd->k", vectors, vectors))[:, None]
    return np.asarray(vectors / np.maximum(lengths, np.float32(1e-20)), np.float32)
