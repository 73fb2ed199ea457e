"""A known loss is found as large and as deep as it is; nothing else is claimed."""

import numpy as np
import pytest

from scans.change.aligning import align
from scans.change.comparing import parse_uncertainties
from scans.change.measuring import measure
from scans.change.regions import Region, Uncertainty, find_regions, limits_of
from scans.delivery.rays import RayScene
from scans.errors import BadParameter
from scans.geometry.mesh import Mesh
from scans.geometry.rigid import carry

from .vessels import elsewhere, noisy, outer_spot, vessel, with_loss

NOISE_M = 0.00003
STATED_M = 0.00003


def regions_of(
    first: Mesh, second: Mesh, *, stated_m: float = STATED_M
) -> list[Region]:
    laid = align(first, second, RayScene.of(second))
    found = measure(first.moved(laid.motion), second)
    unsure = Uncertainty(stated_m, stated_m, laid.uncertainty_m, found.noise_m)
    limits = limits_of(unsure, int(found.known.sum()))
    return find_regions(second, found, limits, unsure)[0]


@pytest.fixture(scope="module")
def vase() -> Mesh:
    return vessel("vase", 3, 40_000)


@pytest.mark.slow
def test_a_loss_is_as_large_and_deep_as_it_is(vase: Mesh) -> None:
    lost, area_m2 = with_loss(vase, area_m2=4e-4, depth_m=0.0005, seed=3)
    after = elsewhere(noisy(lost, NOISE_M, 2), 3)
    [region] = regions_of(noisy(vase, NOISE_M, 1), after)
    assert region.kind == "loss"
    assert region.area_mm2 == pytest.approx(area_m2 * 1e6, rel=0.1)
    assert region.depth_mm == pytest.approx(0.5, abs=0.05)


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
    place, _normal = outer_spot(vase, 5)
    near = np.linalg.norm(vase.vertices - place, axis=1) < 0.02
    assert regions_of(vase.without(near), vase) == []


def test_points_are_carried_onto_each_other() -> None:
    bell = vessel("bell", 2, 20_000)
    moved = elsewhere(bell, 9)
    laid = align(bell, moved, RayScene.of(moved))
    off = np.linalg.norm(carry(bell.vertices, laid.motion) - moved.vertices, axis=1)
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
