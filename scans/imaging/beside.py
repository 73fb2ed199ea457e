"""Two renders of one view side by side, and where they differ, as one picture.

Left the original, in the middle what is held against it, right the difference of colour
as it is seen (CIEDE2000) with its legend. No words but numbers and the unit.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from scans.imaging.diverging import diverging
from scans.imaging.legend import LEGEND_PX, PAPER, draw_legend

PANEL_PX = 480
MARGIN_PX = 8
BAR_HEIGHT_PX = 380
# Of CIEDE2000: one is just seen side by side, two is what a level may differ by on
# average, and at ten colours are others. One scale for all files, to compare them by.
MOST_DE00 = 10.0

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Picture:
    """A render: sRGB, (h, w, 3) from 0 to 1, and where the object is, (h, w)."""

    pixels: Floats
    mask: NDArray[np.bool_]


def draw_beside(original: Picture, other: Picture, path: Path) -> None:
    """Write both, of one size, and their difference.

    Where only one of them shows the object, it differs from paper.
    """
    shown = [_panel(original), _panel(other)]
    sheet = Image.new("RGB", (3 * PANEL_PX + LEGEND_PX, PANEL_PX), PAPER)
    for number, pixels in enumerate([*shown, _difference(*shown)]):
        rows, columns = pixels.shape[:2]
        left = number * PANEL_PX + (PANEL_PX - columns) // 2
        levels = np.rint(pixels * 255).astype(np.uint8)
        sheet.paste(Image.fromarray(levels), (left, (PANEL_PX - rows) // 2))
    place = (3 * PANEL_PX + 16, PANEL_PX // 2 + 14)
    draw_legend(sheet, place, (0, MOST_DE00), "dE00", height=BAR_HEIGHT_PX)
    sheet.save(path)


def _panel(picture: Picture) -> Floats:
    """On paper, and small enough for its place; (h, w, 3) from 0 to 1."""
    on_paper = np.where(picture.mask[:, :, None], picture.pixels, np.float32(1))
    rows, columns = on_paper.shape[:2]
    scale = min(1, (PANEL_PX - 2 * MARGIN_PX) / max(rows, columns))
    size = tuple(max(1, round(side * scale)) for side in (columns, rows))
    levels = Image.fromarray(np.rint(on_paper * 255).astype(np.uint8))
    small = levels.resize(size, Image.Resampling.BOX)
    return np.asarray(small, np.float32) / np.float32(255)


def _difference(one: Floats, other: Floats) -> Floats:
    off = deltaE_ciede2000(rgb2lab(one), rgb2lab(other))  # type: ignore[no-untyped-call]
    colours = diverging(np.asarray(off).ravel() / MOST_DE00).reshape(*one.shape)
    is_paper = ((one == 1) & (other == 1)).all(axis=2, keepdims=True)
    return np.asarray(np.where(is_paper, 1, colours), np.float32)
