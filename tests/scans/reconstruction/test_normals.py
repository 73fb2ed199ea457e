"""Normals point outwards though nobody says from where a cloud was seen."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.forms import build_form
from scans.forms.dense import sample
from scans.reconstruction import normals as module
from scans.reconstruction.flooding import MOST_CELLS, air_side, flooded
from scans.reconstruction.normals import local_planes, oriented_all_round
from scans.reconstruction.signs import agreement
from tests.scans.shapes import any_motion, body, sphere

FloatArray = NDArray[np.float64]

WRONG_MAX = 0.005
LID_WRONG_MAX = 0.011  # 0.0092; 0.0134 while those who are seen were not heard


def hollow_ball(count: int, *, wall: float) -> tuple[FloatArray, FloatArray]:
    """A ball's outside and inside with a round mouth on top, and true normals."""
    directions = sphere(count)
    directions = directions[directions[:, 2] < 0.8]
    outside, inside = directions * 0.1, directions * (0.1 - wall)
    return np.vstack([outside, inside]), np.vstack([directions, -directions])


def oriented(points: FloatArray) -> FloatArray:
    planes = local_planes(points, cKDTree(points))
    return oriented_all_round(points, planes.normals)


def wrong(points: FloatArray, truth: FloatArray) -> float:
    return float(((oriented(points) * truth).sum(axis=1) < 0).mean())


@pytest.mark.parametrize("seed", range(2))
def test_a_lumpy_body_faces_outwards(seed: int) -> None:
    points = body(sphere(12_000), seed)
    noise = np.random.default_rng(seed).normal(size=points.shape) * 2e-4
    assert wrong(points + noise, points) <= WRONG_MAX


def test_a_thin_walled_vessel_faces_outwards_on_both_sides() -> None:
    assert wrong(*hollow_ball(20_000, wall=0.012)) <= WRONG_MAX


def test_the_air_in_a_vessel_is_outside_though_its_wall_has_gaps() -> None:
    points, truth = hollow_ball(20_000, wall=0.012)
    inside = (points * truth).sum(axis=1) < 0
    seen = (points[:, 2] < 0.07) | (points[:, 2] > 0.076) | ~inside
    side = air_side(points[seen], truth[seen], 0.002)
    assert (side == 1).mean() > 0.95
    assert (side == -1).mean() <= WRONG_MAX


# Points lie 1.5 mm apart; the rim of the vase in relief is 2 mm thick, and under its
# dragon the walls come together.
@pytest.mark.parametrize(
    "kind", [pytest.param("vase", marks=pytest.mark.thorough), "plain-vase"]
)
def test_the_belly_of_a_vase_faces_its_own_air(kind: str) -> None:
    pieces = list(sample(build_form(kind, 1), 60_000, noise_m=1e-4, seed=1))
    points = np.vstack([piece.points for piece in pieces])
    truth = np.vstack([piece.normals for piece in pieces])
    assert wrong(points, truth) <= WRONG_MAX


# The edge of the lid is seen from outside; where lid and rim all but touch, nobody could
# tell some 0.3 % of the points.
def test_the_lid_of_a_casket_faces_outwards() -> None:
    pieces = list(sample(build_form("casket", 1), 40_000, noise_m=1e-4, seed=1))
    points = np.vstack([piece.points for piece in pieces])
    truth = np.vstack([piece.normals for piece in pieces])
    assert wrong(points, truth) <= LID_WRONG_MAX


def test_a_sheet_open_to_both_sides_is_left_undecided() -> None:
    flat = np.random.default_rng(1).random((4_000, 3)) * [0.1, 0.1, 0.0]
    up = np.tile([0.0, 0.0, 1.0], (len(flat), 1))
    assert not air_side(flat, up, 0.002).any()


def test_a_far_outlier_does_not_make_the_flood_s_grid_grow() -> None:
    points, _ = hollow_ball(4_000, wall=0.02)
    flood = flooded(np.vstack([points, [[900.0, 0.0, 0.0]]]), 0.002)
    assert flood.free.size <= MOST_CELLS


def test_turning_the_cloud_changes_nothing() -> None:
    points, truth = hollow_ball(8_000, wall=0.02)
    turn = any_motion(np.random.default_rng(3))[:3, :3]
    assert wrong(points @ turn.T, truth @ turn.T) <= WRONG_MAX


def test_a_sample_gives_the_others_their_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ORIENT_SAMPLE", 4_000)
    monkeypatch.setattr(module, "CHUNK", 3_000)
    points = body(sphere(16_000), 5)
    assert wrong(points, points) <= WRONG_MAX


def test_signs_run_round_an_edge_and_turn_through_a_wall() -> None:
    up, side = np.array([[0.0, 0, 1]]), np.array([[1.0, 0, 0]])
    here = np.zeros((1, 3))
    round_the_edge = agreement(here, up, np.array([[1.0, 0, -1]]), side, near=0.1)
    through = agreement(here, up, np.array([[0.0, 0, -1]]), up, near=0.1)
    along = agreement(here, up, np.array([[1.0, 0, 0]]), up, near=0.1)
    assert (round_the_edge[0], through[0], along[0]) == pytest.approx((1, -1, 1))


def test_few_points_are_left_as_they_are() -> None:
    normals = np.eye(3)
    np.testing.assert_array_equal(oriented_all_round(np.eye(3), normals), normals)
