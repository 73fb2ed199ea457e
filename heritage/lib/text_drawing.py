"""Draw text outside HTML: on pictures and in PDF files, with one free font for both.

The font is Chocolate Classical Sans (SIL Open Font Licence), which npm's lockfile pins:
Latin, every character of the first two CJK blocks, and some 4 000 rarer ones.
"""

import functools
import logging
import unicodedata
from datetime import datetime
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.fonts import TTFFont
from PIL import Image, ImageDraw, ImageFont

FAMILY = "Chocolate Classical Sans"
FONT_FILE = (
    Path(__file__).resolve().parents[2]
    / "node_modules/@expo-google-fonts/chocolate-classical-sans"
    / "400Regular/ChocolateClassicalSans_400Regular.ttf"
)
GETA = "〓"  # what Chinese and Japanese printers set for a character they do not have
# Categories that print nothing: controls, format characters, variation selectors.
UNSEEN = {"Cc", "Cf", "Mn"}


class FontMissing(Exception):
    """The font's npm package is not installed."""

    code = "font-missing"
    status = 500

    def __init__(self, path: Path) -> None:
        super().__init__(f"The font {path.name} is not there. Run: make setup")
        self.path = path


class GlyphMissing(Exception):
    """The font has no glyph for some characters of a text."""

    code = "glyph-missing"
    status = 422

    def __init__(self, characters: str) -> None:
        codes = ", ".join(f"{char} (U+{ord(char):04X})" for char in characters)
        super().__init__(f"The font has no glyph for {codes}. Write it another way.")
        self.characters = characters


def font_path() -> Path:
    """Give the font's file; raises `FontMissing`."""
    if not FONT_FILE.is_file():
        raise FontMissing(FONT_FILE)
    return FONT_FILE


def find_missing(text: str) -> str:
    """Give the characters of `text` that the font cannot draw, each once, in order."""
    seen = dict.fromkeys(text)
    return "".join(char for char in seen if not _is_drawable(char))


def with_geta(text: str) -> str:
    """Put 〓 for each character that the font lacks, so that the gap is seen."""
    gaps = dict.fromkeys(map(ord, find_missing(text)), GETA)
    return text.translate(gaps)


def check_drawable(text: str) -> None:
    """Raise `GlyphMissing` rather than let an empty box be printed."""
    missing = find_missing(text)
    if missing:
        raise GlyphMissing(missing)


@functools.lru_cache(maxsize=16)
def image_font(size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_path(), size_px)


def text_picture(text: str, *, size_px: int, colour: str = "black") -> Image.Image:
    """Draw `text`, which may have several lines, on a transparent picture of its size."""
    check_drawable(text)
    font = image_font(size_px)
    ruler = ImageDraw.Draw(Image.new("RGBA", (1, 1)))
    left, top, right, bottom = ruler.multiline_textbbox((0, 0), text, font=font)
    size = (max(1, round(right - left)), max(1, round(bottom - top)))
    picture = Image.new("RGBA", size)
    brush = ImageDraw.Draw(picture)
    brush.multiline_text((-left, -top), text, font=font, fill=colour)
    return picture


def new_pdf(*, title: str, language: str, created: datetime) -> FPDF:
    """Begin a PDF file, A4, font at 11 pt: add a page, write, then `finish_pdf`.

    Only the glyphs used are embedded, with the table that lets a reader copy the text.
    Check each text with `check_drawable` first: fpdf prints an empty box and goes on.
    """
    # fontTools tells every table it drops while it embeds the font.
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    pdf = FPDF(format="A4", unit="mm")
    pdf.set_title(title)
    pdf.set_lang(language)
    pdf.set_creation_date(created)
    pdf.add_font(FAMILY, fname=font_path())
    pdf.set_font(FAMILY, size=11)
    return pdf


def finish_pdf(pdf: FPDF) -> bytes:
    """Give the file's bytes; the document takes nothing more after that."""
    written = bytes(pdf.output())
    for font in pdf.fonts.values():
        if isinstance(font, TTFFont):
            font.ttfont.close()  # fpdf leaves the font's file open
    return written


def _is_drawable(char: str) -> bool:
    return ord(char) in _characters() or unicodedata.category(char) in UNSEEN


@functools.cache
def _characters() -> frozenset[int]:
    with TTFont(font_path(), lazy=True) as font:
        return frozenset(font.getBestCmap())
