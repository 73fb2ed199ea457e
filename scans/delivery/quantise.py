"""Positions, normals and colours as the small integers that a level stores.

`KHR_mesh_quantization` lets attributes be integers; one node scales them back. The step is
the same along x, y and z, so that normals need no correction.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.delivery.profiles import Profile
from scans.delivery.simplify import Surface


@dataclass(frozen=True)
class Level:
    """One level, ready to be written.

    positions (n, 3) uint16; normals (n, 3) int8 or int16; colours (n, 3) uint8 or uint16,
    linear light, or None; triangles (m, 3); metres = positions * step_m + origin_m
    """

    profile: Profile
    positions: NDArray[np.uint16]
    normals: NDArray[np.int8] | NDArray[np.int16]
    colours: NDArray[np.uint8] | NDArray[np.uint16] | None
    triangles: NDArray[np.uint16] | NDArray[np.uint32]
    step_m: float
    origin_m: tuple[float, float, float]

    def metres(self) -> NDArray[np.float64]:
        """Positions as a viewer will place them."""
        return np.asarray(self.positions * self.step_m + np.array(self.origin_m))


def quantise(surface: Surface, profile: Profile) -> Level:
    """Round a surface to the profile's bits."""
    low = surface.positions.min(axis=0).astype(np.float64)
    extent = float(np.ptp(surface.positions, axis=0).max())
    step = extent / (2**profile.position_bits - 1)
    steps = np.rint((surface.positions - low) / step)
    return Level(
        profile=profile,
        positions=steps.astype(np.uint16),
        normals=quantise_normals(surface.normals, profile.normal_bits),
        colours=None
        if surface.colours is None
        else linear_light(surface.colours, profile.colour_bits),
        triangles=_narrowest(surface.triangles, len(surface.positions)),
        step_m=step,
        origin_m=(float(low[0]), float(low[1]), float(low[2])),
    )


def quantise_normals(
    normals: NDArray[np.float32], bits: int
) -> NDArray[np.int8] | NDArray[np.int16]:
    """Round unit vectors to `bits`, kept in the top bits of their store."""
    if bits <= 8:
        return np.asarray(np.rint(normals * 127), np.int8)
    top = 2 ** (bits - 1) - 1
    return np.asarray(np.rint(np.rint(normals * top) / top * 32767), np.int16)


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


def _narrowest(
    triangles: NDArray[np.uint32], vertex_count: int
) -> NDArray[np.uint16] | NDArray[np.uint32]:
    # 65535 would be the primitive restart value (glTF 2.0 section 3.7.2.1).
    return triangles.astype(np.uint16) if vertex_count < 65535 else triangles
