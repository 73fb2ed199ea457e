"""Pictures for a catalogue: each view shows its side, in every style and format."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scans.geometry.mesh import FloatArray, Mesh
from scans.imaging import sides
from scans.imaging.sides import CLAY, COLOUR, NAMES, Style, as_heat, render_sides
from scans.imaging.views import Studio
from tests.scans.delivery.solids import UP_IS_Y, sphere

RED, GREEN, BLUE = (220, 30, 30), (30, 200, 30), (30, 30, 220)
PX = 64
# What each view shows in its middle: front and back red, the flanks green, top and bottom blue.
SHOWN = {"front": 0, "back": 0, "left": 1, "right": 1, "top": 2, "bottom": 2}


def beacon() -> Mesh:
    """A ball, red before and behind, green at its flanks, blue above and below."""
    ball = sphere(0.05, rings=24, segments=36)
    axis = np.abs(ball.vertices).argmax(axis=1)
    paint = np.array([GREEN, BLUE, RED], np.uint8)[axis]
    return Mesh(ball.vertices, ball.triangles, ball.normals, paint)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sides, "SIDE_PX", PX)
    monkeypatch.setattr(sides, "FRAMES", 4)
    monkeypatch.setattr(sides, "FRAME_PX", PX)


def middle(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"), float)
    return np.asarray(pixels[28:36, 28:36].mean(axis=(0, 1)))


def test_every_view_shows_its_side_as_png_and_webp(tmp_path: Path) -> None:
    paths = render_sides(beacon(), UP_IS_Y, tmp_path, lambda share: None)
    folder = tmp_path / "pictures"
    stems = [*NAMES, *(f"{name}-clay" for name in NAMES)]
    wanted = {f"{stem}.{kind}" for stem in stems for kind in ("png", "webp")}
    assert {path.name for path in paths} == wanted
    for name, channel in SHOWN.items():
        for kind in ("png", "webp"):
            assert middle(folder / f"{name}.{kind}").argmax() == channel, name
    clay = middle(folder / "front-clay.png")
    assert np.ptp(clay) < 40
    with Image.open(folder / "turntable.webp") as strip:
        assert strip.size == (4 * PX, PX)


def test_a_heat_map_shows_the_sign_and_what_is_unknown(tmp_path: Path) -> None:
    ball = sphere(0.05, rings=24, segments=36)
    values: FloatArray = np.sign(ball.vertices[:, 0])
    values[np.abs(ball.vertices[:, 1]) > 0.04] = np.nan
    heat = Style("-heat", as_heat(values, 1.0))
    render_sides(ball, UP_IS_Y, tmp_path, lambda share: None, styles=(heat,))
    folder = tmp_path / "pictures"
    below, above = (middle(folder / f"{n}-heat.png") for n in ("right", "left"))
    assert below[2] > below[0] + 50
    assert above[0] > above[2] + 50
    assert np.ptp(middle(folder / "top-heat.png")) < 30


def test_without_colours_there_is_clay_only_once(tmp_path: Path) -> None:
    ball = sphere(0.05, rings=12, segments=18)
    paths = render_sides(
        ball, UP_IS_Y, tmp_path, lambda share: None, styles=(COLOUR, CLAY)
    )
    assert {path.stem for path in paths} == set(NAMES)


def test_the_strip_keeps_the_object_at_one_size_and_whole() -> None:
    """A plank is narrow from its end: that must not make it grow."""
    ball = sphere(0.05, rings=16, segments=24)
    plank = Mesh(ball.vertices * [3.0, 1.0, 0.3], ball.triangles)
    studio = Studio(plank, UP_IS_Y)
    cameras = studio.turning(4)
    assert len({camera.half for camera in cameras}) == 1
    for camera in cameras:
        covered = studio.shot(camera, PX).covered > 0
        edge = covered[[0, -1]].any() or covered[:, [0, -1]].any()
        assert covered.any()
        assert not edge
