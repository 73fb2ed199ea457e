"""What time does to the archive's doorstep: deposits and uploads broken off."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from heritage.lib.due import due

from .actions.check import Report, sweep
from .actions.compare import ToCompare
from .actions.deposit import finish_interrupted
from .actions.discard import finish_discards
from .actions.erase import finish_erasures
from .actions.hand_in import finish_assignments
from .actions.preserve import preserve_due
from .actions.reapply import reapply_erasures
from .actions.take_in import take_in
from .errors import StoreAbsent
from .local_copies import trim_copies
from .pace import Paced
from .places import is_stale, leftovers, remove
from .stores import archive, replica
from .uploads.expiry import expire_uploads

UPLOAD_EXPIRES = timedelta(days=1)  # of forms sent at once; no such takes longer
LEFTOVERS_KEPT = timedelta(days=1)
SLICE_S = 2.0  # of every tick's half minute: some 3 TB a day on an ordinary disk
COMPARING_S = 1.0  # of a tick: some hundred records, a million in a week
_looking_after = Paced(lambda: sweep(Report()), slice_s=SLICE_S)
_comparing = Paced(ToCompare().steps, slice_s=COMPARING_S)
log = logging.getLogger(__name__)


@due
def finish_deposits() -> int:
    """Register or drop the deposits of processes that were killed."""
    return _where_mounted(lambda: finish_interrupted() + finish_discards())


@due
def go_on_erasing() -> int:
    """Carry out what two people have agreed to erase, as far as it is not done."""
    return _where_mounted(lambda: reapply_erasures() + finish_erasures())


@due
def go_on_assigning() -> int:
    """Give to their records what a killed process had taken from the inbox for them."""
    return _where_mounted(finish_assignments)


@due
def take_in_what_was_dropped() -> int:
    """Take in what lies whole in the watched folder."""
    return _where_mounted(take_in)


@due
def preserve_changes() -> int:
    """Carry what has changed in the records into their OCFL objects."""
    return _where_mounted(preserve_due)


@due
def compare_what_is_kept() -> int:
    """Find what changed in the records and was not noted, a slice of them."""
    return _where_mounted(_comparing.advance)


@due
def look_after_objects() -> int:
    """Fill the replica and check what is due, a slice of it."""
    return _where_mounted(_looking_after.advance)


@due
def remove_leftovers() -> int:
    """Remove what killed processes have left beside the archive, after a day."""
    before = timezone.now() - LEFTOVERS_KEPT
    stale = leftovers(before=before)
    for path in stale:
        remove(path)
    return len(stale) + _where_mounted(lambda: _sweep_stores(before))


@due
def remove_stale_uploads() -> int:
    """Remove what a web process left in its folder for uploads."""
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    if not folder.is_dir():
        return 0
    before = timezone.now() - UPLOAD_EXPIRES
    stale = [
        path
        for path in folder.iterdir()
        if path.is_file() and is_stale(path.stat().st_mtime, before)
    ]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


@due
def end_overdue_uploads() -> int:
    """End resumable uploads that nobody has gone on with."""
    return expire_uploads()


@due
def trim_local_copies() -> int:
    """Keep what was fetched from a bucket for engines within its limit."""
    return trim_copies(settings.S3_COPIES_BYTES)


def _sweep_stores(before: datetime) -> int:
    stores = [store for store in (archive(), replica()) if store is not None]
    return sum(store.sweep(before=before) for store in stores)


def _where_mounted(work: Callable[[], int]) -> int:
    """Leave work for later while the archive's disk is away, and say so."""
    try:
        return work()
    except StoreAbsent as absent:
        log.error("%s", absent)
        return 0
