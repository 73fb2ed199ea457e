"""Spacing tells how much surface a point has to itself, however the points lie."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from scans.geometry.spacing import COUNTED, point_spacing

Lay = Callable[[int], NDArray[np.float64]]

PITCH = 0.002


def square(side: int) -> NDArray[np.float64]:
    across = np.arange(side) * PITCH
    x, y = np.meshgrid(across, across)
    return np.stack([x.ravel(), y.ravel(), np.zeros(side**2)], axis=1)


def hexagons(side: int) -> NDArray[np.float64]:
    """One point on each PITCH squared, in rows that are offset."""
    points = square(side)
    points[:, 0] += (np.rint(points[:, 1] / PITCH) % 2) * PITCH / 2
    return np.asarray(points * [np.sqrt(2 / 3**0.5), np.sqrt(3**0.5 / 2), 1.0])


def at_random(side: int) -> NDArray[np.float64]:
    places = np.random.default_rng(0).random((side**2, 2)) * side * PITCH
    return np.hstack([places, np.zeros((side**2, 1))])


@pytest.mark.parametrize("lay", [square, hexagons, at_random])
def test_a_point_s_own_surface_is_told_however_points_lie(lay: Lay) -> None:
    assert point_spacing(lay(100)) == pytest.approx(PITCH, rel=0.06)


def test_turning_and_moving_change_nothing() -> None:
    turned = square(60)[:, [2, 0, 1]] + 5.0
    assert point_spacing(turned) == pytest.approx(point_spacing(square(60)))


def test_points_written_several_times_count_once() -> None:
    again = np.repeat(square(60), 3, axis=0)
    assert point_spacing(again) == pytest.approx(PITCH, rel=0.15)


def test_a_rough_surface_is_as_dense_as_a_smooth_one() -> None:
    rough = at_random(100)
    rough[:, 2] = np.random.default_rng(1).normal(size=len(rough)) * 0.2 * PITCH
    assert point_spacing(rough) == pytest.approx(PITCH, rel=0.06)


def test_few_points_still_have_a_spacing_and_one_place_has_none() -> None:
    assert 0 < point_spacing(square(2)) < 3 * PITCH
    assert point_spacing(np.zeros((1, 3))) == 0.0
    assert point_spacing(np.zeros((COUNTED * 3, 3))) == 0.0
