"""Write exports as CSV, XLSX, JSON or LIDO, piece by piece."""

import csv
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from xml.etree.ElementTree import tostring

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from .exporting import as_text, columns
from .lido import HEAD, TAIL, lido_record

Row = dict[str, Any]
CHUNK: Final = 1 << 16
LONGEST_IN_XLSX: Final = 32_767  # characters of a cell, by the format
# What a spreadsheet may compute, and what we ourselves have put before it.
_COMPUTED: Final = re.compile(r"[=+\-@'\t\r]")
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Format:
    media_type: str
    ending: str
    write: Callable[[Iterable[Row]], Iterator[bytes]]


def escaped(text: str) -> str:
    """Put a sign before what a spreadsheet would compute; plain numbers are none."""
    if _COMPUTED.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def write_csv(rows: Iterable[Row]) -> Iterator[bytes]:
    names = columns()
    yield b"\xef\xbb\xbf" + _line(names)
    for row in rows:
        yield _line([escaped(as_text(row[n])) if n in row else "" for n in names])


def _line(cells: Iterable[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()


def write_xlsx(rows: Iterable[Row]) -> Iterator[bytes]:
    """Write a workbook of texts. A text that no cell can hold is left out."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("relics")
    names = columns()
    sheet.append(names)
    for row in rows:
        cells = [escaped(as_text(row[n])) if n in row else "" for n in names]
        sheet.append([None if _too_much(text) else text or None for text in cells])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def _too_much(text: str) -> bool:
    return len(text) > LONGEST_IN_XLSX or bool(ILLEGAL_CHARACTERS_RE.search(text))


def write_json(rows: Iterable[Row]) -> Iterator[bytes]:
    before = "[\n"
    for row in rows:
        yield f"{before}{json.dumps(row, ensure_ascii=False)}".encode()
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def write_lido(rows: Iterable[Row]) -> Iterator[bytes]:
    yield HEAD
    for row in rows:
        yield tostring(lido_record(row), encoding="utf-8") + b"\n"
    yield TAIL


FORMATS: Final = {
    "csv": Format("text/csv; charset=utf-8", "csv", write_csv),
    "xlsx": Format(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
        write_xlsx,
    ),
    "json": Format("application/json", "json", write_json),
    "lido": Format("application/xml", "xml", write_lido),
}


def template(headings: Iterable[str]) -> bytes:
    """Make an empty workbook with these headings."""
    book = Workbook(write_only=True)
    book.create_sheet("登记表").append(list(headings))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
