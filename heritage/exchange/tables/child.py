"""Read tables that nobody trusts: run as a program with limits, on its own.

    python -m heritage.exchange.tables.child TARGET LIMITS SOURCE...

Writes one JSON document a row to TARGET: `n` its number in the file (from 1), `c` column →
text, `f` the columns that held a formula, `s` the file where there are several. Prints one
JSON document: `rows`, `columns` in their order, `encoding`, `fault` as [code, facts].
What a broken or hostile file does ends here. LIMITS: rows, columns, cell, bytes, as JSON.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from .refusal import Refused

# Rows repeat the headings and what a workbook holds once; honest ones stay far below.
MOST_RATIO = 1000  # written against handed in
SMALL_BYTES = 50 * 1024**2


class Row(NamedTuple):
    number: int
    cells: dict[str, str]
    formulas: list[str]


@dataclass(frozen=True)
class Limits:
    rows: int
    columns: int
    cell: int  # characters
    bytes: int  # unpacked, and written


def main() -> int:
    target, limits = Path(sys.argv[1]), Limits(**json.loads(sys.argv[2]))
    sources = [Path(name) for name in sys.argv[3:]]
    columns: dict[str, None] = {}
    told: dict[str, Any] = {"rows": 0, "encoding": "", "fault": None}
    most = max(SMALL_BYTES, MOST_RATIO * sum(path.stat().st_size for path in sources))
    written = 0
    with target.open("w", encoding="utf-8") as out:
        try:
            for source in sources:
                for row in rows_of(source, limits, told):
                    told["rows"] += 1
                    check_size(row, columns, told["rows"], limits)
                    line = json.dumps(document(row, source, sources)) + "\n"
                    written += len(line)  # ASCII
                    check_written(written, most, limits)
                    out.write(line)
        except Refused as refused:
            told["fault"] = [refused.code, {"file": source.name, **refused.facts}]
        except (ValueError, KeyError, OSError, EOFError, RecursionError) as error:
            facts = {"file": source.name, "reason": str(error)[:300]}
            told["fault"] = ["unreadable", facts]
    told["columns"] = list(columns)
    sys.stdout.write(json.dumps(told))
    return 0


def rows_of(source: Path, limits: Limits, told: dict[str, Any]) -> Iterator[Row]:
    """Choose by what the file begins with; its name is only believed where that is mute."""
    with source.open("rb") as file:
        head = file.read(4096)
    if not head.strip():
        raise Refused("empty")
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    # Each reader is imported for its own kind only: that of workbooks costs half a second.
    if head.startswith(b"PK\x03\x04"):
        from .xlsx_rows import xlsx_rows

        found = xlsx_rows(source, limits)
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("old-excel")
    elif text.startswith(b"<"):
        from .lido_rows import lido_rows

        found = lido_rows(source)
    elif text[:1] in (b"{", b"["):
        from .json_rows import json_rows

        found = json_rows(source, limits)
    else:
        from .csv_rows import csv_rows

        found = csv_rows(source, limits, told)
    for number, cells, formulas in found:
        yield Row(
            number, {clean(n): clean(text) for n, text in cells.items()}, formulas
        )


def clean(text: str) -> str:
    """Leave out what no database holds: NUL, and halves of characters from JSON."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def check_size(row: Row, columns: dict[str, None], count: int, limits: Limits) -> None:
    columns.update(dict.fromkeys(row.cells))
    if count > limits.rows:
        raise Refused("too-many-rows", limit=limits.rows)
    if len(columns) > limits.columns:
        raise Refused("too-many-columns", limit=limits.columns)
    if any(len(text) > limits.cell for text in row.cells.values()):
        raise Refused("cell-too-long", row=row.number, limit=limits.cell)


def check_written(written: int, most: int, limits: Limits) -> None:
    """Refuse what would fill the disk, before it does; sizes in bytes."""
    if written > limits.bytes:
        raise Refused("too-large", limit=limits.bytes)
    if written > most:
        raise Refused("bomb")


def document(row: Row, source: Path, sources: list[Path]) -> dict[str, Any]:
    told: dict[str, Any] = {"n": row.number, "c": row.cells}
    if row.formulas:
        told["f"] = row.formulas
    if len(sources) > 1:
        told["s"] = source.name
    return told


if __name__ == "__main__":
    sys.exit(main())
