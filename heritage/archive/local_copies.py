"""A path for engines that need one, wherever the bytes lie.

What lies in a bucket is fetched once, its digest verified, and kept in a folder on the
spool's disk until it has long not been asked for and the room is needed. A local archive
gives its own path: nothing is copied.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from . import room
from .byte_store import Place
from .errors import NoSpace, NotAsSent
from .models import StoredFile
from .places import archive_root, lock_path, locked

PIECE_BYTES = 1024**2
IN_USE_S = 15 * 60  # after it was asked for, nobody takes a copy away


def local_path(file: StoredFile) -> Path:
    """Give a path to read at once. Raises `FileNotFoundError`, `NoSpace`, `StoreAbsent`.

    It may be gone after a quarter of an hour: `lay_out` gives one that stays. Of a local
    archive it is given unseen.
    """
    place = file.place()
    return place if isinstance(place, Path) else _fetched(file, place)


def lay_out(file: StoredFile, target: Path) -> None:
    """Have the file under a path of one's own, for as long as one wants it.

    Raises `FileNotFoundError`, `NoSpace` or `StoreAbsent`.
    """
    path = local_path(file)
    if settings.ARCHIVE_S3:
        _link(path, target)
        return
    path.stat()  # a link to nothing would be found out by an engine only
    target.symlink_to(path)


def forget_copies(digests: Iterable[str]) -> None:
    """Remove copies of these bytes, by law."""
    for digest in digests:
        _copy_path(digest).unlink(missing_ok=True)


def trim_copies(limit_bytes: int) -> int:
    """Remove what has longest not been asked for until the rest fits; tell how many."""
    folder = _folder()
    if not folder.is_dir():
        return 0
    told = list(_stats(folder))
    held, removed = sum(stat.st_size for _path, stat in told), 0
    for path, stat in sorted(told, key=lambda one: one[1].st_mtime):
        if held <= limit_bytes or stat.st_mtime > time.time() - IN_USE_S:
            break
        path.unlink(missing_ok=True)
        held, removed = held - stat.st_size, removed + 1
    return removed


def _stats(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # another process was first
            yield path, path.stat()


def _fetched(file: StoredFile, place: Place) -> Path:
    path = _copy_path(file.sha512)
    if _touch(path):
        return path
    name = f"fetch-{file.sha512[:32]}"
    with locked(name):
        if not _touch(path):
            _folder().mkdir(parents=True, exist_ok=True)
            trim_copies(max(0, settings.S3_COPIES_BYTES - file.size_bytes))
            free = room.free_bytes()
            if free - file.size_bytes < room.RESERVE_BYTES:
                raise NoSpace(free)
            _fetch(file, place, path)
        lock_path(name).unlink(missing_ok=True)
    return path


def _fetch(file: StoredFile, place: Place, path: Path) -> None:
    draft, digest = path.with_suffix(".part"), hashlib.sha512()
    try:
        with place.open("rb", buffering=0) as source, draft.open("wb") as out:
            while piece := source.read(PIECE_BYTES):
                digest.update(piece)
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        if digest.hexdigest() != file.sha512:
            raise NotAsSent(file.name)
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


def _touch(path: Path) -> bool:
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _link(path: Path, target: Path) -> None:
    try:
        target.hardlink_to(path)
    except OSError:  # another disk, or one that knows no second names
        shutil.copyfile(path, target)


def _folder() -> Path:
    return archive_root().with_name(f".{archive_root().name}-copies")


def _copy_path(sha512: str) -> Path:
    return _folder() / sha512
