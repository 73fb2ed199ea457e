"""A project's ledger as a table: CSV and XLSX, the same rows in both."""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook

from .project_figures import Story
from .project_words import stage_label

Row = list[Any]
# What a spreadsheet would take for a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"  # without it a common spreadsheet reads Chinese as something else


def write_csv(stories: Sequence[Story], day: dt.date) -> bytes:
    written = io.StringIO()
    table = csv.writer(written)
    for row in _rows(stories, day):
        table.writerow([_harmless(_text(cell)) for cell in row])
    return (BOM + written.getvalue()).encode()


def write_xlsx(stories: Sequence[Story], day: dt.date) -> bytes:
    book = Workbook()
    page: Any = book.active
    for number, row in enumerate(_rows(stories, day), 1):
        for column, value in enumerate(row, 1):
            cell = page.cell(number, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # a name that begins with = is no formula
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _rows(stories: Sequence[Story], day: dt.date) -> Iterator[Row]:
    yield [
        _("Register number"), _("Relic"), _("State"), _("Planned since"),
        _("Captured on"), _("Processed on"), _("Accepted on"), _("Published on"),
        _("Target date"), _("Late"),
    ]  # fmt: skip
    for story in stories:
        if story.is_in(day):
            yield _row(story, day)


def _row(story: Story, day: dt.date) -> Row:
    relic = story.item.relic
    return [
        relic.register_no,
        relic.title,
        str(stage_label(story.stage(day))),
        story.item.planned_on,
        _by(story.captured, day),
        _by(story.processed, day),
        _since(story.accepted, day),
        _since(story.published, day),
        story.due,
        _("late") if story.is_late(day) else "",
    ]


def _by(when: dt.date | None, day: dt.date) -> dt.date | None:
    return when if when is not None and when <= day else None


def _since(switches: Sequence[tuple[dt.date, bool]], day: dt.date) -> dt.date | None:
    """Since when it has been on without a break; None if it is off on this day."""
    since: dt.date | None = None
    for when, is_on in switches:
        if when <= day:
            since = (since or when) if is_on else None
    return since


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
