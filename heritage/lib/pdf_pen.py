"""A pen that writes lines one below the other on the pages of a PDF: A4, one font."""

from datetime import datetime
from typing import Self

from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos

from .text_drawing import FAMILY, finish_pdf, new_pdf, with_geta

MARGIN_MM = 18.0
LINE = 1.45  # times the size of the type; Chinese needs more air than Latin
MM_A_POINT = 25.4 / 72
TEXT_PT = 9.5
INK, SOFT, RULE = (30, 28, 26), (105, 98, 88), (205, 200, 190)
LABEL_SHARE = 0.34  # of the width, for a figure's name
Colour = tuple[int, int, int]


class Pen:
    """Writes texts, pairs and rules; breaks pages where it must."""

    def __init__(self, pdf: FPDF, wrap: WrapMode) -> None:
        self.pdf, self.wrap = pdf, wrap

    @classmethod
    def begin(cls, *, title: str, language: str, created: datetime) -> Self:
        """Begin a document without a page. Characters the font lacks show as 〓."""
        pdf = new_pdf(title=with_geta(title), language=language, created=created)
        pdf.set_margin(MARGIN_MM)
        pdf.set_auto_page_break(auto=True, margin=MARGIN_MM)
        return cls(pdf, _wrap(language))

    def page(self, *, language: str) -> None:
        """Begin a page whose text is in this language."""
        self.wrap = _wrap(language)
        self.pdf.add_page()

    def finish(self) -> bytes:
        return finish_pdf(self.pdf)

    def text(
        self,
        text: str,
        size_pt: float,
        *,
        colour: Colour = INK,
        soft: bool = False,
        left: float = MARGIN_MM,
        width: float = 0,
    ) -> None:
        self.ink(size_pt, SOFT if soft else colour)
        self.pdf.set_x(left)
        self.pdf.multi_cell(
            w=width, h=size_pt * MM_A_POINT * LINE, text=with_geta(text), align="L",
            new_x=XPos.LMARGIN, new_y=YPos.NEXT, wrapmode=self.wrap,
        )  # fmt: skip

    def pair(self, label: str, value: str) -> None:
        """Write a name and what it is side by side; the longer one sets the height."""
        self.keep_together(12)
        width, top = LABEL_SHARE * self.pdf.epw, self.pdf.get_y()
        self.text(label, TEXT_PT, soft=True, width=width)
        bottom = self.pdf.get_y()
        self.pdf.set_y(top)
        self.text(value, TEXT_PT, left=MARGIN_MM + width)
        self.pdf.set_y(max(bottom, self.pdf.get_y()))

    def ink(self, size_pt: float, colour: Colour) -> None:
        self.pdf.set_font(FAMILY, size=size_pt)
        self.pdf.set_text_color(*colour)

    def gap(self, height_mm: float) -> None:
        self.pdf.ln(height_mm)

    def rule_off(self) -> None:
        """Draw a line across the page."""
        self.pdf.set_draw_color(*RULE)
        height = self.pdf.get_y()
        self.pdf.line(MARGIN_MM, height, MARGIN_MM + self.pdf.epw, height)
        self.gap(2)

    def keep_together(self, height_mm: float) -> None:
        """Begin a new page rather than part what belongs together."""
        if self.pdf.will_page_break(height_mm):
            self.pdf.add_page()


def _wrap(language: str) -> WrapMode:
    # Chinese has no blanks to break a line at: it may break after any character.
    return WrapMode.CHAR if language.startswith("zh") else WrapMode.WORD
