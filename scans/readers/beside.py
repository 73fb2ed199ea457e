"""Files that a mesh names beside itself: materials, pictures, buffers.

A file from a stranger may name anything. Only names below its own folder are followed,
judged by their letters, before the disk is touched.
"""

import re
import unicodedata
from pathlib import Path

URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")  # a scheme, or a drive letter


class OutsideFolder(ValueError):
    """A name that leads out of the folder."""


def find_beside(path: Path, name: str) -> Path | None:
    """Find a file that `path` names, whatever the case of its letters; None if missing.

    Raises OutsideFolder for absolute names, drives, addresses and names that climb.
    """
    parts = _safe_parts(name)
    place = path.parent
    for part in parts:
        found = _entry(place, part)
        if found is None:
            break
        place = found
    else:
        if place.is_file():
            return place
    # Exporters keep folders of their own disk in names, and people move files together.
    alone = _entry(path.parent, parts[-1]) if len(parts) > 1 else None
    return alone if alone is not None and alone.is_file() else None


def bare_name(name: str) -> str:
    """Last part of a name, as findings tell it."""
    return re.split(r"[\\/]", name.strip())[-1][:200] or name[:200]


def _safe_parts(name: str) -> list[str]:
    name = name.strip().replace("\\", "/")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    outside = name.startswith("/") or URL.match(name) is not None or ".." in parts
    if outside or not parts or "\0" in name:
        raise OutsideFolder(name)
    return parts


def _entry(folder: Path, name: str) -> Path | None:
    exact = folder / name
    try:
        if exact.exists():
            return exact
        entries = sorted(folder.iterdir())
    except OSError:
        return None
    wanted = _folded(name)
    return next((entry for entry in entries if _folded(entry.name) == wanted), None)


def normal(name: str) -> str:
    """Give the form in which names are one, however their letters are encoded."""
    return unicodedata.normalize("NFC", name)


def _folded(name: str) -> str:
    return normal(name).casefold()
