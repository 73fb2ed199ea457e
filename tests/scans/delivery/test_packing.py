"""Where a chart fits is found for all places at once, and for squares of any side."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from scans.delivery.likeness import FILLED, NOMINAL_PX, QUICK_PX, telling_px
from scans.delivery.packing import (
    Bitmap,
    _drawn,
    _free_by_cell,
    _free_by_waves,
    _lowest,
    _smallest,
)


@pytest.mark.parametrize("find", [_free_by_waves, _free_by_cell])
@pytest.mark.parametrize("side", [60, 75, 77])  # 75 is transformed as it is: odd
def test_free_places_are_all_found(
    find: Callable[[Bitmap, list[Bitmap]], list[Bitmap]], side: int
) -> None:
    random = np.random.default_rng(side)
    taken = random.random((side, side)) < 0.1
    bitmaps = [random.random((7, 5)) < 0.6, random.random((4, 9)) < 0.6]
    for bitmap, free in zip(bitmaps, find(taken, bitmaps), strict=True):
        windows = np.lib.stride_tricks.sliding_window_view(taken, bitmap.shape)
        assert np.array_equal(free, ~(windows & bitmap).any(axis=(2, 3)))
        assert free.any()
        assert not free.all()


def test_cells_of_small_triangles_are_those_that_are_drawn() -> None:
    random = np.random.default_rng(0)
    triangles = random.integers(2, 40, (200, 1, 2)) + random.integers(0, 3, (200, 3, 2))
    width, height = triangles.max(axis=(0, 1)) + 3
    picture = Image.new("L", (int(width), int(height)))
    for triangle in triangles.reshape(-1, 6).tolist():
        ImageDraw.Draw(picture).polygon(triangle, fill=1, outline=1)
    assert np.array_equal(_drawn(triangles), np.asarray(picture))


def test_the_square_is_as_small_as_its_charts_allow() -> None:
    charts = [np.ones(shape, bool) for shape in ((8, 4), (4, 8), (4, 4), (12, 4))]
    side, places = _smallest(charts)
    taken = np.zeros((side, side), int)
    for chart, (column, row, quarters) in zip(charts, places, strict=True):
        height, width = np.rot90(chart, quarters).shape
        taken[row : row + height, column : column + width] += 1
    assert side == 12  # 128 cells of 144
    assert taken.max() == 1
    assert taken.sum() == sum(chart.sum() for chart in charts)


def test_a_chart_larger_than_the_usual_square_has_its_place() -> None:
    assert _smallest([np.ones((3, 400), bool)]) == (400, [(0, 0, 0)])


def test_a_chart_lies_in_the_hollow_that_is_left() -> None:
    taken = np.pad(np.ones((45, 45), bool), (0, 6))
    taken[20:23, 10:16] = False
    # A quarter turn makes it lie.
    assert _lowest(taken, np.ones((6, 3), bool), 4) == (10, 20, 1)


def test_pictures_are_no_larger_than_a_master_can_fill() -> None:
    assert telling_px(1_000, most=NOMINAL_PX) == QUICK_PX
    assert telling_px(10**7, most=NOMINAL_PX) == NOMINAL_PX
    assert telling_px(10**7, most=96) == 96
    between = telling_px(300_000, most=NOMINAL_PX)
    # Half the samples at most are seen: two pixels for each of them.
    assert FILLED * between**2 == pytest.approx(300_000, rel=0.01)
