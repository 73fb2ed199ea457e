"""Look at files without reconstructing anything."""

from pathlib import Path
from typing import Any

from scans.errors import ScanError
from scans.geometry.scan import METRES, Scan
from scans.readers import is_scan_file, read_scan


def inspect(path: Path) -> list[dict[str, Any]]:
    """Describe a file, or each scan of a folder; a bad one with its error."""
    files = (
        sorted(file for file in path.iterdir() if is_scan_file(file))
        if path.is_dir()
        else [path]
    )
    return [row for file in files for row in _look(file)]


def _look(path: Path) -> list[dict[str, Any]]:
    try:
        size = path.stat().st_size
        return [describe(path, scan, size) for scan in read_scan(path)]
    except ScanError as error:
        told = {"code": error.code, "facts": error.facts, "message": str(error)}
        return [{"file": path.name, "error": told}]


def describe(path: Path, scan: Scan, size: int) -> dict[str, Any]:
    """Say what a scan holds; bounds in its own unit and, if that is known, metres."""
    low, high = scan.points.min(axis=0), scan.points.max(axis=0)
    scale = METRES.get(scan.unit)
    return {
        "file": path.name,
        "name": scan.name,
        "format": scan.format,
        "bytes": size,
        "points": len(scan.points),
        "triangles": 0 if scan.triangles is None else len(scan.triangles),
        "bounds": {"min": low.tolist(), "max": high.tolist()},
        "size_m": None if scale is None else ((high - low) * scale).tolist(),
        "unit": scan.unit or None,
        "unit_stated": bool(scan.unit),
        "attributes": scan.attributes(),
        "warnings": [
            {"code": f.code, "facts": f.facts, "message": f.message}
            for f in scan.findings
        ],
    }
