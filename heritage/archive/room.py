"""Room on the archive's disk: asked for before the first byte, kept until the last."""

import errno
import shutil
from pathlib import Path

from django.db import transaction

from .errors import NoSpace
from .models import Deposit
from .places import archive_root

FULL = (errno.ENOSPC, errno.EDQUOT)
RESERVE_BYTES = 256 * 1024**2  # left free for the database and its journal


def free_bytes(place: Path | None = None) -> int:
    """Tell how much room the disk has, at the nearest folder that exists."""
    place = place or archive_root()
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


def reserve(deposit: Deposit, size_bytes: int) -> None:
    """Keep room for a deposit that is about to come; raise `NoSpace` if there is none.

    What others under way have been promised and not yet written counts as taken.
    """
    with transaction.atomic():
        # Locked, own row and all, so that two who ask at once are answered in turn.
        under_way = Deposit.objects.select_for_update().filter(
            state=Deposit.State.RECEIVING
        )
        promised = sum(row.reserved_bytes for row in under_way if row.pk != deposit.pk)
        free = free_bytes()
        if free - promised - size_bytes < RESERVE_BYTES:
            raise NoSpace(max(0, free - promised))
        Deposit.objects.filter(pk=deposit.pk).update(reserved_bytes=size_bytes)


def keep_only(deposit: Deposit, size_bytes: int) -> None:
    """Give back what has been written by now: the disk itself counts it."""
    Deposit.objects.filter(pk=deposit.pk).update(reserved_bytes=max(0, size_bytes))


def check_free() -> None:
    """Raise `NoSpace` once the disk holds less than what must stay free."""
    free = free_bytes()
    if free < RESERVE_BYTES:
        raise NoSpace(free)
