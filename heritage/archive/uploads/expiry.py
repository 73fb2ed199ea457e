"""Uploads that nobody has gone on with: their bytes go, their rows a while later."""

from datetime import timedelta

from django.utils import timezone

from heritage.archive.upload_models import Upload

from .desk import end_uploads
from .errors import UploadBusy
from .places import held, remove_place, uploads_folder

ROWS_KEPT = timedelta(days=30)  # so that a late sender is told what became of it
ORPHANS_KEPT = timedelta(days=1)


def expire_uploads() -> int:
    """End what is overdue and is not being written to; tell how many."""
    now = timezone.now()
    count = 0
    for upload in Upload.objects.open().filter(expires_at__lt=now):
        count += _expire(upload)
    ended = Upload.objects.exclude(state=Upload.State.OPEN)
    ended.filter(expires_at__lt=now - ROWS_KEPT).delete()
    return count + _remove_orphans()


def _expire(upload: Upload) -> int:
    rows = Upload.objects.filter(pk=upload.pk, expires_at__lt=timezone.now())
    try:
        with held(upload.key):
            return end_uploads(rows, Upload.State.EXPIRED)
    except UploadBusy:
        return 0


def _remove_orphans() -> int:
    """Remove files whose row was never written, or is no longer open."""
    if not uploads_folder().is_dir():
        return 0
    before = (timezone.now() - ORPHANS_KEPT).timestamp()
    old = [p.name for p in uploads_folder().iterdir() if p.stat().st_mtime < before]
    known = set(Upload.objects.open().values_list("key", flat=True))
    orphans = [name for name in old if name.removesuffix(".lock") not in known]
    for name in orphans:
        remove_place(name)
    return len(orphans)
