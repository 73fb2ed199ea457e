"""Tell which files of a capture a run may use, and under which names."""

from collections.abc import Container
from pathlib import PurePosixPath

from django.db.models import QuerySet

from heritage.archive.staying import in_use

from .models import Capture, CaptureFile

UNIT_UNKNOWN = "unit-unknown"
# What a mesh may name beside itself: materials, pictures, buffers.
COMPANIONS = {
    ".mtl", ".jpg", ".jpeg", ".png", ".bmp", ".tga", ".tif", ".tiff", ".webp", ".bin",
}  # fmt: skip
LONGEST_BYTES = 200  # of a name that is numbered, and named by its stations, yet


def files_in_use(capture: Capture) -> QuerySet[CaptureFile]:
    """Give a capture's files but those that were retired or erased in the archive."""
    files = CaptureFile.objects.filter(in_use("stored_file__"), capture=capture)
    return files.select_related("capture", "stored_file__deposit")


def is_usable(file: CaptureFile) -> bool:
    """A scan that is not left out and with which nothing is wrong."""
    return _is_scan(file) and not _blocking(file)


def lacks_only_unit(file: CaptureFile) -> bool:
    """A scan that could be used once the capture's unit is stated."""
    return _is_scan(file) and _blocking(file) == {UNIT_UNKNOWN}


def named_scans(capture: Capture) -> list[tuple[str, CaptureFile]]:
    """Give the usable files under names that differ, in an order that never changes."""
    named: dict[str, CaptureFile] = {}
    for file in files_in_use(capture).order_by("stored_file_id"):
        if is_usable(file):
            named[free_name(file.stored_file.name, named)] = file
    return sorted(named.items())


def scan_names(capture: Capture) -> list[str]:
    """Name each scan as the engine does: a file of several stations holds as many."""
    return [
        name + station
        for name, file in named_scans(capture)
        for station in file.figures.get("stations") or [""]
    ]


def companions(
    capture: Capture, *, taken: Container[str]
) -> list[tuple[str, CaptureFile]]:
    """Give what meshes may name beside themselves, by bare name; the newest of each."""
    found: dict[str, CaptureFile] = {}
    for file in files_in_use(capture).order_by("stored_file_id"):
        path = PurePosixPath(file.stored_file.name)
        is_companion = path.suffix.lower() in COMPANIONS and not _is_scan(file)
        if is_companion and not file.is_left_out and path.name not in taken:
            found[path.name] = file
    return sorted(found.items())


def free_name(name: str, taken: Container[str]) -> str:
    """Flatten folders; number what was handed in twice under one name.

    Of a deep folder the end of the name is kept: a file system holds no longer one.
    """
    flat = name.replace("/", "_").encode()[-LONGEST_BYTES:]
    path = PurePosixPath(flat.decode(errors="ignore"))
    candidate, number = path.name, 1
    while candidate in taken:
        number += 1
        candidate = f"{path.stem}-{number}{path.suffix}"
    return candidate


def _is_scan(file: CaptureFile) -> bool:
    return file.role == CaptureFile.Role.SCAN and not file.is_left_out


def _blocking(file: CaptureFile) -> set[str]:
    codes = {entry["code"] for entry in file.findings if entry.get("blocks")}
    return codes - {UNIT_UNKNOWN} if file.capture.unit else codes
