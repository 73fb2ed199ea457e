"""Scans of unknown pose come together, whatever their order; strangers stay out."""

import numpy as np
import pytest

from scans.geometry.rigid import FloatArray, angle_between, carry, inverse
from scans.geometry.scan import Scan
from scans.reconstruction.pairs import match_pairs
from scans.reconstruction.placing import NotPlaced, Trust, place
from scans.reconstruction.refine import refine
from scans.reconstruction.views import View, view_of
from tests.scans.shapes import RADIUS, scans_of

VOXEL = 0.0035
TRUST = Trust(
    overlap_min=0.3, overlap_in_cycle_min=0.2, conflict_max=0.02, colour_min=0.65
)
SEED = 1


def views_of(clouds: list[FloatArray]) -> list[View]:
    scans = [Scan(f"scan-{k}", "PLY", cloud) for k, cloud in enumerate(clouds)]
    return [view_of(scan, coarse_m=VOXEL, finest_m=0.0) for scan in scans]


def registered(
    clouds: list[FloatArray],
) -> tuple[dict[int, FloatArray], list[NotPlaced]]:
    views = views_of(clouds)
    matches = match_pairs(views, voxel=VOXEL, seed=SEED, progress=lambda _: None)
    poses, lost, _ = place(views, matches, trust=TRUST, voxel=VOXEL, seed=SEED)
    kept = sorted(poses)
    refined = refine(
        [views[k] for k in kept],
        [poses[k] for k in kept],
        voxel=VOXEL,
        samples=2000,
        progress=lambda _: None,
    )
    return dict(zip(kept, refined.poses, strict=True)), lost


def worst_error(
    poses: dict[int, FloatArray], made: list[tuple[FloatArray, FloatArray]]
) -> tuple[float, float]:
    """Degrees and metres by which placed scans differ from the truth, first held."""
    first = min(poses)
    to_truth = made[first][1] @ inverse(poses[first])
    degrees, metres = [], []
    for k, pose in poses.items():
        placed = to_truth @ pose
        degrees.append(np.degrees(angle_between(placed, made[k][1])))
        apart = carry(made[k][0], placed) - carry(made[k][0], made[k][1])
        metres.append(np.linalg.norm(apart, axis=1).mean())
    return max(degrees), max(metres)


@pytest.fixture(scope="module")
def made() -> list[tuple[FloatArray, FloatArray]]:
    return scans_of(seed=7, count=6)


@pytest.mark.slow
def test_all_scans_come_together_as_they_were(
    made: list[tuple[FloatArray, FloatArray]],
) -> None:
    poses, lost = registered([cloud for cloud, _ in made])
    assert lost == []
    degrees, metres = worst_error(poses, made)
    # A thousandth of the body: a tenth of the spacing between its points.
    assert degrees < 0.2
    assert metres < RADIUS / 500


@pytest.mark.slow
def test_the_order_of_scans_does_not_matter(
    made: list[tuple[FloatArray, FloatArray]],
) -> None:
    turned = [made[k] for k in (3, 5, 0, 2, 4, 1)]
    poses, lost = registered([cloud for cloud, _ in turned])
    assert lost == []
    degrees, metres = worst_error(poses, turned)
    assert degrees < 0.2
    assert metres < RADIUS / 500


@pytest.mark.slow
def test_a_scan_of_another_object_is_left_out(
    made: list[tuple[FloatArray, FloatArray]],
) -> None:
    stranger = scans_of(seed=99, count=1)[0][0]
    clouds = [cloud for cloud, _ in made[:4]]
    poses, lost = registered([*clouds[:2], stranger, *clouds[2:]])
    assert [entry.name for entry in lost] == ["scan-2"]
    assert lost[0].nearest.startswith("scan-")
    assert sorted(poses) == [0, 1, 3, 4]
