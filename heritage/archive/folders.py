"""Folders of files on a disk, as they are handed in: listed, and matched to records."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .destinations import Target, destination
from .errors import UnsafeName

Item = tuple[str, Path]


@dataclass(frozen=True)
class Match:
    """One folder or file of many, and the record it belongs to; None: to the inbox."""

    path: Path
    target: Target | None
    candidates: Sequence[Target]
    files: int
    size_bytes: int


def list_items(path: Path) -> list[Item]:
    """List a folder's files by their names in it; a single file by its own.

    Raises `UnsafeName` for a link: what it leads to is not in the folder.
    """
    if path.is_file() and not path.is_symlink():
        return [(path.name, path)]
    return sorted(_walk(path, path))


def match_children(root: Path) -> list[Match]:
    """Look at all that lies directly in a folder and holds files; nothing is moved."""
    matches = (_match(child) for child in sorted(root.iterdir()))
    return [match for match in matches if match.files]


def _match(path: Path) -> Match:
    items = list_items(path)
    found = destination().match(path.name if path.is_dir() else path.stem)
    return Match(
        path,
        found[0] if len(found) == 1 else None,
        found,
        len(items),
        sum(source.stat().st_size for _name, source in items),
    )


def _walk(folder: Path, root: Path) -> Iterator[Item]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = Path(entry.path)
            if entry.is_symlink():
                raise UnsafeName(path.relative_to(root).as_posix())
            if entry.is_dir():
                yield from _walk(path, root)
            else:
                yield path.relative_to(root).as_posix(), path
