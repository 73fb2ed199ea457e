"""The ledger as a printable book: ruled pages, strikes in red, the chain at each foot."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from fpdf import FPDF

from heritage.archive.institution import museum_name
from heritage.custody.book import Line, Text, read_book
from heritage.custody.models import COLUMNS, Ledger, LedgerEntry
from heritage.lib.pdf_pen import INK, SOFT
from heritage.lib.text_drawing import FAMILY, finish_pdf, new_pdf, with_geta

from .grid import Grid, Row, Run

MARGIN_MM, FOOT_MM = 11.0, 17.0
TITLE_PT, TEXT_PT, SMALL_PT = 15, 7.5, 6.5
WIDTHS_MM: Final = {
    "number": 9.0, "date": 17.0, "register_no": 24.0, "class": 19.0, "name": 39.0,
    "period": 24.0, "count": 13.0, "size": 37.0, "material": 17.0, "completeness": 20.0,
    "grade": 12.0, "source": 22.0, "note": 22.0,
}  # fmt: skip
LOG_WIDTHS_MM = (14.0, 26.0, 20.0, 30.0, 30.0, 60.0, 60.0, 35.0)
DIGEST_SHOWN = 32  # characters: check_ledger --holds takes them


def ledger_book(ledger: Ledger, *, created: datetime | None = None) -> bytes:
    """Give the book as a PDF, in the language that is active."""
    language = get_language() or settings.LANGUAGE_CODE
    pdf = new_pdf(
        title=with_geta(str(ledger)), language=language,
        created=created or timezone.now(),
    )  # fmt: skip
    pdf.set_auto_page_break(auto=False)
    book = _Book(pdf, ledger)
    book.write()
    return finish_pdf(pdf)


class _Book:
    def __init__(self, pdf: FPDF, ledger: Ledger) -> None:
        self.pdf, self.ledger = pdf, ledger
        self.pdf.alias_nb_pages()
        self.digests = dict(ledger.entries.values_list("number", "digest"))

    def write(self) -> None:
        lines = read_book(self.ledger)
        self._lines(lines)
        changes = [entry for line in lines for entry in _changes(line)]
        if changes:
            self._log(sorted(changes, key=lambda entry: entry.number))

    def _lines(self, lines: Sequence[Line]) -> None:
        grid = self._grid(tuple(WIDTHS_MM.values()))
        head = Row([[Run(text)] for text in (_("No."), _("Date"), *map(str, COLUMNS.values()))])  # fmt: skip
        self._page(_("General ledger of the collection"), grid, head)
        last = 0
        for line in lines:
            row = _row(line)
            if self.pdf.get_y() + grid.height(row) > self.pdf.h - FOOT_MM:
                self._foot(last)
                self._page(_("General ledger of the collection"), grid, head)
            grid.draw(row)
            last = line.number
        self._foot(last)

    def _log(self, changes: Sequence[LedgerEntry]) -> None:
        grid = self._grid(LOG_WIDTHS_MM)
        names = (
            _("No."), _("Date"), _("line"), _("General register number"), _("Column"),
            _("struck through"), _("written instead"), _("Reason"),
        )  # fmt: skip
        head = Row([[Run(name)] for name in names])
        title = _("Corrections and deregistrations")
        self._page(title, grid, head)
        last = 0
        for entry in changes:
            for row in _log_rows(entry, self.ledger):
                if self.pdf.get_y() + grid.height(row) > self.pdf.h - FOOT_MM:
                    self._foot(last)
                    self._page(title, grid, head)
                grid.draw(row)
            last = entry.number
        self._foot(last)

    def _grid(self, widths: tuple[float, ...]) -> Grid:
        return Grid(self.pdf, widths, size_pt=TEXT_PT, left_mm=MARGIN_MM)

    def _page(self, title: str, grid: Grid, head: Row) -> None:
        self.pdf.add_page(orientation="landscape")
        self.pdf.set_margin(MARGIN_MM)
        self._say(title, TITLE_PT, top=MARGIN_MM, align="C")
        self._say(f"{museum_name()} · {self.ledger.collection}", TEXT_PT, top=MARGIN_MM + 8, align="L")  # fmt: skip
        opened = date_format(timezone.localtime(self.ledger.opened_at), "DATE_FORMAT")
        self._say(_("opened on %s") % opened, TEXT_PT, top=MARGIN_MM + 8, align="R")
        self.pdf.set_y(MARGIN_MM + 14)
        grid.draw(head, soft=True)

    def _foot(self, number: int) -> None:
        """Say the page, who signs, and the chain up to the page's last entry."""
        top = self.pdf.h - FOOT_MM + 5
        self._say(_("Ledger keeper: ____________  Checked by: ____________"), SMALL_PT + 1, top=top, align="L")  # fmt: skip
        page = _("page %(page)s of %(all)s") % {"page": self.pdf.page_no(), "all": "{nb}"}  # fmt: skip
        self._say(page, SMALL_PT + 1, top=top, align="R")
        digest = self.digests.get(number, "")[:DIGEST_SHOWN]
        if digest:
            sealed = _("sealed up to entry %(number)d: %(digest)s") % {"number": number, "digest": digest}  # fmt: skip
            self._say(sealed, SMALL_PT, top=top, align="C", soft=True)

    def _say(
        self, text: str, size_pt: float, *, top: float, align: str, soft: bool = False
    ) -> None:
        self.pdf.set_font(FAMILY, size=size_pt)
        self.pdf.set_text_color(*(SOFT if soft else INK))
        self.pdf.set_xy(MARGIN_MM, top)
        self.pdf.cell(w=self.pdf.w - 2 * MARGIN_MM, h=5, text=with_geta(text), align=align)  # fmt: skip


def _row(line: Line) -> Row:
    own = [[Run(str(line.number))], [Run(_day(line.entered.at))]]
    cells = [_runs(texts) for texts in line.row()]
    if line.struck_off is not None:
        # The rules across a row end before its last cell: the voucher stays to be read.
        notes = [Run(one.text, is_struck=True) for one in cells[-1]]
        cells[-1] = [*notes, Run(line.struck_off.voucher)]
    return Row([*own, *cells], is_struck=line.struck_off is not None)


def _runs(texts: Sequence[Text]) -> list[Run]:
    return [Run(one.text, is_struck=one.struck_by is not None) for one in texts if one.text]  # fmt: skip


def _changes(line: Line) -> list[LedgerEntry]:
    off = [line.struck_off] if line.struck_off else []
    return [*line.corrections, *off]


def _log_rows(entry: LedgerEntry, ledger: Ledger) -> Iterator[Row]:
    first = ledger.entries.get(number=entry.about or 0)
    told = (str(entry.number), f"{_day(entry.at)} {entry.by}", str(entry.about), first.cells["register_no"])  # fmt: skip
    if entry.kind == LedgerEntry.Kind.STRUCK:
        texts = (_("whole line"), first.cells["name"], entry.voucher, entry.reason)
        yield _log_row(told, texts)
    for name, text in entry.cells.items():
        texts = (str(COLUMNS[name]), entry.struck.get(name, ""), text, entry.reason)
        yield _log_row(told, texts)


def _log_row(told: Sequence[str], texts: Sequence[str]) -> Row:
    column, old, new, reason = texts
    plain = [[Run(text)] for text in (*told, column)]
    return Row([*plain, [Run(old, is_struck=True)], [Run(new)], [Run(reason)]])


def _day(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d")
