"""One font draws the museum's names, the rare ones too, on pictures and in PDF."""

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from heritage.lib import text_drawing
from heritage.lib.text_drawing import (
    FontMissing,
    GlyphMissing,
    check_drawable,
    find_missing,
    finish_pdf,
    font_path,
    image_font,
    new_pdf,
    text_picture,
    with_geta,
)

CHIMES = "曾侯乙编钟"  # the bells of Marquis Yi of Zeng
RARE = "𤭢"  # U+24B62, CJK Extension B: beyond sixteen bits
NO_GLYPH = "\U0003134a"  # the last of Extension G
WRITTEN = datetime(2026, 11, 21, tzinfo=UTC)


def bitmap(char: str) -> bytes:
    """The glyph as Pillow draws it, without asking whether there is one."""
    return bytes(image_font(64).getmask(char, mode="1"))


def outlines(font: TTFont, names: Iterable[str]) -> list[str]:
    glyphs = font["glyf"]
    return [str(list(glyphs[name].getCoordinates(glyphs)[0])) for name in names]


def embedded_font(file: bytes) -> TTFont:
    """Open the font that the file's first page carries."""
    page: Any = PdfReader(io.BytesIO(file)).pages[0]
    (font,) = page["/Resources"]["/Font"].values()
    descendant = font.get_object()["/DescendantFonts"][0].get_object()
    stream = descendant["/FontDescriptor"]["/FontFile2"].get_data()
    return TTFont(io.BytesIO(stream))


def test_each_character_has_a_picture_of_its_own() -> None:
    box = bitmap(NO_GLYPH)
    pictures = {char: bitmap(char) for char in CHIMES + RARE}
    for char, picture in pictures.items():
        assert any(picture), f"{char} is blank"
        assert picture != box, f"{char} is drawn as a missing glyph"
    for first, second in combinations(pictures, 2):
        assert pictures[first] != pictures[second], f"{first} looks like {second}"


def test_the_rare_character_is_not_its_common_likeness() -> None:
    assert bitmap(RARE) != bitmap("碎")


def test_pdf_text_can_be_copied_out_again() -> None:
    pdf = new_pdf(title=CHIMES, language="zh-CN", created=WRITTEN)
    pdf.add_page()
    pdf.cell(text=f"{CHIMES} {RARE} Bells")
    reader = PdfReader(io.BytesIO(finish_pdf(pdf)))
    assert reader.pages[0].extract_text() == f"{CHIMES} {RARE} Bells"
    assert reader.metadata is not None
    assert reader.metadata.title == CHIMES


def test_pdf_carries_an_outline_of_its_own_for_each_character() -> None:
    pdf = new_pdf(title=CHIMES, language="zh-CN", created=WRITTEN)
    pdf.add_page()
    pdf.cell(text=CHIMES + RARE)
    with TTFont(font_path(), lazy=True) as whole:
        names = [whole.getBestCmap()[ord(char)] for char in CHIMES + RARE]
        wanted = outlines(whole, names)
    with embedded_font(finish_pdf(pdf)) as embedded:
        carried = outlines(embedded, embedded.getGlyphOrder())
    assert set(wanted) <= set(carried)
    assert len(set(wanted)) == len(CHIMES + RARE)


def test_pdf_of_the_same_text_has_the_same_bytes() -> None:
    def write() -> bytes:
        pdf = new_pdf(title=CHIMES, language="zh-CN", created=WRITTEN)
        pdf.add_page()
        pdf.cell(text=CHIMES)
        return finish_pdf(pdf)

    assert write() == write()


def test_what_the_font_lacks_is_named_and_not_drawn_as_a_box() -> None:
    assert find_missing(f"{CHIMES}{NO_GLYPH}{RARE}{NO_GLYPH}") == NO_GLYPH
    with pytest.raises(GlyphMissing, match="U\\+3134A"):
        text_picture(NO_GLYPH, size_px=32)
    assert with_geta(f"{CHIMES}{NO_GLYPH}") == f"{CHIMES}〓"


def test_breaks_and_variation_selectors_need_no_glyph() -> None:
    check_drawable(f"{CHIMES}\n{RARE}\U000e0100")


def test_common_writing_is_complete() -> None:
    every_common = "".join(map(chr, range(0x3400, 0x4DC0)))
    every_unified = "".join(map(chr, range(0x4E00, 0xA000)))
    assert find_missing(every_common + every_unified) == ""
    assert find_missing("《铜》“器”——通高 36.7 cm ± 0.1，第①组 ㎡ āáǎà Ünïcødé") == ""


def test_picture_is_as_large_as_its_text() -> None:
    one, two = text_picture(CHIMES, size_px=40), text_picture(CHIMES[:2], size_px=40)
    box = one.getbbox()
    assert box is not None
    # Antialiasing may leave an outermost column empty.
    assert box[:2] <= (1, 1)
    assert box[2:] >= (one.width - 2, one.height - 2)
    assert 4 * 40 < one.width <= 5 * 40
    assert one.width > two.width


def test_absent_font_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_drawing, "FONT_FILE", Path("/nowhere/font.ttf"))
    with pytest.raises(FontMissing, match="make setup"):
        font_path()
