"""Many scans are not matched each with each, and still all come together."""

import numpy as np
import pytest

from scans.geometry.rigid import angle_between, inverse
from scans.geometry.scan import Scan
from scans.reconstruction.candidates import ALIKE, choose_pairs
from scans.reconstruction.joining import Trust
from scans.reconstruction.modes import Featured
from scans.reconstruction.registration import Rules, register
from scans.reconstruction.views import view_of
from tests.scans.shapes import RADIUS, scans_of

MANY = 24
VOXEL = 0.006
TRUST = Trust(
    overlap_min=0.3, overlap_in_cycle_min=0.2, conflict_max=0.02, colour_min=0.65
)


@pytest.mark.parametrize("count", [13, 40, 100])
def test_pairs_grow_no_faster_than_scans(count: int) -> None:
    random = np.random.default_rng(0)
    clouds = [
        Featured(np.zeros((50, 3)), np.zeros((50, 3)), random.random((50, 33)))
        for _ in range(count)
    ]
    pairs = choose_pairs(clouds, seed=1)
    assert len(pairs) == len(set(pairs)) <= (ALIKE + 1) * count
    assert all(first < second for first, second in pairs)
    assert {k for pair in pairs for k in pair} == set(range(count))


def test_of_a_few_scans_every_pair_is_tried() -> None:
    clouds = [Featured(np.zeros((9, 3)), np.zeros((9, 3)), np.eye(9))] * 5
    assert len(choose_pairs(clouds, seed=1)) == 10


@pytest.mark.thorough
@pytest.mark.slow
def test_a_ring_of_many_scans_is_closed() -> None:
    made = scans_of(seed=7, count=MANY, points=5_000)
    # In an order that says nothing, so that likeness must find the neighbours.
    order = np.random.default_rng(2).permutation(MANY)
    views = [
        view_of(Scan(f"{k}", "PLY", made[k][0]), coarse_m=VOXEL, finest_m=0.0)
        for k in order
    ]
    found = register(views, Rules(TRUST, VOXEL, 500, 1), lambda _: None)
    assert found.not_placed == []
    assert found.tried <= MANY * (MANY - 1) / 2 / 2
    truth = [made[int(view.name)][1] for view in found.views]
    onto = truth[0] @ inverse(found.poses[0])
    for pose, true in zip(found.poses, truth, strict=True):
        assert np.degrees(angle_between(onto @ pose, true)) < 0.1
        shift = (onto @ pose)[:3, 3] - true[:3, 3]
        # The camera stands six radii off: what a turn does there is not the body's.
        assert np.linalg.norm(shift) < 6 * RADIUS / 500
