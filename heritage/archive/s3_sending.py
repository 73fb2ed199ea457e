"""Send bytes into a bucket so that what lies there afterwards is what was to be sent.

Nothing is seen before it is whole: a small file is one request, a large one a multipart
upload that is completed only once its SHA-512 has been found right. Each part carries its
SHA-256. A store that repeats it has checked it; what any other holds is read back.
Memory is that of one part.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from .byte_store import DigestSteps, Steps
from .errors import NotAsSent, StoreUnreachable
from .s3_bucket import Bucket
from .s3_paths import S3Path


class Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


PART_BYTES = 16 * 1024**2  # 150 GB in the most parts that there may be
MOST_PARTS = 9_000  # S3 allows 10 000
PIECE_BYTES = 1024**2
CHECKSUM = "ChecksumSHA256"


def send_steps(
    bucket: Bucket, key: str, source: Source, *, size_bytes: int, sha512: str = ""
) -> DigestSteps:
    """Send a stream part by part; gives its SHA-512.

    Unless that is the one expected (where one is), nothing is in the bucket. Raises
    `NotAsSent` where the store holds something else, `StoreUnreachable`, `OSError`.
    """
    part_bytes = max(PART_BYTES, -(-size_bytes // MOST_PARTS))
    first = _read(source, part_bytes)
    if len(first) < part_bytes:
        found = hashlib.sha512(first).hexdigest()
        if sha512 in ("", found):
            send_bytes(bucket, key, first)
        yield
        return found
    return (
        yield from _Multipart(bucket, key, part_bytes).steps(
            first, lambda: _read(source, part_bytes), sha512
        )
    )


class _Multipart:
    """One multipart upload; given up for good unless it comes to its end."""

    def __init__(self, bucket: Bucket, key: str, part_bytes: int) -> None:
        self._bucket, self._key, self._part_bytes = bucket, key, part_bytes
        self._digest = hashlib.sha512()
        self._parts: list[dict[str, Any]] = []
        self._checked = True

    def steps(
        self, first: bytes, read: Callable[[], bytes], sha512: str
    ) -> DigestSteps:
        begun = self._bucket.ask(
            "create_multipart_upload", self._key, ChecksumAlgorithm="SHA256"
        )
        self._words = {"UploadId": begun["UploadId"]}
        is_done = False
        try:
            part = first
            while part:
                self._send(part)
                yield
                part = read()
            found = self._digest.hexdigest()
            if sha512 in ("", found):
                self._complete()
                is_done = True
        finally:
            if not is_done:
                self._bucket.ask("abort_multipart_upload", self._key, **self._words)
        if is_done and not self._checked:
            yield from _check_steps(self._bucket, self._key, found)
        return found

    def _send(self, part: bytes) -> None:
        self._digest.update(part)
        number, checksum = len(self._parts) + 1, _checksum(part)
        told = self._bucket.ask(
            "upload_part", self._key, PartNumber=number, Body=part,
            **{CHECKSUM: checksum}, **self._words,
        )  # fmt: skip
        self._checked &= told.get(CHECKSUM) == checksum
        sent = {"ETag": told["ETag"], "PartNumber": number}
        self._parts.append({**sent, CHECKSUM: checksum} if told.get(CHECKSUM) else sent)

    def _complete(self) -> None:
        self._bucket.ask(
            "complete_multipart_upload", self._key,
            MultipartUpload={"Parts": self._parts}, **self._words,
        )  # fmt: skip


def _check_steps(bucket: Bucket, key: str, sha512: str) -> Steps:
    """Read back what was sent; take it out again and raise if it is something else."""
    digest = hashlib.sha512()
    with S3Path(bucket, key).open() as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
            yield
    if digest.hexdigest() != sha512:
        _take_back(bucket, key)


def send_bytes(bucket: Bucket, key: str, data: bytes) -> None:
    """Send a small file at once; what the store does not vouch for is read back."""
    checksum = _checksum(data)
    told = bucket.ask("put_object", key, Body=data, **{CHECKSUM: checksum})
    if told.get(CHECKSUM) != checksum and S3Path(bucket, key).read_bytes() != data:
        _take_back(bucket, key)


def give_up_stale(bucket: Bucket, before: datetime) -> int:
    """Abort the uploads of which nothing has come since then; tell how many."""
    begun = [
        one
        for page in bucket.pages("list_multipart_uploads", "")
        for one in page.get("Uploads", ())
        if one["Initiated"] < before
    ]
    return sum(_give_up(bucket, one["Key"], one["UploadId"], before) for one in begun)


def _give_up(bucket: Bucket, key: str, upload_id: str, before: datetime) -> bool:
    key = key.removeprefix(bucket.prefix)
    try:
        parts = _parts(bucket, key, upload_id)
        if any(part["LastModified"] >= before for part in parts):
            return False
        bucket.ask("abort_multipart_upload", key, UploadId=upload_id)
    except StoreUnreachable:  # completed or aborted meanwhile: the next look tells
        return False
    return True


def _parts(bucket: Bucket, key: str, upload_id: str) -> Iterator[Mapping[str, Any]]:
    """Give all parts of an upload; the store tells of a thousand at a time."""
    words = {"UploadId": upload_id}
    while True:
        page = bucket.ask("list_parts", key, **words)
        yield from page.get("Parts", ())
        if not page.get("IsTruncated"):
            return
        words["PartNumberMarker"] = page["NextPartNumberMarker"]


def _take_back(bucket: Bucket, key: str) -> None:
    bucket.ask("delete_object", key)
    raise NotAsSent(key.rpartition("/")[2])


def _checksum(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def _read(source: Source, size: int) -> bytes:
    """Read so many bytes, or all that are left: a raw file may give fewer at a time."""
    parts = []
    while size > 0 and (part := source.read(size)):
        parts.append(part)
        size -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)
