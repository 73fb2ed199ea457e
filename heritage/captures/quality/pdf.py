"""Draw a quality sheet as a PDF: A4, the museum's one font, pictures as they are."""

from datetime import datetime
from pathlib import Path

from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout, WrapMode, XPos, YPos
from PIL import Image

from heritage.lib.text_drawing import FAMILY, finish_pdf, new_pdf, with_geta

from .parts import Measure, Picture, Section, Sheet, Table, Verdict

MARGIN_MM = 18.0
LINE = 1.45  # times the size of the type; Chinese needs more air than Latin
MM_A_POINT = 25.4 / 72
TITLE_PT, HEAD_PT, SUBHEAD_PT, TEXT_PT, SMALL_PT = 18, 13, 10.5, 9.5, 8
INK, SOFT, RULE = (30, 28, 26), (105, 98, 88), (205, 200, 190)
COLOURS = {
    Verdict.PASSED: (46, 107, 63),
    Verdict.FAILED: (163, 34, 25),
    Verdict.UNKNOWN: (105, 98, 88),
}
PICTURE_MM = 120.0  # tallest a picture may be: two stand on a page
INDENT_MM = 4.0
LABEL_SHARE = 0.34  # of the width, for a figure's name


def write_pdf(sheet: Sheet, *, language: str, created: datetime) -> bytes:
    """Give the sheet as the bytes of a PDF; the same sheet gives the same bytes."""
    pdf = _SheetPdf.begin(sheet, language, created)
    pdf.title_page_top(sheet)
    for section in sheet.sections:
        pdf.section(section)
    return pdf.finish()


class _SheetPdf:
    """A pen that writes parts of a sheet one below the other."""

    def __init__(self, pdf: FPDF, wrap: WrapMode) -> None:
        self.pdf, self.wrap = pdf, wrap

    @classmethod
    def begin(cls, sheet: Sheet, language: str, created: datetime) -> "_SheetPdf":
        pdf = new_pdf(title=with_geta(sheet.title), language=language, created=created)
        pdf.set_margin(MARGIN_MM)
        pdf.set_auto_page_break(auto=True, margin=MARGIN_MM)
        pdf.add_page()
        # Chinese has no blanks to break a line at: it may break after any character.
        is_chinese = language.startswith("zh")
        return cls(pdf, WrapMode.CHAR if is_chinese else WrapMode.WORD)

    def finish(self) -> bytes:
        return finish_pdf(self.pdf)

    def title_page_top(self, sheet: Sheet) -> None:
        self._text(sheet.title, TITLE_PT)
        if sheet.verdict is not None:
            self._text(sheet.verdict.text, HEAD_PT, colour=COLOURS[sheet.verdict])
        self._gap(2)
        for label, value in sheet.subject:
            self._pair(label, value)

    def section(self, section: Section) -> None:
        self._keep_together(30)
        self._gap(6)
        self._rule()
        self._text(section.title, HEAD_PT)
        if section.about:
            self._text(section.about, SMALL_PT, colour=SOFT)
        for sentence in section.sentences:
            self._point(sentence)
        for measure in section.measures:
            self._measure(measure)
        for table in section.tables:
            self._table(table)
        for picture in section.pictures:
            self._picture(picture)

    def _point(self, sentence: str) -> None:
        self._keep_together(8)
        top = self.pdf.get_y()
        self._text("•", TEXT_PT)
        self.pdf.set_y(top)
        self._text(sentence, TEXT_PT, left=MARGIN_MM + INDENT_MM)

    def _measure(self, measure: Measure) -> None:
        self._keep_together(16)
        self._pair(measure.label, measure.value)
        if measure.about:
            left = MARGIN_MM + LABEL_SHARE * self.pdf.epw
            self._text(measure.about, SMALL_PT, colour=SOFT, left=left)

    def _pair(self, label: str, value: str) -> None:
        """Write a name and what it is side by side; the longer one sets the height."""
        self._keep_together(12)
        width, top = LABEL_SHARE * self.pdf.epw, self.pdf.get_y()
        self._text(label, TEXT_PT, colour=SOFT, width=width)
        bottom = self.pdf.get_y()
        self.pdf.set_y(top)
        self._text(value, TEXT_PT, left=MARGIN_MM + width)
        self.pdf.set_y(max(bottom, self.pdf.get_y()))

    def _table(self, table: Table) -> None:
        self._keep_together(25)
        self._gap(2)
        self._text(table.title, SUBHEAD_PT)
        if table.about:
            self._text(table.about, SMALL_PT, colour=SOFT)
        self._ink(SMALL_PT, INK)
        self.pdf.set_draw_color(*RULE)
        aligns = tuple(
            "RIGHT" if column.is_number else "LEFT" for column in table.columns
        )
        with self.pdf.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=_widths(table),
            headings_style=FontFace(emphasis="", color=SOFT),
            line_height=SMALL_PT * MM_A_POINT * LINE,
            text_align=aligns,
            wrapmode=WrapMode.CHAR,
            padding=(0.6, 1.5),
        ) as rows:
            head = rows.row()
            for name in table.head:
                head.cell(with_geta(name))
            for cells in table.rows:
                row = rows.row()
                for cell in cells:
                    colour = COLOURS[cell.verdict] if cell.verdict else INK
                    row.cell(with_geta(cell.text), style=FontFace(color=colour))

    def _picture(self, picture: Picture) -> None:
        path = Path(picture.row.stored_file.absolute_path())
        with Image.open(path) as image:
            width, height = _fitted(image.size, self.pdf.epw, PICTURE_MM)
            self._keep_together(height + 12)
            self._gap(2)
            left = MARGIN_MM + (self.pdf.epw - width) / 2
            self.pdf.image(image, x=left, w=width, h=height, alt_text=picture.caption)
        self._text(picture.caption, SMALL_PT, colour=SOFT)

    def _text(
        self,
        text: str,
        size_pt: float,
        *,
        colour: tuple[int, int, int] = INK,
        left: float = MARGIN_MM,
        width: float = 0,
    ) -> None:
        self._ink(size_pt, colour)
        self.pdf.set_x(left)
        self.pdf.multi_cell(
            w=width, h=size_pt * MM_A_POINT * LINE, text=with_geta(text), align="L",
            new_x=XPos.LMARGIN, new_y=YPos.NEXT, wrapmode=self.wrap,
        )  # fmt: skip

    def _ink(self, size_pt: float, colour: tuple[int, int, int]) -> None:
        self.pdf.set_font(FAMILY, size=size_pt)
        self.pdf.set_text_color(*colour)

    def _gap(self, height_mm: float) -> None:
        self.pdf.ln(height_mm)

    def _rule(self) -> None:
        self.pdf.set_draw_color(*RULE)
        height = self.pdf.get_y()
        self.pdf.line(MARGIN_MM, height, MARGIN_MM + self.pdf.epw, height)
        self._gap(2)

    def _keep_together(self, height_mm: float) -> None:
        """Begin a new page rather than part what belongs together."""
        if self.pdf.will_page_break(height_mm):
            self.pdf.add_page()


def _fitted(
    size_px: tuple[int, int], width: float, height: float
) -> tuple[float, float]:
    scale = min(width / size_px[0], height / size_px[1])
    return size_px[0] * scale, size_px[1] * scale


def _widths(table: Table) -> tuple[float, ...]:
    """Share the width by what the columns hold; Chinese characters count double."""
    columns = zip(
        table.head, *([cell.text for cell in row] for row in table.rows), strict=True
    )
    return tuple(min(max(max(map(_length, texts)), 8), 40) for texts in columns)


def _length(text: str) -> int:
    return sum(2 if char > "⺀" else 1 for char in text)
