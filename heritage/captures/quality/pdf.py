"""Draw a quality sheet as a PDF: A4, the museum's one font, pictures as they are."""

from datetime import datetime

from fpdf import FontFace
from fpdf.enums import TableBordersLayout, WrapMode
from PIL import Image

from heritage.archive.local_copies import local_path
from heritage.lib.pdf_pen import (
    INK,
    LABEL_SHARE,
    LINE,
    MARGIN_MM,
    MM_A_POINT,
    RULE,
    SOFT,
    TEXT_PT,
    Pen,
)
from heritage.lib.text_drawing import with_geta

from .parts import Measure, Picture, Section, Sheet, Table, Verdict

TITLE_PT, HEAD_PT, SUBHEAD_PT, SMALL_PT = 18, 13, 10.5, 8
COLOURS = {
    Verdict.PASSED: (46, 107, 63),
    Verdict.FAILED: (163, 34, 25),
    Verdict.UNKNOWN: (105, 98, 88),
}
PICTURE_MM = 120.0  # tallest a picture may be: two stand on a page
INDENT_MM = 4.0


def write_pdf(sheet: Sheet, *, language: str, created: datetime) -> bytes:
    """Give the sheet as the bytes of a PDF; the same sheet gives the same bytes."""
    pen = _SheetPen.begin(title=sheet.title, language=language, created=created)
    pen.page(language=language)
    pen.title_page_top(sheet)
    for section in sheet.sections:
        pen.section(section)
    return pen.finish()


class _SheetPen(Pen):
    """Writes the parts of a sheet one below the other."""

    def title_page_top(self, sheet: Sheet) -> None:
        self.text(sheet.title, TITLE_PT)
        if sheet.verdict is not None:
            self.text(sheet.verdict.text, HEAD_PT, colour=COLOURS[sheet.verdict])
        self.gap(2)
        for label, value in sheet.subject:
            self.pair(label, value)

    def section(self, section: Section) -> None:
        self.keep_together(30)
        self.gap(6)
        self.rule_off()
        self.text(section.title, HEAD_PT)
        if section.about:
            self.text(section.about, SMALL_PT, soft=True)
        for sentence in section.sentences:
            self._point(sentence)
        for measure in section.measures:
            self._measure(measure)
        for table in section.tables:
            self._table(table)
        for picture in section.pictures:
            self._picture(picture)

    def _point(self, sentence: str) -> None:
        self.keep_together(8)
        top = self.pdf.get_y()
        self.text("•", TEXT_PT)
        self.pdf.set_y(top)
        self.text(sentence, TEXT_PT, left=MARGIN_MM + INDENT_MM)

    def _measure(self, measure: Measure) -> None:
        self.keep_together(16)
        self.pair(measure.label, measure.value)
        if measure.about:
            left = MARGIN_MM + LABEL_SHARE * self.pdf.epw
            self.text(measure.about, SMALL_PT, soft=True, left=left)

    def _table(self, table: Table) -> None:
        self.keep_together(25)
        self.gap(2)
        self.text(table.title, SUBHEAD_PT)
        if table.about:
            self.text(table.about, SMALL_PT, soft=True)
        self.ink(SMALL_PT, INK)
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
        path = local_path(picture.row.stored_file)
        with Image.open(path) as image:
            width, height = _fitted(image.size, self.pdf.epw, PICTURE_MM)
            self.keep_together(height + 12)
            self.gap(2)
            left = MARGIN_MM + (self.pdf.epw - width) / 2
            self.pdf.image(image, x=left, w=width, h=height, alt_text=picture.caption)
        self.text(picture.caption, SMALL_PT, soft=True)


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
