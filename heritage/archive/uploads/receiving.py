"""Take the body of a request into an upload: chunk by chunk, synced, then recorded.

A chunk counts once its row is written, never before its bytes are on the disk. What lies
in the file beyond the recorded offset is of a request that was killed, and is cut off.
"""

import hashlib
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.http import UnreadablePostError
from django.utils import timezone

from heritage.archive import room
from heritage.archive.errors import NoSpace
from heritage.archive.upload_models import Upload, UploadChunk

from .errors import BodyCut, ChecksumMismatch, UploadGone
from .headers import Checksum
from .places import bytes_path

CHUNK_BYTES = 8 * 1024**2
PIECE_BYTES = 1024**2  # read at a time
OWN_ALGORITHM = (
    "sha256"  # of chunks that come without a checksum; in hardware everywhere
)
Read = Callable[[int], bytes]


def receive(
    upload: Upload, read: Read, *, length: int, checksum: Checksum | None
) -> None:
    """Append `length` bytes at the upload's offset, which moves with every chunk.

    With a checksum they are one chunk, and nothing of it counts unless it agrees. Raises
    `BodyCut`, `ChecksumMismatch`, `NoSpace`, `UploadGone`; what was recorded before that
    stays.
    """
    try:
        with bytes_path(upload.key).open("r+b", buffering=0) as out:
            _go_to_offset(upload, out)
            left = length
            while left:
                left -= _receive_chunk(
                    upload, read, out, size=min(left, CHUNK_BYTES), checksum=checksum
                )
    except FileNotFoundError:
        raise UploadGone(upload.name) from None
    except OSError as error:
        if error.errno not in room.FULL:
            raise
        raise NoSpace(room.free_bytes()) from error


def expires_from_now() -> datetime:
    return timezone.now() + timedelta(days=settings.UPLOAD_DAYS)


def _go_to_offset(upload: Upload, out: BinaryIO) -> None:
    size = out.seek(0, os.SEEK_END)
    if size < upload.received_bytes:  # the disk was changed behind our back
        raise UploadGone(upload.name)
    out.truncate(upload.received_bytes)
    out.seek(upload.received_bytes)


def _receive_chunk(
    upload: Upload, read: Read, out: BinaryIO, *, size: int, checksum: Checksum | None
) -> int:
    digest = checksum.new() if checksum else hashlib.new(OWN_ALGORITHM)
    copied = _copy(read, out, size, digest.update)
    is_whole = copied == size
    if checksum and not (is_whole and digest.digest() == checksum.digest):
        out.truncate(upload.received_bytes)
        raise ChecksumMismatch if is_whole else BodyCut
    if copied:
        os.fdatasync(out.fileno())
        _record(upload, copied, digest.name, digest.hexdigest())
    if not is_whole:
        raise BodyCut
    return copied


def _copy(
    read: Read, out: BinaryIO, size: int, on_bytes: Callable[[bytes], None]
) -> int:
    """Copy until the size or the end of what comes; tell how much that was."""
    copied = 0
    while copied < size:
        try:
            piece = read(min(PIECE_BYTES, size - copied))
        except (UnreadablePostError, TimeoutError):
            break
        if not piece:
            break
        on_bytes(piece)
        view = memoryview(piece)
        while view:
            view = view[out.write(view) :]
        copied += len(piece)
    return copied


def _record(upload: Upload, size: int, algorithm: str, digest: str) -> None:
    expires_at = expires_from_now()
    with transaction.atomic():
        moved = (
            Upload.objects.open()
            .filter(pk=upload.pk, received_bytes=upload.received_bytes)
            .update(received_bytes=upload.received_bytes + size, expires_at=expires_at)
        )
        if not moved:
            raise UploadGone(upload.name)
        UploadChunk.objects.create(
            upload=upload, start=upload.received_bytes, size_bytes=size,
            algorithm=algorithm, digest=digest,
        )  # fmt: skip
    upload.received_bytes += size
    upload.expires_at = expires_at
