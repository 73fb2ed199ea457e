"""Ruled pages for registers: cells of several texts, some struck through, rows that grow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fpdf import FPDF

from heritage.lib.pdf_pen import INK, LINE, MM_A_POINT, SOFT, Colour
from heritage.lib.text_drawing import FAMILY, with_geta

STRIKE: Final[Colour] = (178, 34, 28)  # the red ink of a corrected ledger
RULE: Final[Colour] = (
    150,
    60,
    50,
)  # ledgers are ruled in red, fainter than the strikes
PADDING_MM = 1.0
NEVER_FIRST: Final = frozenset("，。、；：！？）〕】》」』”’…")


@dataclass(frozen=True)
class Run:
    """A text in a cell, in one ink."""

    text: str
    is_struck: bool = False


@dataclass(frozen=True)
class Row:
    """Cells of runs; a row that was struck off carries two rules across each of its lines.

    They end before the last cell, which says on what voucher it was struck off.
    """

    cells: Sequence[Sequence[Run]]
    is_struck: bool = False


@dataclass(frozen=True)
class _Piece:
    text: str
    is_struck: bool


class Grid:
    """Draws rows below one another, within the left margin and the given widths."""

    def __init__(
        self, pdf: FPDF, widths_mm: Sequence[float], *, size_pt: float, left_mm: float
    ) -> None:
        self.pdf, self.widths, self.left = pdf, tuple(widths_mm), left_mm
        self.size = size_pt
        self.line_mm = size_pt * MM_A_POINT * LINE

    def height(self, row: Row) -> float:
        """Tell how tall a row will be, in mm."""
        self._ink(INK)
        lines = max(len(lines) for lines in self._wrapped(row))
        return max(1, lines) * self.line_mm + 2 * PADDING_MM

    def draw(self, row: Row, *, soft: bool = False) -> None:
        """Draw a row at the pen's height, and move below it."""
        top, height = self.pdf.get_y(), self.height(row)
        left = self.left
        for width, lines in zip(self.widths, self._wrapped(row), strict=True):
            self._frame(left, top, width, height)
            for number, pieces in enumerate(lines):
                self._line(pieces, left, top + number * self.line_mm, soft=soft)
            left += width
        if row.is_struck:
            for number in range(max(len(lines) for lines in self._wrapped(row)[:-1])):
                self._cross(top + number * self.line_mm)
        self.pdf.set_y(top + height)

    def _wrapped(self, row: Row) -> list[list[list[_Piece]]]:
        return [
            list(self._lines(runs, width - 2 * PADDING_MM))
            for width, runs in zip(self.widths, row.cells, strict=True)
        ]

    def _lines(self, runs: Sequence[Run], width: float) -> Iterator[list[_Piece]]:
        """Break runs into lines; a struck run and what follows it each begin a line."""
        for run in runs:
            for text in break_lines(self.pdf, with_geta(run.text), width):
                yield [_Piece(text, run.is_struck)]

    def _line(
        self, pieces: Sequence[_Piece], left: float, top: float, *, soft: bool
    ) -> None:
        across = left + PADDING_MM
        middle = top + PADDING_MM + self.line_mm * 0.5
        for piece in pieces:
            self._ink(SOFT if piece.is_struck or soft else INK)
            self.pdf.text(across, middle + self.size * MM_A_POINT * 0.36, piece.text)
            width = self.pdf.get_string_width(piece.text)
            if piece.is_struck:
                self._rule(across - 0.4, middle, across + width + 0.4, middle)
            across += width

    def _frame(self, left: float, top: float, width: float, height: float) -> None:
        self.pdf.set_draw_color(*RULE)
        self.pdf.set_line_width(0.12)
        self.pdf.rect(left, top, width, height)

    def _cross(self, top: float) -> None:
        right = self.left + sum(self.widths[:-1])
        middle = top + PADDING_MM + self.line_mm * 0.5
        for across in (middle - 0.6, middle + 0.6):
            self._rule(self.left + 0.6, across, right - 0.6, across)

    def _rule(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self.pdf.set_draw_color(*STRIKE)
        self.pdf.set_line_width(0.3)
        self.pdf.line(x1, y1, x2, y2)

    def _ink(self, colour: Colour) -> None:
        self.pdf.set_font(FAMILY, size=self.size)
        self.pdf.set_text_color(*colour)


def break_lines(pdf: FPDF, text: str, width: float) -> Iterator[str]:
    """Break a text into lines of at most `width` mm, in the font that is set."""
    line = ""
    for word in _words(text):
        if line and pdf.get_string_width(line + word) > width:
            yield line.rstrip()
            line = ""
        line += word if line else word.lstrip()
        while pdf.get_string_width(line) > width and len(line) > 1:
            fits = _fitting(pdf, line, width)
            yield line[:fits]
            line = line[fits:]
    if line:
        yield line


def _fitting(pdf: FPDF, text: str, width: float) -> int:
    for count in range(2, len(text) + 1):
        if pdf.get_string_width(text[:count]) > width:
            return count - 1
    return len(text)


def _words(text: str) -> Iterator[str]:
    """Break where a line may end: after a blank, and around any Chinese character.

    A closing mark stays with what stands before it.
    """
    word = ""
    for place, char in enumerate(text):
        word += char
        following = text[place + 1 : place + 2]
        ends = char == " " or char > "⺀" or following > "⺀"
        if ends and following not in NEVER_FIRST:
            yield word
            word = ""
    if word:
        yield word
