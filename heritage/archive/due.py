"""What time does to the archive's doorstep: deposits and uploads broken off."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from heritage.lib.due import due

from .actions.deposit import finish_interrupted

UPLOAD_EXPIRES = timedelta(days=1)  # no upload takes longer; a resumed one starts anew


@due
def finish_deposits() -> int:
    """Register or drop the deposits of processes that were killed."""
    return finish_interrupted()


@due
def remove_stale_uploads() -> int:
    """Remove what a web process left in its folder for uploads."""
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    if not folder.is_dir():
        return 0
    oldest = (timezone.now() - UPLOAD_EXPIRES).timestamp()
    stale = [
        path
        for path in folder.iterdir()
        if path.is_file() and path.stat().st_mtime < oldest
    ]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)
