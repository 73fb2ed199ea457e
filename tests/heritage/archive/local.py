"""The two stores as the folders that they are in most tests."""

from pathlib import Path

from django.conf import settings

from heritage.archive.local_store import LocalStore


def archive() -> LocalStore:
    return LocalStore("archive", Path(settings.ARCHIVE_ROOT))


def replica() -> LocalStore | None:
    root = settings.REPLICA_ROOT
    return LocalStore("replica", Path(root)) if root else None
