"""Workbooks to hand out: the rows of an export, and empty forms to fill in."""

import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

CHUNK: Final = 1 << 16
LONGEST: Final = 32_767  # characters of a cell, by the format


def write_workbook(
    names: Sequence[str], rows: Iterable[Sequence[str]]
) -> Iterator[bytes]:
    """Write a workbook of texts. A text that no cell can hold is left out."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("relics")
    sheet.append(list(names))
    for cells in rows:
        sheet.append([None if _too_much(text) else text or None for text in cells])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def template(headings: Iterable[str]) -> bytes:
    """Make an empty workbook with these headings."""
    book = Workbook(write_only=True)
    book.create_sheet("登记表").append(list(headings))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _too_much(text: str) -> bool:
    return len(text) > LONGEST or bool(ILLEGAL_CHARACTERS_RE.search(text))
