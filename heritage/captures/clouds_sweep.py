"""Take thin clouds away that no longer stand, on whichever machine they were made.

A scan goes out of sight, or is erased, where the request is; a worker on another machine,
with a work folder of its own, hears nothing of it and looks for itself.
"""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from .clouds import keys_here, left_half_made, lock_path, made_of, place_of
from .models import Capture
from .usable import named_scans
from .work_locks import alone_at_once

KEPT = timedelta(days=7)  # since somebody last asked for them


def sweep_clouds() -> int:
    """Remove clouds of scans that are gone, old ones and halves; tell how many."""
    return sum(_sweep(key) for key in keys_here())


def _sweep(key: str) -> int:
    lock = lock_path(key)
    try:
        with alone_at_once(lock):
            stale = list(_stale(key))
            for folder in stale:
                shutil.rmtree(folder, ignore_errors=True)
            lock.unlink(missing_ok=True)
    except BlockingIOError:  # being made: whoever makes them keeps only what stands
        return 0
    return len(stale)


def _stale(key: str) -> Iterator[Path]:
    """Give what nobody needs; that nobody makes any now the lock says."""
    yield from left_half_made(key)
    standing = _standing(key)
    since = (timezone.now() - KEPT).timestamp()
    for folder in made_of(key):
        if folder != standing or folder.stat().st_mtime < since:
            yield folder


def _standing(key: str) -> Path | None:
    capture = Capture.objects.filter(key=key).first()
    return place_of(capture) if capture and named_scans(capture) else None
