"""Where the bytes of uploads lie, and the locks that say who writes to them.

They lie beside the archive, on its disk, so that keeping them is a link and no copy.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from heritage.archive.ocfl import sync_folder
from heritage.archive.places import archive_root

from .errors import UploadBusy, UploadError


def uploads_folder() -> Path:
    return archive_root().with_name(f".{archive_root().name}-uploads")


def bytes_path(key: str) -> Path:
    return uploads_folder() / key


def make_place(key: str) -> None:
    """Make an empty file for an upload, there for good."""
    uploads_folder().mkdir(parents=True, exist_ok=True)
    bytes_path(key).open("xb").close()
    sync_folder(uploads_folder())


def remove_place(key: str) -> None:
    bytes_path(key).unlink(missing_ok=True)


@contextmanager
def held(name: str, busy: type[UploadError] = UploadBusy) -> Iterator[None]:
    """Hold the lock of this name. Raises `busy` where somebody else does.

    The lock goes with its process, however that ends.
    """
    uploads_folder().mkdir(parents=True, exist_ok=True)
    path = uploads_folder() / f"{name}.lock"
    with path.open("w") as lock:
        if not _take(lock, path):
            raise busy
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _take(lock: TextIO, path: Path) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Another may have held it, and removed the file that we have opened.
        return os.path.samestat(os.fstat(lock.fileno()), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False
