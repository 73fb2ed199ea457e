"""One scan settles on another, from each of several starts as from that one alone."""

import numpy as np
import pytest

from scans.geometry.rigid import FloatArray, from_parts, from_twist, inverse
from scans.geometry.scan import Scan
from scans.reconstruction.polish import FROM_AFAR, polish, polish_all
from scans.reconstruction.views import View, view_of
from tests.scans.shapes import scans_of

VOXEL = 0.0035


@pytest.fixture(scope="module")
def pair() -> tuple[View, View, FloatArray]:
    (one, first_pose), (other, second_pose) = scans_of(seed=7, count=6)[:2]
    views = [
        view_of(Scan(name, "PLY", cloud), coarse_m=VOXEL, finest_m=0.0)
        for name, cloud in (("one", one), ("other", other))
    ]
    return views[0], views[1], inverse(second_pose) @ first_pose


def test_starts_nearby_end_at_the_truth(pair: tuple[View, View, FloatArray]) -> None:
    first, second, truth = pair
    random = np.random.default_rng(3)
    middle = from_parts(np.eye(3), first.points.mean(axis=0))
    twists = random.normal(0, [0.02] * 3 + [VOXEL / 2] * 3, (5, 6))
    starts = [truth @ middle @ from_twist(t) @ inverse(middle) for t in twists]
    found = polish_all(first, second, starts, voxel=VOXEL, reaches=FROM_AFAR)
    found = polish_all(first, second, found, voxel=VOXEL)
    assert np.abs(found - truth).max() < 1e-3
    for start, motion in zip(starts, found, strict=True):
        alone = polish(first, second, start, voxel=VOXEL, reaches=FROM_AFAR)
        assert np.abs(polish(first, second, alone, voxel=VOXEL) - motion).max() < 1e-9


def test_one_that_parts_stays_and_holds_no_other_up(
    pair: tuple[View, View, FloatArray],
) -> None:
    first, second, truth = pair
    away = truth.copy()
    away[:3, 3] += 10.0
    found = polish_all(first, second, [away, truth], voxel=VOXEL)
    assert found[0] == pytest.approx(away)
    assert found[1] == pytest.approx(polish(first, second, truth, voxel=VOXEL))


def test_without_a_start_nothing_is_found(
    pair: tuple[View, View, FloatArray],
) -> None:
    first, second, _ = pair
    assert len(polish_all(first, second, [], voxel=VOXEL)) == 0
