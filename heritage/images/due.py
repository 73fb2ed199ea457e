"""What time does to images: files nobody rang for, uploads and pyramids without rows."""

import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from heritage.archive.actions.discard import discard_derived
from heritage.archive.models import Deposit
from heritage.lib.due import due

from . import bell
from .actions.files import NOTE_PREFIX as UPLOAD_NOTE
from .actions.files import attach_deposit
from .models import ImageFile, ImageSet
from .reading import FOLDER_PREFIX
from .reading import NOTE_PREFIX as PYRAMID_NOTE

GRACE = timedelta(hours=1)  # whoever is between two steps has long taken the second
SILENT = timedelta(minutes=1)
FOLDERS_KEPT = timedelta(days=1)


@due
def ring_for_images() -> int:
    """Ring again for files that wait and whose bell is lost."""
    rows = bell.free_files().filter(created_at__lt=timezone.now() - SILENT)
    rung = bell.keys_rung()
    silent = [file for file in rows.only("key") if file.key not in rung]
    for file in silent:
        bell.ring(file)
    return len(silent)


@due
def adopt_images() -> int:
    """Give uploads to their set whose process died before it could."""
    used = ImageFile.objects.filter(stored_file__deposit=OuterRef("pk"))
    count = 0
    for deposit in _sealed(Deposit.Kind.ORIGINAL, UPLOAD_NOTE).filter(~Exists(used)):
        key = deposit.note.removeprefix(UPLOAD_NOTE)
        image_set = ImageSet.objects.filter(key=key).first()
        # A second copy of known files has no row, and needs none.
        if image_set is not None and attach_deposit(image_set, deposit, by=None):
            count += 1
    return count


@due
def discard_orphaned_pyramids() -> int:
    """Remove pyramids whose worker died, or lost its lease, before it named them."""
    used = ImageFile.objects.filter(pyramids=OuterRef("pk"))
    orphans = _sealed(Deposit.Kind.DERIVED, PYRAMID_NOTE).filter(~Exists(used))
    dead = list(orphans)
    for deposit in dead:
        discard_derived(deposit)
    return len(dead)


@due
def remove_image_folders() -> int:
    """Remove what workers that died while reading have left behind."""
    before = (timezone.now() - FOLDERS_KEPT).timestamp()
    stale = [
        folder
        for folder in Path(settings.WORK_ROOT).glob(f"{FOLDER_PREFIX}*")
        if folder.stat().st_mtime < before
    ]
    for folder in stale:
        shutil.rmtree(folder, ignore_errors=True)
    return len(stale)


def _sealed(kind: str, note: str) -> QuerySet[Deposit]:
    rows: QuerySet[Deposit] = Deposit.objects.filter(
        kind=kind,
        state=Deposit.State.SEALED,
        note__startswith=note,
        sealed_at__lt=timezone.now() - GRACE,
    )
    return rows
