"""What an earlier run left where results go: of another object it must not stay."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scans.delivery.print import MF3, STL
from scans.delivery.study import PLY

# Beside what a report lists: the sheet, and what is made on demand.
ALWAYS = ("quality.json", STL, MF3, PLY)
REPORT = "report.json"
HEAT_MAPS = "quality/*.png"
TWIN = ".usdz"


def remove_leftovers(out: Path, report: Path) -> None:
    """Take away the files of the report in `out`, where that is of another master.

    Files of the same master stay: profiles may be made one after the other.
    """
    earlier = _read(out / REPORT)
    if not earlier or _master(earlier) == _master(_read(report)):
        return
    # The report last: until it is gone, another run finds by it what is still there.
    for path in (*_listed(out, earlier), *out.glob(HEAT_MAPS), out / REPORT):
        path.unlink(missing_ok=True)


def _listed(out: Path, report: dict[str, Any]) -> Iterator[Path]:
    rows = [*_rows(report, "derivatives"), *_rows(report, "pictures")]
    names = [row["file"] for row in rows if isinstance(row.get("file"), str)]
    for name in (*names, *ALWAYS):
        path = out / name
        # The report may have been written by anybody: no name leads out of the folder.
        if path.resolve().is_relative_to(out.resolve()):
            yield path
            if path.suffix == ".glb":
                yield path.with_suffix(TWIN)


def _rows(report: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = report.get(name)
    return (
        [row for row in found if isinstance(row, dict)]
        if isinstance(found, list)
        else []
    )


def _master(report: dict[str, Any]) -> Any:
    master = report.get("master")
    return master.get("sha512") if isinstance(master, dict) else None


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
