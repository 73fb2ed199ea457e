"""Look at files without reconstructing anything."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.errors import NoScans, ScanError, UnreadableScan
from scans.geometry.rigid import carry
from scans.geometry.scan import METRES, Finding, Scan
from scans.inputs import choose_recipe, find_inputs, nested_archives, unpacked
from scans.readers import read_scan, read_unpacked, scans_below
from scans.readers.archive import SUFFIX as ARCHIVE
from scans.readers.archive_survey import WARNINGS, survey
from scans.readers.rgbd import DepthSequence, read_pictures, why_none
from scans.recipe import RGBD_SEQUENCE
from scans.sequences import given_sequence
from scans.stages.frames import left_out, part_of_frame

PICTURES = "embedded-pictures"


def inspect(path: Path, *, work: Path | None = None) -> dict[str, Any]:
    """Describe a file, or each scan of a folder; there, a bad one with its error.

    work : where archives are unpacked meanwhile, or None for the system's own place

    Raises ScanError for one file that is refused, and for a folder without scans.
    """
    if not path.exists():
        raise UnreadableScan(path, "No such file or directory")
    with TemporaryDirectory(prefix="scans-", dir=work) as name:
        workspace = Path(name)
        if path.is_dir():
            return _folder(path, workspace)
        row = describe(path, workspace)
        row["warnings"] += _said_of_archive(path, _surveyed(path), workspace)
        return {"recipe": _recipe(path, workspace), "files": [row], "other": []}


def _folder(path: Path, workspace: Path) -> dict[str, Any]:
    entries = sorted(entry for entry in path.iterdir() if entry.is_file())
    sequence = given_sequence(path, workspace)
    if sequence is not None:
        row = describe_sequence(path, sequence)
        return {"recipe": RGBD_SEQUENCE, "files": [row], "other": []}
    files = scans_below(path)
    if not files:
        raise NoScans(path)
    return {
        "recipe": _recipe(path, workspace),
        "files": [_look(file, workspace) for file in files],
        "other": [entry.name for entry in entries if entry not in files],
    }


def describe(path: Path, workspace: Path) -> dict[str, Any]:
    """Say what a file holds; bounds in its own unit and, if that is known, metres.

    workspace : where an archive is unpacked, unless it lies there unpacked already

    Raises ScanError.
    """
    sequence = given_sequence(path, workspace)
    if sequence is not None:
        return describe_sequence(path, sequence)
    scans = _scans(path, workspace)
    low, high = bounds(scans)
    scale = METRES.get(scans[0].unit)
    row = {
        "file": path.name,
        "name": path.name,
        "format": scans[0].format,
        "bytes": path.stat().st_size,
        "points": sum(len(scan.points) for scan in scans),
        "triangles": sum(_triangles(scan) for scan in scans),
        "bounds": {"min": low.tolist(), "max": high.tolist()},
        "size_m": None if scale is None else ((high - low) * scale).tolist(),
        "unit": scans[0].unit or None,
        "unit_stated": bool(scans[0].unit),
        "attributes": sorted({name for scan in scans for name in scan.attributes()}),
        "pictures": _pictures(scans),
        "warnings": [_told(f) for scan in scans for f in scan.findings],
    }
    if len(scans) > 1:
        row["scans"] = [_station(scan) for scan in scans]
    return row


def _scans(path: Path, workspace: Path) -> tuple[Scan, ...]:
    if path.suffix.lower() == ARCHIVE and path.stat().st_size:
        return read_unpacked(path, unpacked(path, workspace)[0])
    return read_scan(path)


def describe_sequence(path: Path, sequence: DepthSequence) -> dict[str, Any]:
    """Say what a depth sequence holds; bounds of a part of its points.

    Raises BadSequence if none of its frames can be used.
    """
    scans, points, unusable, reasons = [], 0, [], []
    for frame in sequence.frames:
        found = read_pictures(frame, sequence.camera)
        if isinstance(found, str):
            unusable.append(left_out(frame.name, found))
            reasons.append(found)
            continue
        points += int((found.depth > 0).sum())
        scans.append(part_of_frame(frame, found.depth, found.colour, sequence.camera))
    if not scans:
        raise why_none(path, reasons)
    low, high = bounds(tuple(scans))
    return {
        "file": path.name,
        "name": path.name,
        "format": "RGB-D",
        "bytes": sum(file.stat().st_size for file in sequence.files),
        "frames": len(sequence.frames),
        "points": points,
        "triangles": 0,
        "bounds": {"min": low.tolist(), "max": high.tolist()},
        "size_m": (high - low).tolist(),
        "unit": "m",
        "unit_stated": True,
        "attributes": sorted({name for scan in scans for name in scan.attributes()}),
        "pictures": 0,
        "warnings": [_told(f) for f in (*sequence.findings, *unusable)],
    }


def bounds(
    scans: tuple[Scan, ...],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Least and largest coordinates of all scans, each where its pose puts it."""
    placed = [s.points if s.pose is None else carry(s.points, s.pose) for s in scans]
    low = np.min([points.min(axis=0) for points in placed], axis=0)
    high = np.max([points.max(axis=0) for points in placed], axis=0)
    return low, high


def _look(path: Path, workspace: Path) -> dict[str, Any]:
    """Describe a file of a folder; of an archive all that is wrong with it."""
    found = _surveyed(path)
    stopping = [_told(f) for f in found if f.code not in WARNINGS]
    if stopping:
        return {"file": path.name, "error": stopping[0], "errors": stopping}
    try:
        row = describe(path, workspace)
    except ScanError as error:
        told = {"code": error.code, "facts": error.facts, "message": str(error)}
        return {"file": path.name, "error": told}
    row["warnings"] += _said_of_archive(path, found, workspace)
    return row


def _surveyed(path: Path) -> list[Finding]:
    return survey(path) if path.suffix.lower() == ARCHIVE else []


def _said_of_archive(
    path: Path, found: list[Finding], workspace: Path
) -> list[dict[str, Any]]:
    """What does not stop an archive: names that were decoded, archives within."""
    if path.suffix.lower() != ARCHIVE:
        return []
    closed = nested_archives(path, unpacked(path, workspace)[0])
    return [_told(f) for f in (*found, *closed)]


def _recipe(path: Path, workspace: Path) -> str | None:
    """The recipe that a run would choose; none where a header already stops it."""
    try:
        if given_sequence(path, workspace) is not None:
            return RGBD_SEQUENCE
        return choose_recipe(find_inputs(path, workspace=workspace))
    except ScanError:
        return None


def _station(scan: Scan) -> dict[str, Any]:
    low, high = scan.points.min(axis=0), scan.points.max(axis=0)
    return {
        "name": scan.name,
        "points": len(scan.points),
        "bounds": {"min": low.tolist(), "max": high.tolist()},
        "attributes": scan.attributes(),
        "viewpoint": None if scan.viewpoint is None else scan.viewpoint.tolist(),
        "pose": None if scan.pose is None else scan.pose.tolist(),
    }


def _triangles(scan: Scan) -> int:
    return 0 if scan.triangles is None else len(scan.triangles)


def _pictures(scans: tuple[Scan, ...]) -> int:
    """How many pictures the file holds besides its points."""
    told = [f.facts for scan in scans for f in scan.findings if f.code == PICTURES]
    return sum(int(facts["count"]) for facts in told)


def _told(finding: Finding) -> dict[str, Any]:
    facts = dict(finding.facts)
    return {"code": finding.code, "facts": facts, "message": finding.message}
