"""Walls that lie close together keep their points apart, and each its own normal."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.reconstruction.walls import AROUND, between_walls, told_apart

FloatArray = NDArray[np.float64]

SPACING = 0.001
NOISE = 0.0001
ROUNDING = 0.006  # radius of the lower wall where it bends away


def under_a_lid(seed: int) -> tuple[FloatArray, FloatArray]:
    """A flat lid over a wall that bends away from it from x = 0 on, and true normals."""
    random = np.random.default_rng(seed)
    x, z = random.uniform(0, [0.005, 0.06], (2 * 300, 2)).T
    lid = np.arange(len(x)) % 2 == 0
    bent = np.sqrt(ROUNDING**2 - x**2)
    y = np.where(lid, 0.0, bent - ROUNDING)
    below = np.stack([x, bent, np.zeros_like(x)], axis=1) / ROUNDING
    normals = np.where(lid[:, None], [0.0, -1.0, 0.0], below)
    off = random.normal(size=len(x)) * NOISE
    return np.stack([x, y, z], axis=1) + normals * off[:, None], normals


def apart_of(
    points: FloatArray,
    normals: FloatArray,
    asked: NDArray[np.bool_],
    votes: FloatArray | None = None,
) -> FloatArray:
    votes = np.zeros(len(points)) if votes is None else votes
    tree = cKDTree(points)
    return told_apart(points, normals, tree, asked, votes=votes, spacing=SPACING)


def wrong(normals: FloatArray, truth: FloatArray) -> NDArray[np.bool_]:
    return np.asarray((normals * truth).sum(axis=1) < 0)


@pytest.mark.parametrize("seed", range(3))
def test_signs_go_inwards_with_their_own_wall(seed: int) -> None:
    points, truth = under_a_lid(seed)
    asked = points[:, 0] < 0.0035
    mixed = truth.copy()
    mixed[asked] = [0.0, 1.0, 0.0]  # as one sheet that faces up
    apart = apart_of(points, mixed, asked)
    np.testing.assert_array_equal(apart[~asked], mixed[~asked])
    np.testing.assert_allclose(np.linalg.norm(apart, axis=1), 1.0)
    gap = ROUNDING - np.sqrt(ROUNDING**2 - points[:, 0].clip(0) ** 2)
    clear = asked & (gap > 4 * NOISE)
    assert wrong(mixed, truth)[clear].mean() > 0.4
    assert wrong(apart, truth)[clear].mean() < 0.1


@pytest.mark.parametrize("seed", range(3))
def test_who_is_seen_from_behind_is_turned_and_those_around_too(seed: int) -> None:
    points, truth = under_a_lid(seed)
    asked = np.ones(len(points), dtype=bool)
    seen = points[:, 0] > 0.003
    apart = apart_of(points, -truth, asked, np.where(seen, -4.0, 0.0))
    assert wrong(apart_of(points, -truth, asked), truth)[seen].all()
    assert not wrong(apart, truth)[seen].any()
    around = ~seen & (points[:, 0] > 0.002)
    assert wrong(apart, truth)[around].mean() < 0.15


def test_whom_nearly_all_around_gainsay_is_turned() -> None:
    random = np.random.default_rng(5)
    points = np.hstack([random.uniform(0, 0.06, (3_600, 2)), np.zeros((3_600, 1))])
    points[:, 2] = random.normal(size=len(points)) * NOISE
    truth = np.tile([0.0, 0.0, 1.0], (len(points), 1))
    drawn = random.random(len(points))
    votes = np.where(drawn < 0.02, -4.0, np.where(drawn < 0.8, 4.0, 0.0))
    asked = np.ones(len(points), dtype=bool)
    apart = apart_of(points, truth, asked, votes)
    assert wrong(apart, truth).mean() < 0.002


def test_the_order_of_points_does_not_matter() -> None:
    points, truth = under_a_lid(5)
    asked = points[:, 0] < 0.0035
    mixed = np.where(asked[:, None], [0.0, 1.0, 0.0], truth)
    one = apart_of(points, mixed, asked)
    order = np.random.default_rng(0).permutation(len(points))
    other = apart_of(points[order], mixed[order], asked[order])
    np.testing.assert_allclose(other, one[order], atol=1e-9)


def test_only_places_near_a_wall_that_faces_the_other_way_are_in_doubt() -> None:
    random = np.random.default_rng(2)
    flat = np.hstack(
        [random.uniform(0, [0.15, 0.05], (9_000, 2)), np.zeros((9_000, 1))]
    )
    up = np.tile([0.0, 0.0, 1.0], (len(flat), 1))
    assert not between_walls(flat, up).any()
    over = (flat[:, 0] > 0.02) & (flat[:, 0] < 0.024)
    points = np.vstack([flat, flat[over] + [0.0003, 0.0002, 0.0005]])
    doubted = between_walls(points, np.vstack([up, -up[over]]))
    assert doubted[len(flat) :].all()
    assert doubted[: len(flat)][over].all()
    assert not doubted[: len(flat)][np.abs(flat[:, 0] - 0.022) > 0.01].any()


def test_where_all_is_noise_no_walls_are_sought() -> None:
    random = np.random.default_rng(3)
    points, normals = random.normal(size=(2, 2_000, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    assert not between_walls(points, normals).any()


def test_too_few_points_stay_as_they_are() -> None:
    points, truth = under_a_lid(0)
    points, truth = points[:AROUND], truth[:AROUND]
    asked = np.ones(len(points), dtype=bool)
    assert apart_of(points, truth, asked) is truth
