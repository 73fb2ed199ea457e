"""Draw a field sheet to print: what is known, lines to write on, a QR code to come back."""

import io
from datetime import datetime

import segno
from PIL import Image

from heritage.lib.pdf_pen import MARGIN_MM, RULE, TEXT_PT, Pen

from .sheet_models import FieldSheet
from .sheet_words import told_sheet

TITLE_PT, HEAD_PT, SMALL_PT = 18, 12, 8
QR_MM = 30.0
LINE_MM = 7.5  # between lines that a pen writes on
BARS = 3  # empty lines for scale bars


def write_sheet(
    sheet: FieldSheet, *, address: str, language: str, created: datetime
) -> bytes:
    """Give the sheet as the bytes of a PDF."""
    relic = sheet.capture.relic
    pen = _FieldPen.begin(title=relic.title, language=language, created=created)
    pen.page(language=language)
    pen.head(relic.title, relic.register_no, address)
    for title, rows in told_sheet(sheet):
        pen.part(title, rows or [("", "")] * BARS)
    return pen.finish()


class _FieldPen(Pen):
    """Leaves a line where nothing is known yet."""

    def head(self, title: str, number: str, address: str) -> None:
        top = self.pdf.get_y()
        width = self.pdf.epw - QR_MM - 4
        self.text(title, TITLE_PT, width=width)
        if number:
            self.text(number, HEAD_PT, soft=True, width=width)
        self.text(address, SMALL_PT, soft=True, width=width)
        left = MARGIN_MM + self.pdf.epw - QR_MM
        self.pdf.image(
            _code(address), x=left, y=top, w=QR_MM, h=QR_MM, alt_text=address
        )
        self.pdf.set_y(max(self.pdf.get_y(), top + QR_MM) + 2)

    def part(self, title: str, rows: list[tuple[str, str]]) -> None:
        self.keep_together(24)
        self.gap(2)
        self.text(title, HEAD_PT)
        self.rule_off()
        for label, value in rows:
            if value:
                self.pair(label, value)
            else:
                self._line(label)

    def _line(self, label: str) -> None:
        self.keep_together(LINE_MM)
        top = self.pdf.get_y()
        left = MARGIN_MM + 0.5 * self.pdf.epw
        if label:
            self.text(label, TEXT_PT, soft=True, width=0.48 * self.pdf.epw)
        self.pdf.set_draw_color(*RULE)
        bottom = max(self.pdf.get_y(), top + LINE_MM)
        self.pdf.line(left, bottom - 1, MARGIN_MM + self.pdf.epw, bottom - 1)
        self.pdf.set_y(bottom)


def _code(address: str) -> Image.Image:
    """Give the address as a QR code; a quarter of it may be soiled and it still reads."""
    drawn = io.BytesIO()
    segno.make(address, error="q", micro=False).save(drawn, kind="png", scale=8)
    drawn.seek(0)
    return Image.open(drawn)
