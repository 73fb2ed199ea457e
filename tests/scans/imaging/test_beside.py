"""Two pictures side by side: what differs stands out, what does not stays paper."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scans.imaging.beside import PANEL_PX, Picture, draw_beside

PAPER = 250


def square(shade: float, *, stained: bool = False) -> Picture:
    """A grey square on nothing, with a red stain in its upper left or without."""
    pixels = np.full((300, 200, 3), shade, np.float32)
    if stained:
        pixels[60:100, 60:100] = (0.8, 0.1, 0.1)
    mask = np.zeros((300, 200), bool)
    mask[50:250, 50:150] = True
    return Picture(pixels, mask)


def difference(path: Path) -> np.ndarray:
    sheet = np.asarray(Image.open(path).convert("RGB")).astype(int)
    return np.asarray(sheet[:, 2 * PANEL_PX : 3 * PANEL_PX])


def test_a_stain_is_seen_where_it_is_and_nowhere_else(tmp_path: Path) -> None:
    draw_beside(square(0.5), square(0.5, stained=True), tmp_path / "pair.png")
    off = difference(tmp_path / "pair.png")
    rows, columns = np.nonzero(off[:, :, 0] - off[:, :, 2] > 60)
    # 300 x 200 pixels are shown as they are, in the middle of their place.
    top, left = (PANEL_PX - 300) // 2, (PANEL_PX - 200) // 2
    assert (rows.min() - top, rows.max() - top) == (60, 99)
    assert (columns.min() - left, columns.max() - left) == (60, 99)


@pytest.mark.parametrize("shade", [0.1, 0.9])
def test_two_alike_leave_no_trace(tmp_path: Path, shade: float) -> None:
    draw_beside(square(shade), square(shade), tmp_path / "pair.png")
    assert difference(tmp_path / "pair.png").min() > PAPER - 10


def test_an_outline_that_one_lacks_is_seen(tmp_path: Path) -> None:
    whole, part = square(0.3), square(0.3)
    part.mask[200:] = False
    draw_beside(whole, part, tmp_path / "pair.png")
    off = difference(tmp_path / "pair.png")
    assert (off[:, :, 0] - off[:, :, 2] > 60).sum() == 50 * 100
