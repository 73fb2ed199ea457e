"""Positions, normals, colours and map coordinates as the small integers that a level stores.

`KHR_mesh_quantization` lets attributes be integers; one node scales them back. The step is
the same along x, y and z, so that normals need no correction. Coordinates on maps are
scaled back by `KHR_texture_transform`. A level that readers without extensions understand
stores floats instead.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.delivery.profiles import Profile
from scans.delivery.simplify import Surface

SHARE_OF_ACCURACY = 0.25  # of the master's accuracy that rounding may take
MOST_BITS = 16
SUBPIXEL_BITS = 3  # coordinates on maps are kept to an eighth of a pixel
OCTAHEDRAL_BITS = 8  # up to this many, normals are stored as an octahedron's unfolding
PLAIN_UV_BITS = 16

Places = NDArray[np.uint16] | NDArray[np.float32]


@dataclass(frozen=True)
class Level:
    """One level, ready to be written.

    positions (n, 3) uint16 or float32; normals (n, 3) int16, or float32 (plain, or rounded
    by the octahedral filter as the file is written); colours (n, 3) uint8 or uint16,
    linear light, or None; triangles (m, 3); metres = positions * step_m + origin_m;
    uvs (n, 2) uint16 or None; places on the maps = uvs * uv_step; tangents (n, 4), as
    normals, where a normal map asks for them
    """

    profile: Profile
    positions: Places
    normals: NDArray[np.int16] | NDArray[np.float32]
    colours: NDArray[np.uint8] | NDArray[np.uint16] | None
    triangles: NDArray[np.uint16] | NDArray[np.uint32]
    step_m: float
    origin_m: tuple[float, float, float]
    uvs: NDArray[np.uint16] | None = None
    uv_step: float = 1.0
    tangents: NDArray[np.int16] | NDArray[np.float32] | None = None

    def metres(self) -> NDArray[np.float64]:
        """Positions as a viewer will place them."""
        places = self.positions.astype(np.float64)
        return np.asarray(places * self.step_m + np.array(self.origin_m))


def quantise(
    surface: Surface,
    profile: Profile,
    *,
    accuracy_m: float = 0.0,
    map_px: int = 0,
    tangents: NDArray[np.float32] | None = None,
) -> Level:
    """Round a surface to the profile's bits.

    accuracy_m : the master's, or 0 where none is known; rounding takes at most a quarter
    map_px     : edge of the largest map, for the coordinates on it; 0 leaves them out
    tangents   : (n, 3) unit, along growing u, for a normal map, or None
    """
    positions, step, origin = _places(surface, profile, accuracy_m)
    uvs, uv_step = None, 1.0
    if map_px and surface.uvs is not None:
        uvs, uv_step = _coordinates(surface.uvs, profile, map_px)
    unpainted = surface.colours is None or uvs is not None
    return Level(
        profile=profile,
        positions=positions,
        normals=quantise_normals(surface.normals, profile.normal_bits),
        colours=None
        if unpainted or surface.colours is None
        else linear_light(surface.colours, profile.colour_bits),
        triangles=_narrowest(surface.triangles, len(surface.positions)),
        step_m=step,
        origin_m=origin,
        uvs=uvs,
        uv_step=uv_step,
        tangents=None if tangents is None else _quantised_tangents(tangents, profile),
    )


def bits_for(extent_m: float, accuracy_m: float) -> int:
    """Steps along `extent_m`, as bits, that keep rounding to a quarter of the accuracy."""
    if accuracy_m <= 0:
        return 0
    step = (
        accuracy_m * SHARE_OF_ACCURACY * 2 / np.sqrt(3)
    )  # half a step along each axis
    return int(np.ceil(np.log2(extent_m / step + 1)))


def rounding_m(level: Level) -> float:
    """The farthest that rounding can have moved a vertex, metres."""
    if level.positions.dtype == np.float32:
        # Stored as the surface has them, to the last bit.
        return float(np.abs(level.positions).max() * np.finfo(np.float32).eps)
    return level.step_m * float(np.sqrt(3)) / 2


def quantise_normals(
    normals: NDArray[np.float32], bits: int
) -> NDArray[np.int16] | NDArray[np.float32]:
    """Round unit vectors to `bits`, kept in the top bits of 16; few bits stay floats."""
    if bits <= OCTAHEDRAL_BITS:
        return normals
    top = 2 ** (bits - 1) - 1
    return np.asarray(np.rint(np.rint(normals * top) / top * 32767), np.int16)


def _quantised_tangents(
    tangents: NDArray[np.float32], profile: Profile
) -> NDArray[np.int16] | NDArray[np.float32]:
    # No chart is mirrored: upwards on the map is always cross(normal, tangent).
    handed = np.ones((len(tangents), 1), np.float32)
    if profile.normal_bits <= OCTAHEDRAL_BITS:
        return np.hstack([tangents, handed])
    rounded = quantise_normals(tangents, profile.normal_bits).astype(np.int16)
    return np.hstack([rounded, (handed * 32767).astype(np.int16)])


def linear_light(
    colours: NDArray[np.uint8], bits: int
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Turn sRGB bytes to linear light, as glTF 2.0 section 3.7.2.1 wants COLOR_0."""
    table = srgb_to_linear(np.arange(256) / 255)
    if bits <= 8:
        return np.asarray(np.rint(table * 255)[colours], np.uint8)
    top = 2**bits - 1
    return np.asarray(np.rint(np.rint(table * top) / top * 65535)[colours], np.uint16)


def srgb_to_linear(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """IEC 61966-2-1: encoded values 0..1 to linear light."""
    return np.where(
        values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4
    )


def linear_to_srgb(values: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """IEC 61966-2-1: linear light 0..1 to encoded values."""
    return np.where(
        values <= 0.0031308,
        values * 12.92,
        1.055 * np.maximum(values, 0) ** (1 / 2.4) - 0.055,
    )


def _places(
    surface: Surface, profile: Profile, accuracy_m: float
) -> tuple[Places, float, tuple[float, float, float]]:
    low = surface.positions.min(axis=0).astype(np.float64)
    extent = float(np.ptp(surface.positions, axis=0).max())
    bits = max(profile.position_bits, bits_for(extent, accuracy_m))
    if not profile.is_packed or bits > MOST_BITS:
        return surface.positions, 1.0, (0.0, 0.0, 0.0)
    step = extent / (2**bits - 1)
    steps = np.rint((surface.positions - low) / step).astype(np.uint16)
    return steps, step, (float(low[0]), float(low[1]), float(low[2]))


def _coordinates(
    places: NDArray[np.float32], profile: Profile, map_px: int
) -> tuple[NDArray[np.uint16], float]:
    bits = int(np.log2(map_px)) + SUBPIXEL_BITS if profile.is_packed else PLAIN_UV_BITS
    top = 2 ** min(bits, MOST_BITS) - 1
    uvs = np.rint(np.clip(places, 0, 1) * top)
    return uvs.astype(np.uint16), 1 / top


def _narrowest(
    triangles: NDArray[np.uint32], vertex_count: int
) -> NDArray[np.uint16] | NDArray[np.uint32]:
    # 65535 would be the primitive restart value (glTF 2.0 section 3.7.2.1).
    return triangles.astype(np.uint16) if vertex_count < 65535 else triangles
