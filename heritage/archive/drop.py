"""The watched folder: what lies in it, and whether it is still being copied."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from .folders import list_items

TAKEN = "taken"
# How programs name what they have not finished writing.
PARTIAL_ENDINGS = (".part", ".partial", ".crdownload", ".download", ".tmp", ".filepart")


@dataclass(frozen=True)
class Seen:
    """One look at a thing in the folder."""

    fingerprint: str  # of all names, sizes and times
    files: int
    size_bytes: int
    is_partial: bool


def drop_folder() -> Path | None:
    """Give the watched folder; None where there is none, or it is not mounted."""
    folder = Path(settings.DROP_FOLDER) if settings.DROP_FOLDER else None
    return folder if folder is not None and folder.is_dir() else None


def children(folder: Path) -> Iterator[Path]:
    """Give what people laid into the folder; hidden things and `taken` are not theirs."""
    for path in sorted(folder.iterdir()):
        if not path.name.startswith(".") and path.name != TAKEN:
            yield path


def look_at(path: Path) -> Seen:
    """Look at a thing without reading it. Raises `UnsafeName` for a link in it."""
    digest, total, files, is_partial = hashlib.sha256(), 0, 0, False
    for name, source in list_items(path):
        told = source.stat()
        digest.update(
            f"{name}\0{told.st_size}\0{told.st_mtime_ns}\n".encode(
                errors="surrogateescape"
            )
        )
        total, files = total + told.st_size, files + 1
        is_partial |= is_partial_name(source.name)
    return Seen(digest.hexdigest(), files, total, is_partial)


def is_partial_name(name: str) -> bool:
    return (
        name.endswith("~")
        or name.startswith(("~", ".~"))
        or name.lower().endswith(PARTIAL_ENDINGS)
    )


def move_aside(path: Path) -> Path:
    """Move what was accepted into `taken`, by the day; nothing is ever overwritten."""
    day = path.parent / TAKEN / timezone.localdate().isoformat()
    day.mkdir(parents=True, exist_ok=True)
    target, number = day / path.name, 1
    while target.exists() or target.is_symlink():
        number += 1
        target = day / f"{path.stem}-{number}{path.suffix}"
    path.rename(target)
    return target
