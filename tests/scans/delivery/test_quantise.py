"""Rounding: what comes back out of the small integers."""

import numpy as np
import pytest

from scans.delivery.profiles import Profile, read_profiles
from scans.delivery.quantise import (
    linear_light,
    linear_to_srgb,
    quantise,
    quantise_normals,
)
from scans.delivery.simplify import weld
from tests.scans.delivery.solids import sphere

EVERY_BYTE = np.arange(256, dtype=np.uint8)


def test_every_srgb_value_comes_back_from_every_profile() -> None:
    for profile in read_profiles():
        stored = linear_light(EVERY_BYTE, profile.colour_bits)
        shown = np.rint(linear_to_srgb(stored / np.iinfo(stored.dtype).max) * 255)
        np.testing.assert_array_equal(shown, EVERY_BYTE)


def test_known_linear_values() -> None:
    """IEC 61966-2-1: sRGB 128 is 0.2158605 of full light."""
    assert linear_light(np.array([128], np.uint8), 12)[0] / 65535 == pytest.approx(
        0.2158605, abs=1 / 4095
    )


@pytest.mark.parametrize(("bits", "degrees"), [(10, 0.1), (16, 0.02)])
def test_normals_keep_their_direction(bits: int, degrees: float) -> None:
    normals = sphere(1, rings=50, segments=60).vertices.astype(np.float32)
    stored = quantise_normals(normals, bits).astype(np.float64)
    stored /= np.linalg.norm(stored, axis=1, keepdims=True)
    cosines = np.clip(np.einsum("nd,nd->n", stored, normals), -1, 1)
    assert np.rad2deg(np.arccos(cosines)).max() < degrees


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_positions_are_within_half_a_step(bits: int) -> None:
    surface = weld(sphere(0.2, rings=50, segments=60))
    level = quantise(surface, Profile("x", 10**6, 10**6, bits, 8, 8))
    assert level.positions.max() == 2**bits - 1
    off = np.abs(level.metres() - surface.positions)
    assert off.max() <= level.step_m * 0.5001
