"""Send a stored file over HTTP: ranges, conditional requests, digest."""

import base64
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from heritage.archive.errors import StoreAbsent
from heritage.archive.models import Condition, StoredFile
from heritage.archive.s3_paths import S3Path
from heritage.lib.http import problem
from heritage.lib.ranges import ByteRange, UnsatisfiableRange, parse_range

CHUNK_BYTES = 256 * 1024
YEAR_S = 365 * 24 * 3600
SIGNED_S = 300  # for a model to begin to load, not to be passed on


class FilePart(StreamingHttpResponse):
    """Part of a file on disk; the server may have the kernel send it (sendfile)."""

    block_size = CHUNK_BYTES

    def __init__(self, path: Path, part: ByteRange) -> None:
        super().__init__(_read_path(path, part))
        self._path, self._part = path, part

    @cached_property
    def file_to_stream(self) -> "OpenPart":
        """The part as an open file: Django hands it to a server that takes files."""
        opened = OpenPart(self._path, self._part)
        self._resource_closers.append(opened.close)  # type: ignore[attr-defined]
        return opened


class OpenPart:
    """An open file that stands at a part's first byte and ends after its last.

    gunicorn has the kernel send from where its descriptor stands, as many bytes as
    Content-Length says; other servers read.
    """

    def __init__(self, path: Path, part: ByteRange) -> None:
        self._file = path.open("rb", buffering=0)
        self._file.seek(part.first)
        self._left = part.size_bytes
        self.close = self._file.close

    def fileno(self) -> int:
        return self._file.fileno()

    def read(self, size: int = -1) -> bytes:
        asked = self._left if size < 0 else min(size, self._left)
        piece = self._file.read(asked) or b""
        self._left -= len(piece)
        return piece


def serve_file(
    request: HttpRequest, file: StoredFile, *, immutable: bool, download_name: str = ""
) -> HttpResponseBase:
    """Answer GET and HEAD for a file that the caller has found visible.

    `immutable` lets caches keep it for a year; otherwise nobody may store it.
    """
    if file.condition != Condition.INTACT:
        return _damaged()
    etag = f'"{file.sha512[:40]}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return _describe(unchanged, file, etag, immutable=immutable)
    try:
        part = _asked_range(request, file, etag)
    except UnsatisfiableRange:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{file.size_bytes}"
        return refused
    disposition = (
        f"attachment; filename*=UTF-8''{quote(download_name)}" if download_name else ""
    )
    place = file.place()
    if (
        settings.S3_SIGNED_URLS
        and isinstance(place, S3Path)
        and request.method == "GET"
    ):
        return _send_away(place, file, disposition)
    try:
        response = _body(request, file, part)
    except StoreAbsent as absent:
        return problem(absent.status, absent.code, str(absent))
    except FileNotFoundError:
        return _damaged()  # the next check will find it, and say so
    if disposition:
        response["Content-Disposition"] = disposition
    return _describe(response, file, etag, immutable=immutable)


def _damaged() -> HttpResponse:
    return problem(503, "file-damaged", _("This file is damaged and being restored."))


def _send_away(place: S3Path, file: StoredFile, disposition: str) -> HttpResponse:
    """Send a browser to the bucket; what it may read there, nobody may remember."""
    told = {
        "ResponseContentType": file.media_type,
        "ResponseCacheControl": "private, no-store",
    }
    if disposition:
        told["ResponseContentDisposition"] = disposition
    response = HttpResponseRedirect(place.signed_url(expires_s=SIGNED_S, **told))
    response["Cache-Control"] = "private, no-store"
    return response


def _asked_range(request: HttpRequest, file: StoredFile, etag: str) -> ByteRange | None:
    header = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        return None
    return parse_range(header, file.size_bytes)


def _body(
    request: HttpRequest, file: StoredFile, part: ByteRange | None
) -> HttpResponseBase:
    whole = part or ByteRange(0, file.size_bytes - 1)
    place = file.place()
    if settings.ACCEL_PREFIX and not isinstance(place, S3Path):
        return _hand_over(file)
    if request.method == "HEAD":
        response = StreamingHttpResponse(iter(()))
    elif isinstance(place, S3Path):
        pieces = place.pieces(whole.first, whole.size_bytes, piece_bytes=CHUNK_BYTES)
        response = StreamingHttpResponse(pieces)
    else:
        response = FilePart(place, whole)
    response.status_code = 206 if part else 200
    response["Content-Type"] = file.media_type
    response["Content-Length"] = str(whole.size_bytes)
    if part:
        response["Content-Range"] = f"bytes {part.first}-{part.last}/{file.size_bytes}"
    return response


def _hand_over(file: StoredFile) -> HttpResponse:
    """Name the file to nginx, which sends it, or the part of it that is asked for."""
    response = HttpResponse(content_type=file.media_type)
    response["X-Accel-Redirect"] = f"{settings.ACCEL_PREFIX}/{quote(file.path)}"
    return response


def _describe(
    response: HttpResponseBase, file: StoredFile, etag: str, *, immutable: bool
) -> HttpResponseBase:
    digest = base64.b64encode(bytes.fromhex(file.sha512)).decode()
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Repr-Digest"] = f"sha-512=:{digest}:"
    response["Cache-Control"] = (
        f"public, max-age={YEAR_S}, immutable" if immutable else "private, no-store"
    )
    return response


def _read_path(path: Path, part: ByteRange) -> Iterator[bytes]:
    left = part.size_bytes
    with path.open("rb") as file:
        file.seek(part.first)
        while left > 0 and (chunk := file.read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk
