"""The font that a bundle holds: exactly the characters that it writes.

A headset or a screen without a Chinese font still shows every label; one that has a font
of its own goes on using it, for ours comes last.
"""

import io
import logging
from functools import lru_cache

from fontTools import subset
from fontTools.ttLib import TTFont

from heritage.lib.text_drawing import font_path

from .parts import Parts

FONT = "static/pages/bundle.woff"
STYLE = "static/pages/fonts.css"
WRITTEN = (".html", ".json", ".txt")
# For vertical setting, forms by context and screens of 1995: labels need none of it.
UNUSED = [
    "BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "gasp", "meta", "vhea", "vmtx",
]  # fmt: skip
FAMILY = "Held in the bundle"  # labels.js and bundled.js name it too
CSS = f"""@font-face {{ font-family: "{FAMILY}"; src: url("bundle.woff") format("woff"); }}
:root {{ --serif: Palatino, Georgia, "Songti SC", "Noto Serif CJK SC", SimSun, "{FAMILY}", serif; --sans: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "{FAMILY}", sans-serif; }}
"""


def take_font(parts: Parts) -> None:
    """Take in what the texts that are in by now are written with.

    Raises `FontMissing`.
    """
    texts = (text for path, text in parts.texts.items() if path.endswith(WRITTEN))
    written = {character for text in texts for character in text.decode()}
    parts.texts[FONT] = _cut_down("".join(sorted(written)))
    parts.texts[STYLE] = CSS.encode()


@lru_cache(maxsize=4)
def _cut_down(characters: str) -> bytes:
    """Give the font with these characters alone, as WOFF; the same ones, the same bytes."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells each table
    options = subset.Options(hinting=False, layout_features=[], drop_tables=UNUSED)
    with TTFont(font_path(), lazy=True, recalcTimestamp=False) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text=characters)
        cutter.subset(font)
        font.flavor = "woff"
        out = io.BytesIO()
        font.save(out)
    return out.getvalue()
