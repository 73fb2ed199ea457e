"""Write exports as CSV, XLSX, JSON or LIDO, piece by piece."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from xml.etree.ElementTree import tostring

from .exporting import as_text, columns
from .lido import HEAD, TAIL, lido_record

Row = dict[str, Any]
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
    from .workbooks import write_workbook  # 23 MB, which every process would hold

    names = columns()
    told = (
        [escaped(as_text(row[n])) if n in row else "" for n in names] for row in rows
    )
    return write_workbook(names, told)


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
