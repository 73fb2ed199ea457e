"""A surface's cells are as fine as the points, and as the memory allows."""

import multiprocessing
import resource

import numpy as np
import pytest
from numpy.typing import NDArray

from scans.memory import peak_bytes, reset_peak
from scans.reconstruction import capacity
from scans.reconstruction.capacity import (
    Fineness,
    allowed_bytes,
    cell_width,
    occupied_cells,
    surface_bytes,
)
from scans.reconstruction.surface import Cloud, SurfaceRule, make_surface
from tests.scans.shapes import body, sphere

FloatArray = NDArray[np.float64]
PLENTY = Fineness(
    spacing_m=0.002, cells=1.0, depth=0, depth_max=10, memory_bytes=10**12
)


def made_in(count: int, cell: float) -> int:
    """Make a surface in a process of its own; give the most memory it held, bytes."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_peak_of, (count, cell))


def _peak_of(count: int, cell: float) -> int:
    directions = sphere(count)
    cloud = Cloud(body(directions, 1), directions, None)
    rule = SurfaceRule(
        cell_m=cell,
        spacing_m=cell,
        support=3.0,
        closed_share=0.0,
        closed_reach=0.01,
        island_share=0.01,
        threads=1,
    )
    reset_peak()
    make_surface(cloud, rule)
    return peak_bytes()


@pytest.mark.thorough
@pytest.mark.parametrize("cells", [1.0, 2.0])
def test_the_model_is_what_a_process_takes(cells: float) -> None:
    points = body(sphere(120_000), 1)
    cell = cells * 0.0012
    foretold = surface_bytes(points, cell)
    # The part that every process takes, 0.4 GB, is a safe upper bound.
    assert 0.3 * foretold < made_in(120_000, cell) < foretold


def test_a_cell_is_as_wide_as_the_points_are_apart() -> None:
    points = body(sphere(20_000), 1)
    assert cell_width(points, PLENTY) == pytest.approx(0.002)


def test_less_memory_makes_wider_cells_that_fit() -> None:
    points = body(sphere(20_000), 1)
    tight = Fineness(
        spacing_m=0.002,
        cells=1.0,
        depth=0,
        depth_max=10,
        memory_bytes=surface_bytes(points, 0.002) - 10_000_000,
    )
    wide = cell_width(points, tight)
    assert wide > 0.002
    assert surface_bytes(points, wide) <= tight.memory_bytes


def test_a_depth_that_was_asked_for_is_taken() -> None:
    points = body(sphere(5_000), 1)
    asked = Fineness(0.002, 1.0, depth=7, depth_max=10, memory_bytes=1)
    extent = float(np.ptp(points, axis=0).max()) * capacity.MARGIN
    assert cell_width(points, asked) == pytest.approx(extent / 2**7)


def test_cells_are_counted_however_many_points_each_holds() -> None:
    side = np.arange(30) * 0.001
    grid = np.stack(np.meshgrid(side, side, [0.0]), axis=-1).reshape(-1, 3)
    crowd = np.repeat(grid, 9, axis=0)
    assert occupied_cells(crowd, 0.0009) == occupied_cells(grid, 0.0009) == len(grid)


def test_a_limit_of_the_process_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert allowed_bytes(4000) <= 4_000_000_000
    monkeypatch.setattr(resource, "getrlimit", lambda _: (10**9, 10**9))
    assert allowed_bytes(4000) == 700_000_000
