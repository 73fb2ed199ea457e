"""Rows of a CSV: any separator; UTF-8, GBK, GB18030 or UTF-16, with or without a mark."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .headings import by_column, column_names
from .refusal import Refused

SEPARATORS = ",;\t|^，；"
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LOOKED_AT = 20  # records, to tell the separator
CHUNK = 1 << 20


def csv_rows(
    source: Path, limits: Any, told: dict[str, Any]
) -> Iterator[tuple[int, dict[str, str], list[str]]]:
    encoding = find_encoding(source)
    told["encoding"] = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    csv.field_size_limit(limits.cell)
    separator = find_separator(source, encoding)
    with source.open(encoding=encoding, newline="") as file:
        names: list[str] = []
        try:
            for number, cells in enumerate(csv.reader(file, delimiter=separator), 1):
                if not any(cell.strip() for cell in cells):
                    continue
                if not names:
                    names = column_names(cells)
                    continue
                found = by_column(names, cells)
                formulas = [n for n, text in found.items() if is_formula(text)]
                yield number, found, formulas
        except csv.Error as error:
            raise Refused("unreadable", reason=str(error)) from error


def is_formula(text: str) -> bool:
    """Tell what a spreadsheet would compute; `-5`, `+86 …` and `@` alone are plain text."""
    return text[0] == "=" and len(text) > 1


def find_encoding(source: Path) -> str:
    with source.open("rb") as file:
        head = file.read(4096)
    marked = [encoding for mark, encoding in MARKS if head.startswith(mark)]
    if (
        not marked and 0 in head
    ):  # separators and line ends of UTF-16; no other text has it
        little = head[1::2].count(0) >= head[::2].count(0)
        marked = ["utf-16-le" if little else "utf-16-be"]
    for encoding in marked or ("utf-8", "gb18030"):
        if decodes(source, encoding):
            return encoding
    raise Refused("not-text")


def decodes(source: Path, encoding: str) -> bool:
    """Tell whether the whole file is text in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with source.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                if "\0" in decoder.decode(chunk):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def find_separator(source: Path, encoding: str) -> str:
    """Choose the one that parts most records into the same number of cells."""
    best, most = ",", (0, 0)
    for separator in SEPARATORS:
        counts = Counter(record_lengths(source, encoding, separator))
        width, rows = max(
            counts.items(), key=lambda one: (one[1], one[0]), default=(1, 0)
        )
        if width > 1 and (rows, width) > most:
            best, most = separator, (rows, width)
    return best


def record_lengths(source: Path, encoding: str, separator: str) -> Iterator[int]:
    with source.open(encoding=encoding, newline="") as file:
        try:
            for place, cells in enumerate(csv.reader(file, delimiter=separator)):
                if place >= LOOKED_AT:
                    return
                if cells:
                    yield len(cells)
        except csv.Error:
            return
