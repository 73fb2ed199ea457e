"""Colours as the web writes them, and how well one is read on another.

Source: WCAG 2.2, "relative luminance" and "contrast ratio"; 4.5 is level AA for text.
"""

import re
from typing import Final

READABLE: Final = 4.5
WHITE: Final = "#ffffff"
BLACK: Final = "#000000"
HEX: Final = re.compile(r"#[0-9a-fA-F]{6}\Z")
# How far each of a theme's steps lies from the colour itself: to white, or to black.
_STEPS: Final = {
    "50": (WHITE, 0.94), "100": (WHITE, 0.86), "200": (WHITE, 0.7), "300": (WHITE, 0.5),
    "400": (WHITE, 0.32), "500": (WHITE, 0.16), "600": (WHITE, 0.0), "700": (BLACK, 0.14),
    "800": (BLACK, 0.3), "900": (BLACK, 0.45), "950": (BLACK, 0.7),
}  # fmt: skip


def is_colour(text: str) -> bool:
    return HEX.match(text) is not None


def contrast(one: str, other: str) -> float:
    """Give the contrast ratio of two colours `#rrggbb`: 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """Give a colour with a share (0 to 1) of another in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def readable_on(ground: str, colour: str) -> str:
    """Give the colour, lightened as far as it takes to be read on a dark ground."""
    for percent in range(0, 101, 4):
        lighter = mixed(colour, WHITE, percent / 100)
        if contrast(lighter, ground) >= READABLE:
            return lighter
    return WHITE


def shades(colour: str) -> dict[str, str]:
    """Give a theme's steps, from faint (50) to deep (950); 600 is the colour itself."""
    return {step: mixed(colour, to, share) for step, (to, share) in _STEPS.items()}


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(value / 255) for value in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return (
        value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
    )
