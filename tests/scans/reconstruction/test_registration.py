"""Scans of unknown pose come together, whatever their order; strangers stay out."""

from dataclasses import replace

import numpy as np
import pytest

from scans.geometry.rigid import FloatArray, angle_between, carry, inverse
from scans.geometry.scan import Scan
from scans.reconstruction import matching
from scans.reconstruction.evidence import depth_image
from scans.reconstruction.joining import Trust
from scans.reconstruction.pair_store import PairStore
from scans.reconstruction.registration import Registration, Rules, register
from scans.reconstruction.views import View, view_of
from tests.scans.shapes import RADIUS, scans_of

VOXEL = 0.0035
TRUST = Trust(
    overlap_min=0.3, overlap_in_cycle_min=0.2, conflict_max=0.02, colour_min=0.65
)
RULES = Rules(TRUST, voxel=VOXEL, samples=2000, seed=1)

Made = list[tuple[FloatArray, FloatArray]]


def views_of(clouds: list[FloatArray]) -> list[View]:
    scans = [Scan(f"scan-{k}", "PLY", cloud) for k, cloud in enumerate(clouds)]
    return [view_of(scan, coarse_m=VOXEL, finest_m=0.0) for scan in scans]


def registered(
    clouds: list[FloatArray], store: PairStore | None = None
) -> Registration:
    return register(views_of(clouds), RULES, lambda _: None, store=store)


def worst_error(found: Registration, made: Made) -> tuple[float, float]:
    """Degrees and metres by which placed scans differ from the truth, first held."""
    index = [int(view.name.removeprefix("scan-")) for view in found.views]
    to_truth = made[index[0]][1] @ inverse(found.poses[0])
    degrees, metres = [], []
    for k, pose in zip(index, found.poses, strict=True):
        placed = to_truth @ pose
        degrees.append(np.degrees(angle_between(placed, made[k][1])))
        apart = carry(made[k][0], placed) - carry(made[k][0], made[k][1])
        metres.append(np.linalg.norm(apart, axis=1).mean())
    return max(degrees), max(metres)


@pytest.fixture(scope="module")
def made() -> Made:
    return scans_of(seed=7, count=6)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> PairStore:
    return PairStore(tmp_path_factory.mktemp("stages") / "pairs")


@pytest.fixture(scope="module")
def whole(made: Made, store: PairStore) -> Registration:
    return registered([cloud for cloud, _ in made], store)


@pytest.mark.slow
def test_all_scans_come_together_as_they_were(made: Made, whole: Registration) -> None:
    assert whole.not_placed == []
    assert len(whole.groups) == 1
    degrees, metres = worst_error(whole, made)
    # A thousandth of the body: a tenth of the spacing between its points.
    assert degrees < 0.1
    assert metres < RADIUS / 1000


@pytest.mark.slow
def test_every_pose_is_known_and_trusted(whole: Registration) -> None:
    assert not whole.undetermined
    assert whole.doubled == []
    for scan in whole.scans:
        assert scan.confidence is not None
        assert scan.confidence > 0.8
    residuals = [pair.residual_m for pair in whole.pairs if pair.used]
    assert len(residuals) >= len(whole.scans)
    assert all(r is not None and r < VOXEL / 10 for r in residuals)


@pytest.mark.slow
def test_no_pair_is_matched_again_when_a_scan_is_left_out(
    made: Made, whole: Registration, store: PairStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unwanted(*_: object, **__: object) -> None:
        raise AssertionError("matched again")

    monkeypatch.setattr(matching, "match", unwanted)
    rest = registered([cloud for cloud, _ in made[:5]], store)
    assert rest.not_placed == []
    for pose, before in zip(rest.poses, whole.poses, strict=False):
        assert np.degrees(angle_between(pose, before)) < 0.1
        assert np.linalg.norm(pose[:3, 3] - before[:3, 3]) < RADIUS / 1000


@pytest.mark.slow
def test_the_order_of_scans_does_not_matter(made: Made, whole: Registration) -> None:
    order = (3, 5, 0, 2, 4, 1)
    turned = registered([made[k][0] for k in order])
    assert turned.not_placed == []
    between = inverse(turned.poses[0]) @ turned.poses[2]
    before = inverse(whole.poses[3]) @ whole.poses[0]
    assert np.degrees(angle_between(between, before)) < 0.02
    assert np.linalg.norm(between[:3, 3] - before[:3, 3]) < RADIUS / 5000


@pytest.mark.slow
def test_a_scan_of_another_object_is_left_out(made: Made) -> None:
    stranger = scans_of(seed=99, count=1)[0][0]
    clouds = [cloud for cloud, _ in made[:4]]
    found = registered([*clouds[:2], stranger, *clouds[2:]])
    assert [entry.name for entry in found.not_placed] == ["scan-2"]
    assert found.not_placed[0].nearest.startswith("scan-")
    assert [view.name for view in found.views] == [
        "scan-0",
        "scan-1",
        "scan-3",
        "scan-4",
    ]


@pytest.mark.slow
def test_two_objects_fall_into_two_groups(made: Made) -> None:
    other = [cloud for cloud, _ in scans_of(seed=99, count=6)[:3]]
    found = registered([*[cloud for cloud, _ in made[:4]], *other])
    assert [sorted(group) for group in found.groups] == [
        ["scan-0", "scan-1", "scan-2", "scan-3"],
        ["scan-4", "scan-5", "scan-6"],
    ]


@pytest.mark.slow
def test_a_scan_handed_in_twice_is_told(made: Made) -> None:
    clouds = [cloud for cloud, _ in made[:3]]
    found = registered([*clouds, clouds[1]])
    assert found.doubled == [("scan-1", "scan-3")]


def test_points_far_off_and_a_scan_in_another_unit_spoil_no_other(made: Made) -> None:
    """Either would have asked for pictures of the whole neighbourhood, cell by cell."""
    strays = np.random.default_rng(3).normal(size=(5, 3)) * 100.0
    clouds = [np.vstack([cloud, strays + cloud[0]]) for cloud, _ in made]
    clouds[-1] = clouds[-1] * 1000.0
    found = registered(clouds)
    assert [view.name for view in found.views] == [f"scan-{k}" for k in range(5)]
    (lost,) = found.not_placed
    assert lost.name == "scan-5"
    degrees, metres = worst_error(found, made)
    assert degrees < 0.1
    assert metres < RADIUS / 1000


def test_a_scan_whose_parts_lie_far_apart_has_no_picture(made: Made) -> None:
    """Its middle, round which a picture would be drawn, is empty."""
    (view,) = views_of([made[0][0]])
    assert depth_image(view, VOXEL) is not None
    aside = np.array([100.0, 100.0, 0.0])
    split = np.vstack([view.points + aside, view.points - aside])
    assert depth_image(replace(view, points=split), VOXEL) is None
