"""Spacing and noise of scans whose truth is known."""

import numpy as np
import pytest

from scans.quality.spacing import measure_points
from tests.scans.shapes import RADIUS, any_motion, sphere

SPACING = 0.001


def sheet(side: int, *, bend: float = 0.0) -> np.ndarray:
    """A square grid of points a millimetre apart, bent to a cylinder of 1 / bend metres."""
    x, y = (grid.ravel() * SPACING for grid in np.meshgrid(*[np.arange(side)] * 2))
    return np.column_stack([x, y, bend / 2 * (x - x.mean()) ** 2])


def test_a_grid_has_its_own_spacing() -> None:
    spacing = measure_points(sheet(60)).spacing()
    assert spacing is not None
    assert spacing["mean"] == pytest.approx(1.0)
    assert spacing["p95"] == pytest.approx(1.0)


def test_points_written_twice_do_not_bring_the_spacing_to_nothing() -> None:
    spacing = measure_points(np.repeat(sheet(40), 2, axis=0)).spacing()
    assert spacing is not None
    assert spacing["mean"] == pytest.approx(1.0)


@pytest.mark.parametrize("noise_m", [0.00002, 0.0001])
@pytest.mark.parametrize("bend", [0.0, 10.0])
def test_noise_is_found_whether_the_surface_bends_or_not(
    noise_m: float, bend: float
) -> None:
    random = np.random.default_rng(1)
    points = sheet(90, bend=bend)
    points[:, 2] += random.normal(size=len(points)) * noise_m
    measured = measure_points(points).noise_mm
    assert measured == pytest.approx(noise_m * 1000, rel=0.05)


def test_a_round_body_without_noise_has_next_to_none() -> None:
    measured = measure_points(RADIUS * sphere(20_000)).noise_mm
    assert measured is not None
    assert measured < 0.002


def test_figures_do_not_depend_on_where_the_scan_lies() -> None:
    random = np.random.default_rng(2)
    points = sheet(50) + random.normal(size=(2500, 3)) * 0.00005
    motion = any_motion(random)
    moved = points @ motion[:3, :3].T + motion[:3, 3]
    here, there = measure_points(points), measure_points(moved)
    assert here.noise_mm == pytest.approx(there.noise_mm, rel=1e-6)
    np.testing.assert_allclose(here.distances, there.distances, rtol=1e-6)


def test_slices_of_a_large_scan_tell_the_same() -> None:
    points = sheet(400)
    points[:, 2] += np.random.default_rng(4).normal(size=len(points)) * 0.00005
    figures = measure_points(points)
    spacing = figures.spacing()
    assert spacing is not None
    assert spacing["mean"] == pytest.approx(1.0, rel=0.01)
    assert figures.noise_mm == pytest.approx(0.05, rel=0.05)
    assert figures.points == 160_000


@pytest.mark.parametrize("count", [1, 2, 50])
def test_a_handful_of_points_has_no_noise(count: int) -> None:
    figures = measure_points(sheet(10)[:count])
    assert figures.noise_mm is None
    assert (figures.spacing() is None) == (count == 1)
