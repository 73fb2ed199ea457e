"""Labels with QR codes on sheets of usual formats."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from fpdf import FPDF

from heritage.archive.institution import museum_name
from heritage.catalogue.models import Relic
from heritage.custody.codes import QUIET_MODULES, code_matrix
from heritage.lib.pdf_pen import INK, MM_A_POINT
from heritage.lib.text_drawing import FAMILY, finish_pdf, new_pdf, with_geta

from .grid import break_lines

PAD_MM = 1.5
CODE_SHARE = 0.48  # of a label's width, at most
NUMBER_PT, NAME_PT, SMALL_PT = 9.0, 7.0, 5.5
AIR = 1.25  # times the size of the type


@dataclass(frozen=True)
class Format:
    """A sheet of labels, A4, in mm; named as shops do: number, width, height."""

    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    gap: float = 0.0  # between columns; rows touch

    @property
    def count(self) -> int:
        return self.columns * self.rows


# As the common sheets are cut: Avery 3474, L7160, L7163, 3657, L7651.
FORMATS: Final = {
    "24": Format(3, 8, 70.0, 37.0, 0.0, 0.5),
    "21": Format(3, 7, 63.5, 38.1, 7.2, 15.15, 2.5),
    "14": Format(2, 7, 99.1, 38.1, 4.65, 15.15, 2.5),
    "40": Format(4, 10, 48.5, 25.4, 8.0, 21.5),
    "65": Format(5, 13, 38.1, 21.2, 4.65, 10.7, 2.5),
}


def format_choices() -> list[tuple[str, str]]:
    told = _("%(count)s a sheet, %(width)s × %(height)s mm")
    return [
        (
            key,
            told
            % {"count": f.count, "width": f"{f.width:g}", "height": f"{f.height:g}"},
        )
        for key, f in FORMATS.items()
    ]


def label_sheets(relics: Sequence[Relic], *, format: str, first: int = 1) -> bytes:
    """Give the sheets as a PDF; `first` is the first label still on a sheet begun."""
    sheet = FORMATS[format]
    pdf = new_pdf(
        title=_("Labels"), language=get_language() or settings.LANGUAGE_CODE,
        created=timezone.now(),
    )  # fmt: skip
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(0)
    for place, relic in enumerate(relics, start=max(0, min(first, sheet.count) - 1)):
        if pdf.page == 0 or place % sheet.count == 0:
            pdf.add_page()
        left, top = _corner(sheet, place % sheet.count)
        _Label(pdf, sheet, left, top).draw(relic)
    if not relics:
        pdf.add_page()
    return finish_pdf(pdf)


def _corner(sheet: Format, place: int) -> tuple[float, float]:
    row, column = divmod(place, sheet.columns)
    left = sheet.left + column * (sheet.width + sheet.gap)
    return left, sheet.top + row * sheet.height


class _Label:
    def __init__(self, pdf: FPDF, sheet: Format, left: float, top: float) -> None:
        self.pdf, self.sheet, self.left, self.top = pdf, sheet, left, top

    def draw(self, relic: Relic) -> None:
        side = min(self.sheet.height - 2 * PAD_MM, self.sheet.width * CODE_SHARE)
        self._code(code_matrix(relic), side)
        across = self.left + PAD_MM + side
        width = self.left + self.sheet.width - PAD_MM - across
        bottom = self.top + self.sheet.height - PAD_MM
        height = self.top + PAD_MM + 1
        for text, size, most in (
            (relic.register_no, NUMBER_PT, 3),
            (relic.title, NAME_PT, 3),
            (museum_name(), SMALL_PT, 2),
        ):
            height = self._text(text, size, most, (across, height, width, bottom))

    def _code(self, matrix: list[list[bool]], side: float) -> None:
        """Draw the dark modules, run by run; the quiet zone stays within the side."""
        module = side / (len(matrix) + 2 * QUIET_MODULES)
        left = self.left + PAD_MM + QUIET_MODULES * module
        top = self.top + (self.sheet.height - side) / 2 + QUIET_MODULES * module
        self.pdf.set_fill_color(0, 0, 0)
        for number, row in enumerate(matrix):
            for start, length in _dark_runs(row):
                self.pdf.rect(
                    left + start * module, top + number * module, length * module,
                    module, style="F",
                )  # fmt: skip

    def _text(
        self, text: str, size: float, most: int, box: tuple[float, float, float, float]
    ) -> float:
        left, top, width, bottom = box
        self.pdf.set_text_color(*INK)
        size, lines = self._lines(with_geta(text), size, most, (width, bottom - top))
        step = size * MM_A_POINT * AIR
        for line in lines:
            self.pdf.text(left, top + step * 0.8, line)
            top += step
        return top + step * 0.2

    def _lines(
        self, text: str, size: float, most: int, room: tuple[float, float]
    ) -> tuple[float, list[str]]:
        """Break a text in the largest type that it fits in; one too long for any ends in …."""
        width, height = room
        while True:
            self.pdf.set_font(FAMILY, size=size)
            lines = list(break_lines(self.pdf, text, width))
            fit = min(most, int(height / (size * MM_A_POINT * AIR)))
            if len(lines) <= fit or size <= SMALL_PT:
                break
            size -= 0.5
        if fit and len(lines) > fit:
            lines[fit - 1] = self._ending(lines[fit - 1], width)
        return size, lines[:fit]

    def _ending(self, line: str, width: float) -> str:
        while line and self.pdf.get_string_width(line + "…") > width:
            line = line[:-1]
        return line + "…"


def _dark_runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    start = None
    for place, dark in enumerate([*row, False]):
        if dark and start is None:
            start = place
        if not dark and start is not None:
            yield start, place - start
            start = None
