"""Rows of a workbook's first sheet that holds any. Formulas stay text; nothing is computed."""

import datetime
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from .headings import by_column, column_names
from .refusal import Refused

TITLES = 10  # rows above the headings, at most
MOST_RATIO = 200  # unpacked against packed; tables of text reach 40
SMALL_BYTES = 50 * 1024**2
Cells = list[tuple[str, bool]]  # text, is a formula


def xlsx_rows(
    source: Path, limits: Any
) -> Iterator[tuple[int, dict[str, str], list[str]]]:
    try:
        check_package(source, limits.bytes)
        book = openpyxl.load_workbook(
            source, read_only=True, data_only=False, keep_links=False
        )
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            found = sheet_rows(sheet, limits)
            first = next(found, None)
            if first is not None:
                yield first
                yield from found
                return
    except (
        InvalidFileException, DefusedXmlException, ParseError, zipfile.BadZipFile,
        TypeError, AttributeError, IndexError,
    ) as error:  # fmt: skip
        # openpyxl tells of what is not as it should be by whatever goes wrong first.
        raise Refused("unreadable", reason=str(error)[:300]) from error


def check_package(source: Path, most_bytes: int) -> None:
    """Refuse what would unpack to more than is reasonable, before it is unpacked."""
    with zipfile.ZipFile(source) as package:
        size = sum(member.file_size for member in package.infolist())
    if size > most_bytes:
        raise Refused("too-large", limit=most_bytes)
    if size > SMALL_BYTES and size > MOST_RATIO * source.stat().st_size:
        raise Refused("bomb")


def sheet_rows(
    sheet: Any, limits: Any
) -> Iterator[tuple[int, dict[str, str], list[str]]]:
    """Give the rows below the headings: the first row as full as those that follow."""
    rows = (
        (number, [cell_text(cell) for cell in row[: limits.columns + 1]])
        for number, row in enumerate(sheet.iter_rows(), start=1)
    )
    head = [(number, row) for number, row in islice(rows, TITLES)]
    widths = [sum(bool(text) for text, _ in row) for _, row in head]
    names: list[str] = []
    for place, (number, row) in enumerate(head):
        if names:
            yield from told(number, row, names)
        elif widths[place] * 2 > max(widths, default=0):
            names = column_names([text for text, _ in row])
    for number, row in rows:
        yield from told(number, row, names)


def told(
    number: int, row: Cells, names: Sequence[str]
) -> Iterator[tuple[int, dict[str, str], list[str]]]:
    cells = by_column(names, [text for text, _ in row])
    if cells:
        marked = by_column(names, [text if formula else "" for text, formula in row])
        yield number, cells, list(marked)


def cell_text(cell: Any) -> tuple[str, bool]:
    value = cell.value
    is_formula = cell.data_type == "f"
    if value is None:
        return "", False
    if isinstance(value, bool):
        return ("1" if value else "0"), is_formula
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value)), is_formula
    if isinstance(value, float):
        return repr(value), is_formula
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat(), is_formula
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat(), is_formula
    text = getattr(value, "text", value)  # an array formula
    return str(text), is_formula
