"""Pictures: the object fills them, is lit, and the front is the front."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scans.geometry.mesh import Mesh
from scans.imaging.views import FOLDER, SIDES, Picture, Studio, render_views
from tests.scans.delivery.solids import UP_IS_Y, box, coloured, sphere, turned

SHAPES = {
    "tall": box(0.1, 1.0, 0.15),
    "flat": box(1.0, 0.03, 0.8),
    "long": box(2.0, 0.2, 0.2),
    "cube": box(0.4, 0.4, 0.4),
    "ball": sphere(0.05, rings=30, segments=40),
}


@pytest.fixture(scope="module")
def ball() -> Mesh:
    return coloured(sphere(0.1, rings=60, segments=80))


def filled(picture: Picture) -> tuple[float, float]:
    """Share of the frame's width and height that the object's outline takes."""
    on = picture.covered > 0
    side = len(on)
    columns, rows = np.flatnonzero(on.any(axis=0)), np.flatnonzero(on.any(axis=1))
    return (np.ptp(columns) + 1) / side, (np.ptp(rows) + 1) / side


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "upright", [UP_IS_Y, turned(90, (1, 0, 1))], ids=["as is", "tipped"]
)
def test_the_object_fills_the_frame_from_every_side(
    shape: str, upright: np.ndarray
) -> None:
    studio = Studio(SHAPES[shape], upright)
    for number in range(SIDES):
        picture = studio.picture(2 * np.pi * number / SIDES, 96)
        assert 0.8 <= max(filled(picture)) <= 0.92
        margin = np.flatnonzero(picture.covered.any(axis=0))
        assert margin[0] > 0
        assert margin[-1] < 95


def test_eight_sides_and_a_thumb_are_written(tmp_path: Path) -> None:
    seen: list[float] = []
    paths = render_views(SHAPES["tall"], UP_IS_Y, tmp_path, seen.append)
    assert [path.name for path in paths] == [
        *(f"view-{number}.png" for number in range(8)),
        "thumb.png",
    ]
    assert all(path.parent == tmp_path / FOLDER for path in paths)
    assert [size_of(path) for path in paths] == [(768, 768)] * 8 + [(256, 256)]
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1)


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def test_the_same_master_gives_the_same_picture(ball: Mesh) -> None:
    one, two = (Studio(ball, UP_IS_Y).picture(0.4, 256) for _ in range(2))
    np.testing.assert_array_equal(one.rgb, two.rgb)


@pytest.mark.parametrize(("number", "channel"), [(0, "red"), (2, "green"), (4, "blue")])
def test_view_0_shows_the_front_and_the_next_ones_go_round_to_the_left(
    ball: Mesh, number: int, channel: str
) -> None:
    picture = Studio(ball, UP_IS_Y).picture(2 * np.pi * number / SIDES, 128)
    middle = picture.rgb[54:74, 54:74].reshape(-1, 3).mean(axis=0)
    strongest = ("red", "green", "blue")[int(middle.argmax())]
    assert strongest == channel
    others = np.sort(middle)[:2]
    assert middle.max() > 1.5 * others.max()


def test_the_upright_motion_turns_the_picture(ball: Mesh) -> None:
    """Half a turn about Y: the blue back comes to the front."""
    picture = Studio(ball, turned(180, (0, 1, 0))).picture(0.0, 96)
    assert picture.rgb[40:56, 40:56].reshape(-1, 3).mean(axis=0).argmax() == 2


def test_what_is_grey_stays_grey_and_is_neither_black_nor_burnt(ball: Mesh) -> None:
    grey = Mesh(
        ball.vertices,
        ball.triangles,
        None,
        np.full((len(ball.vertices), 3), 128, np.uint8),
    )
    picture = Studio(grey, UP_IS_Y).picture(0.0, 128)
    seen = picture.rgb[picture.covered == 1].astype(float)
    assert 90 < seen.mean() < 180
    assert seen.max() < 250
    assert np.ptp(seen.mean(axis=1)) > 40  # lit from one side: it has shape
    assert np.ptp(seen, axis=1).max() < 30


def test_the_inside_of_an_open_shell_is_shown_too() -> None:
    """Half a sphere from behind: its faces look away, but it is there."""
    whole = sphere(0.1, rings=40, segments=60)
    behind = whole.vertices[whole.triangles].mean(axis=1)[:, 2] < 0
    half = Mesh(whole.vertices, whole.triangles[behind])
    picture = Studio(half, UP_IS_Y).picture(0.0, 96)
    assert picture.rgb[40:56, 40:56].mean() > 60
