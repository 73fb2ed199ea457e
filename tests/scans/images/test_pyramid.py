"""Stored tiles are the picture's own parts; renderers give the rest and are replaced."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image

from scans.images import rendering
from scans.images.pyramid import write_pyramid
from scans.images.pyramid_file import TILE_PX, read_pyramid
from scans.images.rendering import Part, Renderers, RenderFailed

from .pictures import noise

WIDE, HIGH = 1601, 1203


@pytest.fixture(scope="module")
def pyramid_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pyramid") / "p.tif"
    write_pyramid(noise(WIDE, HIGH), path)
    return path


@pytest.fixture
def renderers() -> Iterator[Renderers]:
    made = Renderers(1, memory_bytes=2**30, time_s=60, wait_s=60)
    yield made
    made.close()


def pixels(body: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    return np.asarray(Image.open(io.BytesIO(body)).convert("RGB")).astype(np.int16)


def test_levels_are_halved_and_rounded_down(pyramid_path: Path) -> None:
    levels = read_pyramid(pyramid_path).levels
    assert [(one.width, one.height) for one in levels] == [
        (WIDE, HIGH), (800, 601), (400, 300),
    ]  # fmt: skip


@pytest.mark.parametrize(("level", "column", "row"), [(0, 0, 0), (0, 2, 1), (1, 0, 0)])
def test_a_stored_tile_is_what_decoding_the_level_gives(
    pyramid_path: Path, level: int, column: int, row: int
) -> None:
    body = read_pyramid(pyramid_path).stored_tile(level, column, row)
    assert body is not None
    with Image.open(pyramid_path) as file:
        file.seek(level)
        left, top = column * TILE_PX, row * TILE_PX
        box = (left, top, left + TILE_PX, top + TILE_PX)
        expected = np.asarray(file.convert("RGB").crop(box)).astype(np.int16)
    # One decoder may differ from another by a little where colour is thinned out.
    assert np.abs(pixels(body) - expected).mean() < 2


def test_a_tile_cut_by_the_edge_is_not_given_as_stored(pyramid_path: Path) -> None:
    assert read_pyramid(pyramid_path).stored_tile(0, 3, 0) is None


def part(path: Path, **values: object) -> Part:
    told = {
        "path": str(path), "level": 0, "level_box": (0, 0, 800, 600), "size": (200, 150),
        "mirror": False, "rotation_deg": 0.0, "quality": "default", "format": "png",
    }  # fmt: skip
    return Part(**told | values)  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_renderer_cuts_scales_mirrors_and_turns(
    pyramid_path: Path, renderers: Renderers
) -> None:
    plain = pixels(renderers.render(part(pyramid_path)))
    assert plain.shape == (150, 200, 3)
    turned = pixels(
        renderers.render(part(pyramid_path, mirror=True, rotation_deg=90.0))
    )
    assert np.array_equal(turned, np.rot90(plain[:, ::-1], k=-1))
    grey = renderers.render(part(pyramid_path, quality="gray"))
    assert Image.open(io.BytesIO(grey)).mode == "L"
    two = pixels(renderers.render(part(pyramid_path, quality="bitonal")))
    assert set(np.unique(two)) == {0, 255}


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1, 1), (100, 80), (128, 3), (129, 129), (3, 600)])
def test_the_smallest_pictures_are_given(
    size: tuple[int, int], renderers: Renderers, tmp_path: Path
) -> None:
    path = tmp_path / "small.tif"
    write_pyramid(noise(*size), path)
    largest = read_pyramid(path).levels[0]
    assert (largest.width, largest.height) == size
    body = renderers.render(part(path, level_box=(0, 0, *size), size=size))
    assert opened(body).size == size


@pytest.fixture(scope="module")
def clear_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A red disc, hard at its edge; quite transparent around it, and green there."""
    y, x = np.mgrid[:600, :800]
    is_disc = (x - 400) ** 2 + (y - 300) ** 2 < 200**2
    pixels = np.zeros((600, 800, 4), np.uint8)
    pixels[..., 0], pixels[..., 1] = 255 * is_disc, 255 * ~is_disc
    pixels[..., 3] = 255 * is_disc
    path = tmp_path_factory.mktemp("clear") / "p.tif"
    image = pyvips.Image.new_from_memory(pixels.tobytes(), 800, 600, 4, "uchar")
    assert write_pyramid(image.copy(interpretation="srgb"), path)
    return path


def opened(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))


@pytest.mark.slow
def test_transparency_stays_where_the_format_knows_it(
    clear_path: Path, renderers: Renderers
) -> None:
    for form in ("png", "webp"):
        shown = opened(renderers.render(part(clear_path, format=form)))
        assert shown.mode == "RGBA"
        assert shown.getpixel((2, 2))[3] == 0  # type: ignore[index]
        red, green, _blue, alpha = np.moveaxis(np.asarray(shown).astype(int), -1, 0)
        assert (red[75, 100], alpha[75, 100]) == (255, 255)
        # Nothing of the unseen green has come into what is seen.
        assert green[alpha > 40].max() < 12
    white = opened(renderers.render(part(clear_path, format="jpg")))
    assert white.mode == "RGB"
    assert np.asarray(white)[2, 2].min() > 250
    two = opened(renderers.render(part(clear_path, quality="bitonal")))
    assert two.mode == "LA"
    assert set(np.unique(np.asarray(two)[..., 0])) <= {0, 255}


@pytest.mark.slow
@pytest.mark.parametrize(("form", "corner"), [("png", 0), ("webp", 0), ("jpg", 255)])
def test_beside_a_turned_picture_is_nothing_or_white(
    form: str, corner: int, pyramid_path: Path, renderers: Renderers
) -> None:
    body = renderers.render(part(pyramid_path, rotation_deg=30.0, format=form))
    shown = np.asarray(opened(body).convert("RGBA" if form != "jpg" else "RGB"))
    assert abs(int(shown[1, 1, -1]) - corner) < 4
    centre = shown[shown.shape[0] // 2, shown.shape[1] // 2]
    assert form == "jpg" or centre[3] == 255


@pytest.mark.slow
def test_after_a_failure_the_next_request_is_answered(
    pyramid_path: Path, renderers: Renderers, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.tif"
    damaged.write_bytes(pyramid_path.read_bytes()[:2000])
    with pytest.raises(RenderFailed):
        renderers.render(part(damaged))
    assert renderers.render(part(pyramid_path))


@pytest.mark.slow
def test_a_renderer_that_says_why_not_is_asked_again(
    pyramid_path: Path, renderers: Renderers, monkeypatch: pytest.MonkeyPatch
) -> None:
    renderers.render(part(pyramid_path))
    monkeypatch.setattr(rendering, "_Renderer", None)  # none is started from now on
    with pytest.raises(RenderFailed):
        renderers.render(part(pyramid_path, level=9))
    assert renderers.render(part(pyramid_path))


@pytest.mark.slow
@pytest.mark.parametrize("broken", [MemoryError, KeyboardInterrupt])
def test_a_renderer_left_in_the_middle_of_an_answer_is_never_asked_again(
    broken: type[BaseException],
    pyramid_path: Path,
    renderers: Renderers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = renderers.render(part(pyramid_path))

    def breaks(*_args: object) -> bytes:
        raise broken

    with monkeypatch.context() as patched:
        patched.setattr(rendering._Renderer, "_read_body", breaks)
        with pytest.raises(broken):
            renderers.render(part(pyramid_path, mirror=True))
    assert renderers.render(part(pyramid_path)) == whole


@pytest.mark.slow
def test_a_renderer_that_takes_too_long_is_replaced(pyramid_path: Path) -> None:
    hasty = Renderers(1, memory_bytes=2**30, time_s=0.0, wait_s=60)
    with pytest.raises(RenderFailed):
        hasty.render(part(pyramid_path))
    hasty.close()
