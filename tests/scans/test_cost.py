"""What a run is expected to take, before anything is read."""

from dataclasses import replace

import pytest

from scans.cost import Load, estimate

STAGES = [
    "read",
    "register",
    "surface",
    "orient",
    "measure",
    "levels",
    "pictures",
    "report",
]
CLOUD = Load(points=1_000_000, scans=1, exact=False)


def seconds(load: Load, *, speed: float = 1.0) -> float:
    return sum(estimate(load, STAGES, speed=speed).values())


def test_a_larger_cloud_takes_longer_but_no_more_than_in_proportion() -> None:
    few, many = seconds(CLOUD), seconds(replace(CLOUD, points=10_000_000))
    assert few < many <= 10 * few


def test_the_octree_bounds_the_surface_of_very_many_points() -> None:
    huge = replace(CLOUD, points=10_000_000)
    assert huge.triangles() == replace(huge, points=100_000_000).triangles()


def test_one_thread_takes_longer() -> None:
    assert seconds(replace(CLOUD, exact=True)) > seconds(CLOUD)


def test_a_slower_machine_takes_longer_in_proportion() -> None:
    assert seconds(CLOUD, speed=3.0) == pytest.approx(3 * seconds(CLOUD))
