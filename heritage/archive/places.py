"""Where the archive's folders lie, and the locks that say who works in them."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

CLOCK_SLACK = timedelta(days=1)


BACKUP = "backup"  # the folder of this name is in use while one is being taken


def archive_root() -> Path:
    return Path(settings.ARCHIVE_ROOT)


def incoming() -> Path:
    """Where things are made ready: beside the archive, so that keeping is a rename."""
    return archive_root().with_name(f".{archive_root().name}-incoming")


def lock_path(name: str) -> Path:
    return incoming() / f"{name}.lock"


@contextmanager
def staging_folder(name: str) -> Iterator[Path]:
    """Give an empty folder that nobody else uses; it is gone afterwards.

    The lock goes with its process, however that ends, so that what it leaves can be
    told from what is still being made.
    """
    with locked(name):
        folder = incoming() / name
        shutil.rmtree(folder, ignore_errors=True)  # of a process that was killed
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            lock_path(name).unlink(missing_ok=True)


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the lock of this name, waiting for whoever holds it now."""
    incoming().mkdir(parents=True, exist_ok=True)
    while True:
        with lock_path(name).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Whoever held it before us has removed the file that we waited for.
            if not _is_same(lock.fileno(), lock_path(name)):
                continue
            yield
            return


@contextmanager
def locked_if_free(name: str) -> Iterator[bool]:
    """Hold the lock of this name if nobody else does; tell whether it is ours."""
    incoming().mkdir(parents=True, exist_ok=True)
    with lock_path(name).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        if not _is_same(lock.fileno(), lock_path(name)):
            yield False
            return
        try:
            yield True
        finally:
            lock_path(name).unlink(missing_ok=True)


def _is_same(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def is_in_use(name: str) -> bool:
    """Tell whether a living process holds the folder of this name."""
    path = lock_path(name)
    try:
        with path.open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def leftovers(*, before: datetime) -> list[Path]:
    """Name what lies in the incoming folder since then and is in nobody's hands."""
    if not incoming().is_dir():
        return []
    return [
        path
        for path in incoming().iterdir()
        if not is_in_use(path.name.partition(".")[0]) and _is_older(path, before)
    ]


def remove(path: Path) -> None:
    """Remove a file or a folder, whichever it is."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return is_stale(path.lstat().st_mtime, before)
    except FileNotFoundError:
        return False


def is_stale(changed_s: float, before: datetime) -> bool:
    """Tell whether something was last changed before a moment.

    So was what claims to be of tomorrow: the clock has been put back since.
    """
    tomorrow = timezone.now() + CLOCK_SLACK
    return changed_s < before.timestamp() or changed_s > tomorrow.timestamp()
