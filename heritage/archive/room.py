"""Room on the archive's disk: asked for before the first byte, kept until the last."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import transaction
from django.db.models import Sum

from .errors import NoSpace
from .models import Deposit, Upload
from .places import archive_root, lock_path, locked

FULL = (errno.ENOSPC, errno.EDQUOT)
RESERVE_BYTES = 256 * 1024**2  # left free for the database and its journal


def free_bytes(place: Path | None = None) -> int:
    """Tell how much room the disk has, at the nearest folder that exists."""
    place = place or archive_root()
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


@contextmanager
def lock() -> Iterator[None]:
    """Let those who ask for room at once be answered in turn."""
    with locked("room"):
        try:
            yield
        finally:
            lock_path("room").unlink(missing_ok=True)


def reserve(deposit: Deposit, size_bytes: int) -> None:
    """Keep room for a deposit that is about to come; raise `NoSpace` if there is none."""
    with lock(), transaction.atomic():
        check_room(size_bytes, apart_from=deposit)
        Deposit.objects.filter(pk=deposit.pk).update(reserved_bytes=size_bytes)


def check_room(size_bytes: int, *, apart_from: Deposit | None = None) -> None:
    """Raise `NoSpace` unless so much can be promised; the caller holds the lock."""
    free = free_bytes()
    promised = promised_bytes(apart_from=apart_from)
    if free - promised - size_bytes < RESERVE_BYTES:
        raise NoSpace(max(0, free - promised))


def promised_bytes(*, apart_from: Deposit | None = None) -> int:
    """Tell what deposits and uploads under way were promised and have not yet written."""
    under_way = Deposit.objects.filter(state=Deposit.State.RECEIVING)
    if apart_from is not None:
        under_way = under_way.exclude(pk=apart_from.pk)
    deposits = under_way.aggregate(sum=Sum("reserved_bytes"))["sum"] or 0
    return int(deposits) + Upload.objects.open().missing_bytes()


def keep_only(deposit: Deposit, size_bytes: int) -> None:
    """Give back what has been written by now: the disk itself counts it."""
    Deposit.objects.filter(pk=deposit.pk).update(reserved_bytes=max(0, size_bytes))


def check_free() -> None:
    """Raise `NoSpace` once the disk holds less than what must stay free."""
    free = free_bytes()
    if free < RESERVE_BYTES:
        raise NoSpace(free)
