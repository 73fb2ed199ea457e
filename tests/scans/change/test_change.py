"""A known loss is found as large and as deep as it is; nothing else is claimed."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from scans.change.aligning import Alignment, align
from scans.change.comparing import parse_uncertainties
from scans.change.measuring import Deviation, measure
from scans.change.regions import Region, Uncertainty, find_regions, limits_of
from scans.delivery.rays import RayScene
from scans.errors import BadParameter
from scans.geometry.mesh import Mesh
from scans.geometry.rigid import carry
from scans.quality.pieces import piece_of

from .vessels import (
    elsewhere,
    noisy,
    outer_spot,
    vessel,
    with_loss,
    with_two_losses,
)

NOISE_M = 0.00003
STATED_M = 0.00003


@dataclass(frozen=True)
class Laid:
    """Two masters, one on the other, and what lies off."""

    second: Mesh
    laid: Alignment
    found: Deviation

    def regions(self, stated_m: float) -> list[Region]:
        noise_m = self.found.noise_m
        unsure = Uncertainty(stated_m, stated_m, self.laid.uncertainty_m, noise_m)
        limits = limits_of(unsure, int(self.found.known.sum()))
        return find_regions(self.second, self.found, limits, unsure)[0]


def lay(first: Mesh, second: Mesh, *, scale_share: float | None = 0.0) -> Laid:
    laid = align(first, second, RayScene.of(second), scale_share=scale_share)
    return Laid(second, laid, measure(first.moved(laid.onto), second))


def regions_of(
    first: Mesh,
    second: Mesh,
    *,
    stated_m: float = STATED_M,
    scale_share: float | None = 0.0,
) -> list[Region]:
    return lay(first, second, scale_share=scale_share).regions(stated_m)


@pytest.fixture(scope="module")
def vase() -> Mesh:
    return vessel("vase", 3, 40_000)


@pytest.mark.slow
def test_a_loss_is_as_large_and_deep_as_it_is(vase: Mesh) -> None:
    """However low the limit is: a median across its edge belongs to no side."""
    lost, area_m2 = with_loss(vase, area_m2=4e-4, depth_m=0.0005, seed=3)
    after = elsewhere(noisy(lost, NOISE_M, 2), 3)
    laid = lay(noisy(vase, NOISE_M, 1), after)
    for stated_m in (STATED_M, 0.0):
        [region] = laid.regions(stated_m)
        assert region.kind == "loss"
        assert region.area_mm2 == pytest.approx(area_m2 * 1e6, rel=0.1)
        assert region.depth_mm == pytest.approx(0.5, abs=0.05)


@pytest.mark.thorough
@pytest.mark.parametrize("depth_m", [0.0003, 0.001])
@pytest.mark.parametrize("place", [1, 9])
def test_losses_elsewhere_and_deeper(vase: Mesh, depth_m: float, place: int) -> None:
    lost, area_m2 = with_loss(vase, area_m2=8e-4, depth_m=depth_m, seed=place)
    laid = lay(noisy(vase, NOISE_M, 5), noisy(lost, NOISE_M, 6), scale_share=None)
    for stated_m in (STATED_M, 0.0):
        area_mm2 = sum(region.area_mm2 for region in laid.regions(stated_m))
        assert area_mm2 == pytest.approx(area_m2 * 1e6, rel=0.1)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("kind", "seed", "area_m2"),
    [
        ("bell", 2, 4e-4),  # between bosses, where vertices lie ten times as close
        ("handled-jug", 4, 1e-3),
        ("plain-bowl", 2, 1e-4),
    ],
)
def test_a_loss_is_one_region_on_every_kind(
    kind: str, seed: int, area_m2: float
) -> None:
    whole = vessel(kind, seed, 100_000)
    lost, true_m2 = with_loss(whole, area_m2=area_m2, depth_m=0.0005, seed=5)
    assert _pieces_lost(whole, lost) == 1
    laid = lay(noisy(whole, NOISE_M, 1), elsewhere(noisy(lost, NOISE_M, 2), 3))
    for stated_m in (STATED_M, 0.0):
        [region] = laid.regions(stated_m)
        assert region.area_mm2 == pytest.approx(true_m2 * 1e6, rel=0.1)
        assert region.depth_mm == pytest.approx(0.5, abs=0.05)


def _pieces_lost(whole: Mesh, lost: Mesh) -> int:
    """How many pieces the planted loss has that share no triangle."""
    off = np.linalg.norm(whole.vertices - lost.vertices, axis=1) > 0
    touched = whole.triangles[off[whole.triangles].any(axis=1)]
    return len(np.unique(piece_of(touched, len(off))[touched[:, 0]]))


@pytest.mark.thorough
def test_two_losses_five_millimetres_apart_stay_two(vase: Mesh) -> None:
    lost, areas_m2 = with_two_losses(
        vase, area_m2=1e-4, depth_m=0.0005, apart_m=0.005, seed=2
    )
    laid = lay(noisy(vase, NOISE_M, 1), elsewhere(noisy(lost, NOISE_M, 2), 3))
    for stated_m in (STATED_M, 0.0):
        areas = [region.area_mm2 for region in laid.regions(stated_m)]
        true = sorted((area * 1e6 for area in areas_m2), reverse=True)
        assert areas == pytest.approx(true, rel=0.1)


@pytest.mark.thorough
def test_a_growth_beyond_what_is_certified_is_told_and_hides_no_loss(
    vase: Mesh,
) -> None:
    lost, area_m2 = with_loss(vase, area_m2=4e-4, depth_m=0.0005, seed=3)
    after = noisy(replace(lost, vertices=lost.vertices * 1.003), NOISE_M, 2)
    laid = lay(noisy(vase, NOISE_M, 1), after, scale_share=1e-4)
    assert laid.laid.is_scaled
    assert laid.laid.scale == pytest.approx(1.003, abs=laid.laid.scale_limit)
    [region] = laid.regions(STATED_M)
    assert region.area_mm2 == pytest.approx(area_m2 * 1e6, rel=0.1)


@pytest.mark.thorough
def test_the_same_is_a_gain_the_other_way_round(vase: Mesh) -> None:
    lost, _area = with_loss(vase, area_m2=4e-4, depth_m=0.0005, seed=4)
    [region] = regions_of(noisy(lost, NOISE_M, 2), noisy(vase, NOISE_M, 1))
    assert region.kind == "gain"
    assert region.depth_mm == pytest.approx(0.5, abs=0.05)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_claimed_of_an_unchanged_vessel(vase: Mesh, seed: int) -> None:
    again = elsewhere(noisy(vase, 2 * NOISE_M, 10 + seed), seed)
    assert regions_of(noisy(vase, 2 * NOISE_M, seed), again, stated_m=0.0) == []


@pytest.mark.slow
def test_nothing_is_claimed_below_what_the_captures_can_tell(vase: Mesh) -> None:
    lost, _area = with_loss(vase, area_m2=4e-4, depth_m=0.0005, seed=3)
    assert regions_of(vase, lost, stated_m=0.0003) == []


@pytest.mark.slow
def test_what_was_not_captured_before_is_not_called_a_change(vase: Mesh) -> None:
    place, _normal = outer_spot(vase, 5, 0.01)
    near = np.linalg.norm(vase.vertices - place, axis=1) < 0.02
    assert regions_of(vase.without(near), vase) == []


@pytest.mark.slow
def test_a_scale_that_nobody_vouches_for_is_no_change(vase: Mesh) -> None:
    """Laid on by a motion alone, the loss comes out 0.59 mm deep."""
    lost, area_m2 = with_loss(vase, area_m2=4e-4, depth_m=0.0005, seed=3)
    before, after = noisy(vase, NOISE_M, 1), elsewhere(noisy(lost, NOISE_M, 2), 3)
    larger = replace(before, vertices=before.vertices * 1.001)
    [region] = regions_of(larger, after, scale_share=None)
    assert region.area_mm2 == pytest.approx(area_m2 * 1e6, rel=0.1)
    assert region.depth_mm == pytest.approx(0.5, abs=0.05)


def test_the_scale_is_found_and_the_motion_stays_rigid() -> None:
    small = vessel("vase", 3, 10_000)
    moved = elsewhere(small, 9)
    smaller = replace(small, vertices=small.vertices / 1.002)
    laid = align(smaller, moved, RayScene.of(moved), scale_share=None)
    assert laid.scale == pytest.approx(1.002, abs=max(1.5 * laid.scale_limit, 1e-5))
    assert laid.scale_limit < 2e-4
    way = laid.motion[:3, :3]
    assert way @ way.T == pytest.approx(np.eye(3), abs=1e-9)
    off = carry(smaller.vertices, laid.onto) - moved.vertices
    assert np.median(np.linalg.norm(off, axis=1)) < 2e-5


@pytest.mark.slow
@pytest.mark.parametrize(("share", "is_told"), [(1e-4, True), (2e-3, False)])
def test_a_growth_is_told_only_beyond_what_is_certified(
    share: float, *, is_told: bool
) -> None:
    small = vessel("vase", 3, 10_000)
    larger = replace(small, vertices=small.vertices * 1.003)
    laid = align(small, larger, RayScene.of(larger), scale_share=share)
    assert laid.is_scaled == is_told
    assert np.linalg.det(laid.onto[:3, :3]) == pytest.approx(
        1.003**3 if is_told else 1.0, abs=1e-5
    )


def test_points_are_carried_onto_each_other() -> None:
    small = vessel("vase", 3, 10_000)
    moved = elsewhere(small, 9)
    laid = align(small, moved, RayScene.of(moved))
    off = np.linalg.norm(carry(small.vertices, laid.motion) - moved.vertices, axis=1)
    assert np.median(off) < 1e-5
    assert laid.share > 0.95


def test_limits_grow_with_noise_and_uncertainty() -> None:
    calm = limits_of(Uncertainty(0, 0, 0, 1e-5), 100_000)
    stated = limits_of(Uncertainty(3e-5, 4e-5, 0, 1e-6), 100_000)
    assert calm.seed_m > calm.outline_m == pytest.approx(3e-5)
    assert stated.outline_m == stated.seed_m == pytest.approx(1.96 * 5e-5)


@pytest.mark.parametrize("text", ["", "1", "1,x", "-1,0", "nan,0", "0,1e9", "1,2,3"])
def test_uncertainties_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(BadParameter):
        parse_uncertainties(text)
