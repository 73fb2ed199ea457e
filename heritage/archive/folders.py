"""Folders of files on a disk, as they are handed in: listed, and matched to records."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

from .destinations import Target, destination
from .errors import UnsafeName
from .match_table import Table
from .names import printable, readable

Item = tuple[str, Path]


class Watched(Sequence[Item]):
    """Items that are looked at once more when all have been read."""

    def __init__(self, items: Sequence[Item], after: Callable[[], None]) -> None:
        self._items, self._after = items, after

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | Sequence[Item]:
        return self._items[index]

    def __iter__(self) -> Iterator[Item]:
        yield from self._items
        self._after()


@dataclass(frozen=True)
class Match:
    """What is handed in together, and the record it belongs to; None: to the inbox.

    `sources` is one folder, or files of one folder that belong to the same record.
    """

    name: str
    sources: tuple[Path, ...]
    target: Target | None
    candidates: Sequence[Target]
    files: int
    size_bytes: int
    refusal: str = ""

    @property
    def path(self) -> Path:
        return self.sources[0]


def list_items(path: Path) -> list[Item]:
    """List a folder's files by their names in it; a single file by its own.

    Raises `UnsafeName` for a link, for what it leads to is not in the folder, and for
    what is no file at all.
    """
    if path.is_file() and not path.is_symlink():
        return [(path.name, path)]
    if path.is_symlink() or not path.is_dir():
        raise UnsafeName(path.name)
    return sorted(_walk(path, path))


def match_children(root: Path, table: Table | None = None) -> list[Match]:
    """Look at all that lies in a folder and holds files; nothing is moved.

    With a table its rows decide, and may name what lies deeper; without one the register
    numbers in names. Loose files of one folder and record belong together.
    """
    units = list(_units(root, root, table))
    loose: dict[tuple[Path, str], list[tuple[Path, Sequence[Target]]]] = {}
    matches = []
    for path, found in units:
        if path.is_file() and len(found) == 1:
            loose.setdefault((path.parent, found[0].key), []).append((path, found))
        else:
            matches.append(_match(root, [path], found))
    for together in loose.values():
        matches.append(
            _match(root, [path for path, _found in together], together[0][1])
        )
    matches.sort(key=lambda match: match.name)
    return [match for match in matches if match.files or match.refusal]


def _units(
    folder: Path, root: Path, table: Table | None
) -> Iterator[tuple[Path, Sequence[Target]]]:
    for child in sorted(folder.iterdir()):
        if table is None:
            name = child.name if child.is_dir() else child.stem
            yield child, destination().match(readable(name))
            continue
        name = child.relative_to(root).as_posix()
        rule = table.find(name)
        if rule is not None:
            yield child, [rule.target]
        elif child.is_dir() and not child.is_symlink() and table.reaches_into(name):
            yield from _units(child, root, table)
        else:
            yield child, []


def _match(root: Path, paths: Sequence[Path], found: Sequence[Target]) -> Match:
    items: list[Item] = []
    refusal = ""
    try:
        items = [item for path in paths for item in list_items(path)]
    except UnsafeName as error:
        refusal = str(error)
    more = f" … ({len(paths)})" if len(paths) > 1 else ""
    return Match(
        f"{printable(readable(paths[0].relative_to(root).as_posix()))}{more}",
        tuple(paths),
        found[0] if len(found) == 1 else None,
        found,
        len(items),
        sum(source.stat().st_size for _name, source in items),
        refusal,
    )


def _walk(folder: Path, root: Path) -> Iterator[Item]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = Path(entry.path)
            if entry.is_symlink() or not (entry.is_dir() or entry.is_file()):
                raise UnsafeName(path.relative_to(root).as_posix())
            if entry.is_dir():
                yield from _walk(path, root)
            else:
                yield path.relative_to(root).as_posix(), path
