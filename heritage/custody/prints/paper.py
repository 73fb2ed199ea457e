"""An A4 voucher: title, number, pairs, a ruled table, answers, lines to sign on."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, Self

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heritage.archive.institution import logo, museum_name
from heritage.lib.pdf_pen import MARGIN_MM, SOFT, Pen
from heritage.lib.text_drawing import FAMILY, with_geta

from .grid import Grid, Row, Run

TITLE_PT, HEAD_PT, TEXT_PT, SMALL_PT = 17, 12, 8.5, 7.5
SIGN_MM = 12.0
LOGO_MM = 16.0


class Paper(Pen):
    """Begins with the museum's name; all in the language that is active."""

    @classmethod
    def of(cls, title: str, *, created: datetime | None = None) -> Self:
        language = get_language() or settings.LANGUAGE_CODE
        paper = cls.begin(
            title=title, language=language, created=created or timezone.now()
        )
        paper.pdf.alias_nb_pages()
        paper.page(language=language)
        return paper

    def head(self, title: str, number: str = "") -> None:
        mark = logo()
        if mark:
            self.pdf.image(
                BytesIO(mark), x=MARGIN_MM, y=self.pdf.get_y(), w=LOGO_MM, h=LOGO_MM,
                keep_aspect_ratio=True,
            )  # fmt: skip
        self.centred(museum_name(), HEAD_PT)
        self.centred(title, TITLE_PT)
        if number:
            self.centred(_("No. %s") % number, TEXT_PT)
        self.gap(3)

    def centred(self, text: str, size_pt: float) -> None:
        self.pdf.set_font(FAMILY, size=size_pt)
        self.pdf.set_text_color(*SOFT)
        self.pdf.cell(
            w=0, h=size_pt * 0.55, text=with_geta(text), align="C", new_x="LMARGIN",
            new_y="NEXT",
        )  # fmt: skip

    def pairs(self, facts: Sequence[tuple[str, str]]) -> None:
        for label, value in facts:
            if value:
                self.pair(label, value)

    def table(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        shares: Sequence[float],
    ) -> None:
        """Draw rows under a head that is said again on each page."""
        whole = sum(shares)
        widths = [self.pdf.epw * share / whole for share in shares]
        grid = Grid(self.pdf, widths, size_pt=TEXT_PT, left_mm=MARGIN_MM)
        top = _row(head)
        self.gap(2)
        grid.draw(top, soft=True)
        for cells in rows:
            row = _row(cells)
            if self.pdf.will_page_break(grid.height(row)):
                self.pdf.add_page()
                grid.draw(top, soft=True)
            grid.draw(row)
        self.gap(3)

    def answers(self, asked: Any) -> None:
        """Write who has approved, and leave room for who has not."""
        given = {one.rank: one for one in asked.approvals.select_related("by")}
        rows = []
        for rank in asked.chain:
            one = given.get(rank)
            verdict = "" if one is None else _("yes") if one.agrees else _("no")
            rows.append([
                str(rank.label), verdict, one.document_no if one else "",
                one.note if one else "", person(one.by) if one else "", day(one.at) if one else "",
            ])  # fmt: skip
        head = (
            _("Approval"),
            _("verdict"),
            _("document"),
            _("note"),
            _("by"),
            _("date"),
        )
        self.table(head, rows, (26, 10, 24, 26, 16, 16))

    def signatures(self, *names: str) -> None:
        self.keep_together(SIGN_MM * 2)
        self.gap(SIGN_MM)
        line = "    ".join(f"{name}: ______________" for name in names)
        self.text(line, TEXT_PT)

    def number_pages(self) -> bytes:
        """Say on each page which it is, and give the file."""
        pages = self.pdf.page
        self.pdf.set_auto_page_break(auto=False)
        for number in range(1, pages + 1):
            self.pdf.page = number
            self.pdf.set_xy(MARGIN_MM, self.pdf.h - 12)
            said = _("page %(page)s of %(all)s") % {"page": number, "all": pages}
            self.centred(said, SMALL_PT)
        return self.finish()


def person(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""


def day(at: datetime | date | None) -> str:
    if isinstance(at, datetime):
        at = timezone.localtime(at).date()
    return at.isoformat() if at else ""


def _row(cells: Sequence[str]) -> Row:
    return Row([[Run(cell)] for cell in cells])
