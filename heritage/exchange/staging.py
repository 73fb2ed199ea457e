"""Tables of any kind as rows of text. Have a child read a table, and read the rows that it wrote: one at a time, from any."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings

from heritage.exchange.errors import UnreadableTable
from scans.child import leashed

CHILD = "heritage.exchange.tables.child"
MEMORY_BYTES = 2 * 1024**3
COLUMNS = 2000
CELL = 100_000  # characters


@dataclass(frozen=True)
class Staged:
    """One row as it came: its number in the file, its cells by column, formulas named."""

    number: int
    cells: dict[str, str]
    formulas: tuple[str, ...] = ()
    file: str = ""


@dataclass(frozen=True)
class Summary:
    rows: int
    columns: list[str] = field(default_factory=list)
    encoding: str = ""


def stage(sources: Sequence[Path], target: Path) -> Summary:
    """Read files of one kind as one table into `target`. Raises `UnreadableTable`.

    The target appears whole or not at all.
    """
    part = target.with_suffix(".part")
    limits = {
        "rows": settings.TABLE_ROWS,
        "columns": COLUMNS,
        "cell": CELL,
        "bytes": settings.TABLE_BYTES,
    }
    try:
        told = _run([str(part), json.dumps(limits), *map(str, sources)])
        fault = told["fault"]
        if fault is None and not told["rows"]:
            fault = ["empty", {"file": sources[0].name}]
        if fault is not None:
            raise UnreadableTable(*fault)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return Summary(told["rows"], told["columns"], told["encoding"])


def _run(arguments: list[str]) -> dict[str, Any]:
    command = [sys.executable, "-m", CHILD, *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            leashed(
                command,
                memory_bytes=MEMORY_BYTES,
                cpu_s=settings.TABLE_TIME_S,
                file_bytes=settings.TABLE_BYTES,
            ),
            capture_output=True,
            timeout=settings.TABLE_TIME_S,
            check=True,
            cwd=settings.BASE_DIR,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        name = Path(arguments[2]).name
        raise UnreadableTable("too-heavy", {"file": name}) from error
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def read_rows(
    staged: Path, start: int = 0, stop: int | None = None
) -> Iterator[Staged]:
    """Give the staged rows from `start` (from 0) on."""
    with staged.open(encoding="utf-8") as file:
        for line in islice(file, start, stop):
            told = json.loads(line)
            formulas = tuple(told.get("f", ()))
            yield Staged(told["n"], told["c"], formulas, told.get("s", ""))
