"""Add files to a capture: kept whatever is wrong with them, and told what it is."""

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from heritage.archive.actions.deposit import Item, deposit_files
from heritage.archive.local_copies import local_path
from heritage.archive.models import Deposit, StoredFile
from heritage.captures import bell
from heritage.captures.models import Capture, CaptureFile
from heritage.captures.permission import check_member
from heritage.captures.preflight import (
    Finding,
    Inspection,
    inspect_doubtful,
    inspect_files,
    read_cameras,
)
from heritage.captures.usable import companions, free_name

NOTE_PREFIX = "capture "
PHOTOGRAPHS = {
    ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".heic", ".dng", ".nef", ".cr2", ".cr3",
    ".arw",
}  # fmt: skip
# What scanners' programs put beside their scans.
BESIDE = {
    ".conf", ".md", ".pdf", ".json", ".xml", ".mtl", ".log", ".bin", ".bmp", ".tga",
    ".webp",
}  # fmt: skip
# Clouds for one scanner, notes for another: only a look inside can tell.
DOUBTFUL = {".txt", ".csv"}
# What the engine says of a text that is none of points.
NO_CLOUD = {"unreadable-scan", "unknown-format", "empty-scan"}
Role = CaptureFile.Role


def add_files(
    capture: Capture, items: Iterable[Item], *, by: AbstractBaseUser | None
) -> list[CaptureFile]:
    """Archive files and look at them; each comes back with its findings.

    A file that cannot be used is kept all the same. Raises `NotPermitted`, or an
    `ArchiveError`; then nothing is kept.
    """
    check_member(capture, by)
    deposit = deposit_files(
        items, kind=Deposit.Kind.ORIGINAL, by=by, note=deposit_note(capture)
    )
    return attach_deposit(capture, deposit)


def attach_deposit(
    capture: Capture, deposit: Deposit, *, seen: Mapping[str, Inspection] | None = None
) -> list[CaptureFile]:
    """Make a sealed deposit's files the capture's: first the rows, then the look.

    What was `seen` in a file before it was kept, by its name, is not looked for again.
    """
    with transaction.atomic():
        known = set(capture.files.values_list("stored_file__sha512", flat=True))
        rows = [
            _attach(capture, file, is_known=file.sha512 in known)
            for file in deposit.files.all()
        ]
    inspect_rows([row for row in rows if not _is_seen(row, seen or {})])
    _note_cameras(rows)
    bell.ring_for_clouds(capture)
    return rows


def inspect_rows(rows: Iterable[CaptureFile]) -> None:
    """Look into the scans among these files and write down what is found."""
    scans: dict[str, CaptureFile] = {}
    for row in rows:
        if row.role == Role.SCAN:
            scans[free_name(row.stored_file.name, scans)] = row
    sure = {name: row for name, row in scans.items() if not _is_doubtful(row)}
    for name, inspection in inspect_files(_places(sure), beside=_beside(sure)).items():
        _write(scans[name], inspection)
    doubtful = {name: row for name, row in scans.items() if _is_doubtful(row)}
    for name, inspection in inspect_doubtful(_places(doubtful)).items():
        _settle(doubtful[name], inspection)


def _note_cameras(rows: Iterable[CaptureFile]) -> None:
    """Write beside each photograph what it tells of its camera."""
    photographs: dict[str, CaptureFile] = {}
    for row in rows:
        if row.role == Role.PHOTOGRAPH:
            photographs[free_name(row.stored_file.name, photographs)] = row
    for name, exif in read_cameras(_places(photographs)).items():
        if exif and name in photographs:
            row = photographs[name]
            row.figures = {**row.figures, "exif": exif}
            row.save(update_fields=["figures"])


def deposit_note(capture: Capture) -> str:
    """Name the capture that a deposit is for, should we be killed before its rows."""
    return f"{NOTE_PREFIX}{capture.key}"


def _attach(capture: Capture, file: StoredFile, *, is_known: bool) -> CaptureFile:
    row: CaptureFile = CaptureFile.objects.create(
        capture=capture,
        stored_file=file,
        role=guess_role(file.name),
        is_left_out=is_known,
        findings=[_already_there(file)] if is_known else [],
    )
    return row


def _already_there(file: StoredFile) -> Finding:
    return {"code": "already-there", "facts": {"file": file.name}, "blocks": False}


def guess_role(name: str) -> str:
    """Tell a file's likely part in a capture by the ending of its name."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in PHOTOGRAPHS:
        return Role.PHOTOGRAPH
    return Role.OTHER if suffix in BESIDE else Role.SCAN


def _is_seen(row: CaptureFile, seen: Mapping[str, Inspection]) -> bool:
    inspection = seen.get(row.stored_file.name)
    if inspection is None or row.role != Role.SCAN:
        return False
    _write(row, inspection)
    return True


def _is_doubtful(row: CaptureFile) -> bool:
    return PurePosixPath(row.stored_file.name).suffix.lower() in DOUBTFUL


def _places(rows: Mapping[str, CaptureFile]) -> dict[str, Path]:
    return {name: local_path(row.stored_file) for name, row in rows.items()}


def _beside(rows: Mapping[str, CaptureFile]) -> dict[str, Path]:
    """Give what the meshes among these files may name, from all of their capture."""
    captures = {row.capture_id: row.capture for row in rows.values()}
    found: dict[str, CaptureFile] = {}
    for capture in captures.values():
        found |= dict(companions(capture, taken=rows))
    return _places(found)


def _settle(row: CaptureFile, inspection: Inspection) -> None:
    """Take a doubtful file for a scan if it can be read as one, else for a note."""
    if any(entry["code"] in NO_CLOUD for entry in inspection.findings):
        row.role = Role.OTHER
        row.save(update_fields=["role"])
    else:
        _write(row, inspection)


def _write(row: CaptureFile, inspection: Inspection) -> None:
    kept = [entry for entry in row.findings if entry["code"] == "already-there"]
    row.findings = kept + inspection.findings
    row.figures = inspection.figures
    row.save(update_fields=["findings", "figures"])
