"""The two stores that hold every object: the archive, and its replica if there is one.

Each is a local folder, or a bucket of S3 where the settings say so.
"""

from pathlib import Path

from django.conf import settings

from .byte_store import ByteStore
from .local_store import LocalStore

S3 = "s3://"


def archive() -> ByteStore:
    if settings.ARCHIVE_S3:
        return _in_bucket("archive", settings.ARCHIVE_S3)
    return LocalStore("archive", Path(settings.ARCHIVE_ROOT))


def replica() -> ByteStore | None:
    """Give the second store; None where the museum has set none up."""
    root = settings.REPLICA_ROOT
    if root.startswith(S3):
        return _in_bucket("replica", root)
    return LocalStore("replica", Path(root)) if root else None


def _in_bucket(name: str, address: str) -> ByteStore:
    # Who keeps everything on a disk shall not load boto3: 30 MB, a third of a second.
    from .s3_bucket import open_bucket
    from .s3_store import S3Store

    return S3Store(name, open_bucket(address, settings.S3[name]))
