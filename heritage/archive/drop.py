"""The watched folder: what lies in it, and whether it is still being copied."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from .destinations import destination
from .folders import list_items
from .names import readable
from .unpacking import ENDINGS

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


def loose_sets(paths: Sequence[Path]) -> dict[Path, tuple[Path, ...]]:
    """Tell which loose files belong together: of one record, or of one stem.

    A scan and its material file, the views of one relic. Alone, a file is no set; bags
    that come packed are things of their own, and so is what is still being copied.
    """
    sets: dict[str, list[Path]] = {}
    for path in paths:
        if path.is_file() and not path.is_symlink() and _may_join(path.name):
            found = destination().match(readable(path.stem))
            key = found[0].key if len(found) == 1 else f"{path.stem.casefold()}."
            sets.setdefault(key, []).append(path)
    return {
        path: tuple(files)
        for files in sets.values()
        if len(files) > 1
        for path in files
    }


def gather(files: Sequence[Path]) -> None:
    """Lay loose files into a folder of their own, by renames.

    Killed in between, the rest is laid there at the next occasion. While the folder
    holds a file of the same name they wait for it to be taken in.
    """
    folder = _set_folder(files)
    if any((folder / path.name).exists() for path in files):
        return
    folder.mkdir(exist_ok=True)
    for path in files:
        path.rename(folder / path.name)


def _may_join(name: str) -> bool:
    is_plain = "." in name and not is_partial_name(name)
    return is_plain and not name.lower().endswith(ENDINGS)


def _set_folder(files: Sequence[Path]) -> Path:
    """Name the folder by the shortest stem: it means the same record as all of them."""
    stem = min((path.stem for path in files), key=lambda stem: (len(stem), stem))
    return files[0].parent / stem


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
