"""What a photograph tells of its camera, lens and settings; never where it was taken."""

from pathlib import Path
from typing import Any

from scans.images.metadata import read_metadata

TAGS = (
    "Make", "Model", "BodySerialNumber", "LensModel", "LensSerialNumber", "FocalLength",
    "FNumber", "ExposureTime", "ISOSpeedRatings", "WhiteBalance", "DateTimeOriginal",
    "OffsetTimeOriginal", "Software",
)  # fmt: skip


def camera_facts(path: Path) -> dict[str, Any]:
    """Give the EXIF fields that a field sheet asks for; nothing of a file without."""
    found = read_metadata(path)
    exif = {**found.told.get("exif", {}), **found.private.get("exif", {})}
    return {tag: exif[tag] for tag in TAGS if tag in exif}
