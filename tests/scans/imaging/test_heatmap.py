"""The heat map shows a dent where it is, on one scale, in colours all can tell apart."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scans.digests import file_digest
from scans.geometry.mesh import Mesh
from scans.imaging.diverging import BELOW, NO_DATA, diverging
from scans.imaging.heatmap import (
    SIDE_PX,
    Heat,
    draw_heat_map,
    draw_histogram,
    nice_limit,
)
from tests.scans.delivery.solids import UP_IS_Y, sphere

LIMIT_MM = 0.5


def ball_with_dent(towards: tuple[float, float, float]) -> Heat:
    """A ball of 5 cm, half a millimetre off about one direction."""
    ball: Mesh = sphere(0.05, rings=60, segments=120)
    away = np.arccos(np.clip(ball.vertices / 0.05 @ np.array(towards), -1, 1))
    return Heat(ball, UP_IS_Y, -0.5 * np.exp(-((away / 0.15) ** 2)), LIMIT_MM)


def sides_of(path: Path) -> list[np.ndarray]:
    sheet = np.asarray(Image.open(path)).astype(float)
    return [
        sheet[y : y + SIDE_PX, x : x + SIDE_PX]
        for y in (0, SIDE_PX)
        for x in (0, SIDE_PX)
    ]


def blueness(side: np.ndarray) -> np.ndarray:
    return np.asarray(side[:, :, 2] - side[:, :, 0])


@pytest.mark.parametrize(
    ("towards", "seen_on"), [((0, 0, 1), 0), ((1, 0, 0), 1), ((0, 0, -1), 2)]
)
def test_the_hottest_pixels_lie_at_the_dent(
    tmp_path: Path, towards: tuple[float, float, float], seen_on: int
) -> None:
    path = tmp_path / "heat.png"
    draw_heat_map(ball_with_dent(towards), path)
    hot = [blueness(side) for side in sides_of(path)]
    assert int(np.argmax([side.max() for side in hot])) == seen_on
    rows, columns = np.nonzero(hot[seen_on] > 0.9 * hot[seen_on].max())
    # The camera looks a little from above, so the equator lies below the middle.
    assert columns.mean() == pytest.approx(SIDE_PX / 2, abs=3)
    lift = SIDE_PX * 0.43 * np.sin(np.radians(12))
    assert rows.mean() == pytest.approx(SIDE_PX / 2 + lift, abs=8)


def test_the_same_heat_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        draw_heat_map(ball_with_dent((0, 0, 1)), tmp_path / name)
    assert file_digest(tmp_path / "a.png") == file_digest(tmp_path / "b.png")


def test_places_without_points_are_grey(tmp_path: Path) -> None:
    heat = ball_with_dent((0, 0, 1))
    heat.by_vertex[:] = np.nan
    draw_heat_map(heat, tmp_path / "grey.png")
    side = sides_of(tmp_path / "grey.png")[0]
    middle = side[SIDE_PX // 2, SIDE_PX // 2]
    assert np.ptp(middle) <= 1
    assert middle[0] < 255 * max(NO_DATA) + 1


def test_colours_fade_evenly_to_the_middle_and_alike_on_both_sides() -> None:
    colours = diverging(np.linspace(-1, 1, 101))
    luminance = colours**2.2 @ np.array([0.2126, 0.7152, 0.0722])
    lightness = 116 * np.cbrt(luminance) - 16
    assert (np.diff(lightness[:51]) > 0).all()
    np.testing.assert_allclose(lightness[:50], lightness[:50:-1], atol=2.5)
    assert lightness[0] == pytest.approx(BELOW[0], abs=3)
    assert (colours > 0).all()  # nothing was cut off: every step differs
    assert (colours < 1).all()


@pytest.mark.parametrize(("largest", "limit"), [(0.37, 0.4), (1.0, 1.0), (11.0, 12.0)])
def test_limits_are_short_numbers(largest: float, limit: float) -> None:
    assert nice_limit(np.full(100, largest)) == pytest.approx(limit)


def test_a_histogram_is_drawn_in_the_map_s_colours(tmp_path: Path) -> None:
    edges = np.linspace(-1, 1, 65)
    counts = np.zeros(64, dtype=np.int64)
    counts[[2, 61]] = 100
    draw_histogram(counts, edges, 1.0, tmp_path / "h.png")
    picture = np.asarray(Image.open(tmp_path / "h.png")).astype(int)
    left, right = (
        picture[:, : picture.shape[1] // 2],
        picture[:, picture.shape[1] // 2 :],
    )
    assert ((left[:, :, 2] - left[:, :, 0]) > 80).sum() > 1000
    assert ((right[:, :, 0] - right[:, :, 2]) > 80).sum() > 1000
