"""What an outline at half the height leaves of a region is coherent, or is not told."""

import numpy as np
import pytest

from scans.change.measuring import Deviation
from scans.change.patches import Patches
from scans.change.regions import Limits, Region, Uncertainty, find_regions
from scans.geometry.mesh import FloatArray, Mesh

SIDE = 60  # vertices of a plane, a millimetre apart
LIMITS = Limits(outline_m=1e-4, seed_m=2e-4)


def regions_of(raw: FloatArray) -> list[Region]:
    """Tell of a plane on which twenty by twenty vertices lie deeper, taken together."""
    row, column = np.divmod(np.arange(SIDE**2), SIDE)
    vertices = np.stack([column, row, 0 * row], axis=1) * 1e-3
    corner = np.arange(SIDE**2).reshape(SIDE, SIDE)
    a, b, c, d = (
        corner[:-1, :-1].ravel(), corner[:-1, 1:].ravel(),
        corner[1:, :-1].ravel(), corner[1:, 1:].ravel(),
    )  # fmt: skip
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([b, d, c], 1)])
    mesh = Mesh(vertices, triangles.astype(np.int32))
    known = np.ones(len(vertices), bool)
    median = np.zeros((SIDE, SIDE))
    median[20:40, 20:40] = -1e-3
    area = np.full(len(vertices), 1e-6)
    found = Deviation(raw.ravel(), median.ravel(), known, area, Patches(mesh, known))
    regions, marked = find_regions(mesh, found, LIMITS, Uncertainty(0, 0, 0, 0))
    assert marked.sum() == sum(round(one.area_mm2) for one in regions)
    return regions


def test_loose_vertices_are_no_region() -> None:
    raw = np.zeros((SIDE, SIDE))
    raw[20:40:4, 20:40:4] = -2e-3
    assert regions_of(raw) == []


def test_crumbs_beside_a_region_are_no_part_of_it() -> None:
    raw = np.zeros((SIDE, SIDE))
    raw[22:32, 22:32] = -2e-3
    raw[36, 24:38:3] = -2e-3
    [region] = regions_of(raw)
    assert region.area_mm2 == pytest.approx(100)


def test_what_comes_apart_is_told_as_two() -> None:
    raw = np.zeros((SIDE, SIDE))
    raw[20:40, 20:28] = raw[20:40, 32:40] = -2e-3
    assert [one.area_mm2 for one in regions_of(raw)] == pytest.approx([160, 160])
