"""Locks in the work folder, for processes that share it: the file is gone once it is swept."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from scans import child

LOOK_EVERY_S = 0.5  # whether a lock is free, or the worker is to end


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait for the lock, however long others hold it."""
    with _held(path, fcntl.LOCK_EX):
        yield


@contextmanager
def alone_at_once(path: Path) -> Iterator[None]:
    """Raise `BlockingIOError` where another holds the lock."""
    with _held(path, fcntl.LOCK_EX | fcntl.LOCK_NB):
        yield


@contextmanager
def alone_unless(should_stop: Callable[[], bool], path: Path) -> Iterator[None]:
    """Wait for the lock; raise `child.ChildStopped` where one is to stop meanwhile."""
    while not should_stop():
        try:
            lock = _held(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOOK_EVERY_S)
            continue
        with lock:
            yield
        return
    raise child.ChildStopped


def _held(path: Path, how: int) -> TextIO:
    """Give the lock's file, held until it is closed."""
    while True:
        lock = path.open("w")
        try:
            fcntl.flock(lock, how)
            if _still_lies(path, lock):
                return lock
        except BaseException:
            lock.close()
            raise
        lock.close()  # swept while we waited: others would hold a newer one


def _still_lies(path: Path, lock: TextIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(lock.fileno()))
    except FileNotFoundError:
        return False
