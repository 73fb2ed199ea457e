"""What tells a picture's colours and lengths: a bar of colours, a scale bar, short numbers.

No words but numbers, % and units, so that one picture serves every language.
"""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from scans.imaging.diverging import diverging

LEGEND_PX = 150
BAR_PX = (26, 520)  # width and height of the legend's bar
TICKS = 5
FONT_PX = 18
INK = (40, 40, 40)
PAPER = (255, 255, 255)
# Halves of these are short numbers too.
NICE = (1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
ROUND = (1.0, 2.0, 5.0, 10.0)  # lengths of a scale bar


def draw_legend(
    sheet: Image.Image,
    place: tuple[int, int],
    reach: tuple[float, float],
    unit: str,
    *,
    height: int = BAR_PX[1],
) -> None:
    """Draw the bar of colours for values from the first of `reach` to the second.

    place : its left edge, and the middle of its height
    reach : the second is the largest of both, without sign; its colour is the last
    """
    draw = ImageDraw.Draw(sheet)
    (x, middle), (low, high), width = place, reach, BAR_PX[0]
    top = middle - height // 2
    bar = np.rint(diverging(np.linspace(high, low, height) / high) * 255)
    bar = bar.astype(np.uint8)
    sheet.paste(Image.fromarray(np.repeat(bar[:, None], width, axis=1)), (x, top))
    draw.rectangle((x, top, x + width, top + height), None, INK)
    for value in ticks(low, high):
        y = top + (high - value) / (high - low) * height
        draw.line((x + width, y, x + width + 6, y), INK, 2)
        text = f"{value:+g}" if low < 0 and value else f"{value:g}"
        draw.text((x + width + 10, y), text, INK, font(), "lm")
    draw.text((x, top - 12), unit, INK, font(), "ls")


def draw_scale_bar(
    sheet: Image.Image, place: tuple[int, int], mm_a_px: float, *, most_px: float
) -> None:
    """Draw a round length, and write it above.

    place : its left end
    """
    draw = ImageDraw.Draw(sheet)
    length = round_below(mm_a_px * most_px)
    x, y = place
    end = x + length / mm_a_px
    draw.line((x, y, end, y), INK, 3)
    for across in (x, end):
        draw.line((across, y - 6, across, y + 6), INK, 3)
    draw.text(((x + end) / 2, y - 8), f"{length:g} mm", INK, font(), "ms")


def ticks(low: float, high: float) -> list[float]:
    """Values of the marks of a scale."""
    return [float(f"{value:.6g}") for value in np.linspace(low, high, TICKS)]


def nice(value: float) -> float:
    """The next short number that is no less."""
    power = 10.0 ** np.floor(np.log10(value))
    step = next(step for step in NICE if value <= step * power * (1 + 1e-9))
    return float(f"{step * power:.6g}")


def round_below(value: float) -> float:
    """The next round number that is no more."""
    power = 10.0 ** np.floor(np.log10(value))
    step = max(step for step in ROUND if step * power <= value * (1 + 1e-9))
    return float(f"{step * power:.6g}")


def font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The face that comes with Pillow: digits look the same on every machine."""
    return ImageFont.load_default(FONT_PX)
