"""Published snapshots of a store: numbered folders, a pointer to the current one, leases.

    FOLDER/current               the number of the snapshot to read
    FOLDER/snapshots/<number>/   one snapshot, never changed once it has its number

The one writer publishes and removes; any number of readers lease. A lease is a shared
`flock` on the snapshot's folder, and a snapshot is removed only under an exclusive one, so
what a reader has open stays. The kernel drops the lock of a reader that dies.
"""

import fcntl
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from knowledge_graph.errors import NothingPublished, SnapshotMissing

POINTER = "current"
SNAPSHOTS = "snapshots"
DRAFT = ".draft-"  # being written; worthless after a crash
DOOMED = ".removing-"  # being removed; so too


@dataclass(frozen=True)
class Lease:
    """A snapshot that stays on disk until the lease is closed."""

    number: int
    path: Path
    handle: int

    def close(self) -> None:
        os.close(self.handle)


@dataclass(frozen=True)
class Edition:
    """A publication: numbers begin anew in a store that is built from nothing."""

    number: int
    pointer: int  # the pointer's inode, and when it was written: each time another
    pointed_ns: int


def read_current(folder: Path) -> int | None:
    """Read the number of the current snapshot; None before the first is published."""
    edition = read_edition(folder)
    return None if edition is None else edition.number


def read_edition(folder: Path) -> Edition | None:
    """Read which edition is current; None before the first is published."""
    try:  # bare calls: this is asked twice a query
        handle = os.open(f"{folder}/{POINTER}", os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        told = os.fstat(handle)
        return Edition(
            int(os.read(handle, told.st_size)), told.st_ino, told.st_mtime_ns
        )
    finally:
        os.close(handle)


def lease_current(folder: Path) -> Lease:
    """Lease the current snapshot.

    Raises `NothingPublished`, or `SnapshotMissing` where the pointer leads nowhere.
    """
    failed = 0
    while (number := read_current(folder)) is not None:
        if lease := _lease(folder / SNAPSHOTS / str(number), number):
            return lease
        if number == failed:  # Were it only replaced, the pointer would have moved on.
            raise SnapshotMissing(folder=str(folder), number=number)
        failed = number
    raise NothingPublished(folder=str(folder))


def publish(folder: Path, backup: Callable[[Path], None]) -> Path:
    """Publish what `backup` writes as the current snapshot; safe to kill at any moment."""
    snapshots = folder / SNAPSHOTS
    number = max([*_numbers(snapshots), read_current(folder) or 0]) + 1
    draft = snapshots / f"{DRAFT}{number}"
    backup(draft)
    _sync_fresh_files(draft)
    path = draft.rename(snapshots / str(number))
    _sync(snapshots)
    _point_to(folder, number)
    remove_unread(folder)
    return path


def tidy(folder: Path) -> None:
    """Remove what a killed writer left half done; the writer calls it when it opens."""
    snapshots = folder / SNAPSHOTS
    snapshots.mkdir(exist_ok=True)
    for path in snapshots.iterdir():
        if path.name.startswith((DRAFT, DOOMED)):
            shutil.rmtree(path)
    remove_unread(folder)


def remove_unread(folder: Path) -> None:
    """Remove every snapshot but the current one that no reader has leased."""
    current = read_current(folder)
    for number in _numbers(folder / SNAPSHOTS):
        if number != current:
            _remove_if_unread(folder / SNAPSHOTS / str(number))


def _lease(path: Path, number: int) -> Lease | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return None
    if _lock(handle, fcntl.LOCK_SH) and _is_still_there(path, handle):
        return Lease(number, path, handle)
    os.close(handle)
    return None


def _remove_if_unread(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if _lock(handle, fcntl.LOCK_EX):
            shutil.rmtree(path.rename(path.with_name(f"{DOOMED}{path.name}")))
    finally:
        os.close(handle)


def _lock(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still_there(path: Path, handle: int) -> bool:
    """Say whether the folder we have locked is still the one that `path` names."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _numbers(snapshots: Path) -> list[int]:
    return sorted(
        int(path.name) for path in snapshots.iterdir() if path.name.isdecimal()
    )


def _point_to(folder: Path, number: int) -> None:
    fresh = folder / f"{POINTER}.new"
    with fresh.open("w", encoding="ascii") as file:
        file.write(f"{number}\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / POINTER)
    _sync(folder)


def _sync_fresh_files(folder: Path) -> None:
    for path in folder.iterdir():
        # Table files are hard links to what the engine has already synced.
        if path.stat().st_nlink == 1:
            _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
