"""The way from the master's frame to the floor, and what is refused on it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scans.delivery.dimensions import measure_dimensions
from scans.delivery.errors import DegenerateMaster, UprightNotRigid
from scans.delivery.levels import build_levels
from scans.delivery.placing import ground
from scans.geometry.mesh import Mesh
from scans.imaging.views import render_views
from tests.scans.delivery.solids import UP_IS_Y, box, sphere, turned

GOOD = box(0.3, 0.2, 0.1)


def test_an_object_is_put_on_the_floor_and_centred() -> None:
    master = sphere(0.7, rings=30, segments=40)
    motion = ground(turned(33, (0, 1, 1)), master.vertices)
    placed = master.moved(motion).vertices
    low, high = placed.min(axis=0), placed.max(axis=0)
    assert low[1] == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(low[[0, 2]], -high[[0, 2]], atol=1e-12)


def test_grounding_twice_changes_nothing() -> None:
    motion = ground(turned(33, (0, 1, 1)), GOOD.vertices)
    np.testing.assert_allclose(ground(motion, GOOD.vertices), motion, atol=1e-12)


@pytest.mark.parametrize(
    "motion",
    [
        np.eye(3),
        np.full((4, 4), np.nan),
        np.diag([1.01, 1, 1, 1]),
        np.diag([-1.0, 1, 1, 1]),
        np.eye(4)[[0, 1, 3, 2]],
    ],
    ids=["3x3", "nan", "scaled", "mirrored", "projective"],
)
def test_only_rigid_motions_are_taken(motion: np.ndarray) -> None:
    with pytest.raises(UprightNotRigid, match="upright position"):
        ground(motion, GOOD.vertices)


def broken_masters() -> dict[str, Mesh]:
    nowhere = GOOD.vertices.copy()
    nowhere[3, 1] = np.inf
    return {
        "no triangles": replace(GOOD, triangles=np.zeros((0, 3), np.int32)),
        "nothing": Mesh(np.zeros((0, 3)), np.zeros((0, 3), np.int32)),
        "infinite": replace(GOOD, vertices=nowhere),
        "wild index": replace(GOOD, triangles=GOOD.triangles + 4),
        "one place": replace(GOOD, vertices=GOOD.vertices * 0),
        "one line": replace(GOOD, vertices=GOOD.vertices * (1, 0, 0)),
    }


@pytest.mark.parametrize("name", broken_masters())
def test_a_degenerate_master_is_refused_with_a_sentence(
    name: str, tmp_path: Path
) -> None:
    master = broken_masters()[name]
    for deliver in (build_levels, render_views):
        with pytest.raises(DegenerateMaster, match=r"cannot be delivered: .+ again"):
            deliver(master, UP_IS_Y, tmp_path, lambda fraction: None)
    with pytest.raises(DegenerateMaster):
        measure_dimensions(master, UP_IS_Y)
    assert list(tmp_path.iterdir()) == []


def test_dimensions_of_a_box_that_was_set_upright() -> None:
    """It lay on its back: what was depth becomes height."""
    found = measure_dimensions(box(0.3, 0.2, 0.1), turned(-90, (1, 0, 0)))
    assert found.width_m == pytest.approx(0.3)
    assert found.height_m == pytest.approx(0.1)
    assert found.depth_m == pytest.approx(0.2)


def test_uncertainty_follows_surface_error_and_spacing() -> None:
    fine = sphere(0.1, rings=400, segments=800)
    coarse = sphere(0.1, rings=40, segments=80)
    sharp = measure_dimensions(fine, UP_IS_Y)
    assert measure_dimensions(coarse, UP_IS_Y).uncertainty_m == pytest.approx(
        10 * sharp.uncertainty_m, rel=0.05
    )
    noisy = measure_dimensions(fine, UP_IS_Y, surface_error_m=0.001)
    # k=2 over the two ends of a length: 2 * sqrt(2) * 1 mm, spacing adds almost nothing.
    assert noisy.uncertainty_m == pytest.approx(2.83e-3, rel=0.05)


def test_the_true_size_lies_within_the_uncertainty() -> None:
    found = measure_dimensions(
        sphere(0.1, rings=41, segments=83), turned(37, (1, 2, 3))
    )
    for length in (found.height_m, found.width_m, found.depth_m):
        assert abs(length - 0.2) <= found.uncertainty_m
