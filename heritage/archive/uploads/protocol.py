"""Speak tus 1.0.0: core, creation, creation with upload, checksum, termination, expiration.

https://tus.io/protocols/resumable-upload. Who may speak is settled before; every request
but OPTIONS and HEAD carries the session's CSRF token in a header, which no other site can
send (docs/decisions/0011-uploads-by-tus.md).
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

from heritage.archive.errors import ArchiveError, TooLarge
from heritage.archive.upload_models import Upload
from heritage.lib.http import problem
from heritage.lib.keys import is_key

from .desk import Desk
from .errors import (
    BeyondLength,
    ChunkTooLarge,
    LengthMissing,
    NoSuchUpload,
    WrongMediaType,
    WrongMethod,
    WrongOffset,
    WrongVersion,
)
from .headers import (
    ALGORITHMS,
    BODY_TYPE,
    EXTENSIONS,
    VERSION,
    Checksum,
    parse_checksum,
    parse_metadata,
    parse_number,
)
from .places import held
from .receiving import CHUNK_BYTES, receive

SILENT_S = 60.0  # a sender that says nothing for so long has lost its connection
Address = Callable[[str], str]


def answer_creation(request: HttpRequest, desk: Desk, address: Address) -> HttpResponse:
    """Answer at the address where uploads begin; `address` names that of each."""
    return _answer(request, {"POST": lambda: _create(request, desk, address)})


def answer_upload(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    """Answer at the address of one upload."""
    methods = {
        "HEAD": lambda: _tell(desk.find(key)),
        "PATCH": lambda: _append(request, desk, key),
        "DELETE": lambda: _terminate(desk, key),
    }
    return _answer(request, methods)


def _answer(
    request: HttpRequest, methods: dict[str, Callable[[], HttpResponse]]
) -> HttpResponse:
    method = (request.method or "").upper()
    if method == "POST":  # whose token is checked: of a GET it is not
        method = request.headers.get("X-HTTP-Method-Override", method).upper()
    if method == "OPTIONS":
        return _finish(_capabilities())
    try:
        if request.headers.get("Tus-Resumable") != VERSION:
            raise WrongVersion
        if method not in methods:
            raise WrongMethod
        response = methods[method]()
    except ArchiveError as error:
        response = refusal(error)
        if isinstance(error, WrongMethod):
            response["Allow"] = ", ".join(["OPTIONS", *methods])
    return _finish(response)


def refusal(error: ArchiveError) -> HttpResponse:
    """Say no as a problem document, with what tus wants to be told besides."""
    response: HttpResponse = problem(error.status, error.code, str(error))
    if isinstance(error, WrongVersion):
        response["Tus-Version"] = VERSION
    if isinstance(error, TooLarge):
        response["Tus-Max-Size"] = str(settings.UPLOAD_LIMIT_BYTES)
    if isinstance(error, WrongOffset):
        response["Upload-Offset"] = str(error.offset)
    return response


def _finish(response: HttpResponse) -> HttpResponse:
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store"
    return response


def _capabilities() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Tus-Version"] = VERSION
    response["Tus-Extension"] = EXTENSIONS
    response["Tus-Max-Size"] = str(settings.UPLOAD_LIMIT_BYTES)
    response["Tus-Checksum-Algorithm"] = ",".join(ALGORITHMS)
    return response


def _create(request: HttpRequest, desk: Desk, address: Address) -> HttpResponse:
    size = parse_number(request.headers, "Upload-Length")
    if size > settings.UPLOAD_LIMIT_BYTES:
        raise TooLarge("Upload-Length", settings.UPLOAD_LIMIT_BYTES)
    raw = request.headers.get("Upload-Metadata", "")
    metadata = parse_metadata(raw)
    length, checksum = 0, None
    if request.headers.get("Content-Type") == BODY_TYPE:  # creation with upload
        length, checksum = _body(request, size)
    upload = desk.begin(size, metadata, raw=raw)
    try:
        with held(upload.key):
            _receive(request, upload, length, checksum)
    except ArchiveError:
        desk.end(upload)  # nobody has been told its address
        raise
    response = _offset(HttpResponse(status=201), upload)
    response["Location"] = request.build_absolute_uri(address(upload.key))
    return response


def _tell(upload: Upload) -> HttpResponse:
    response = _offset(HttpResponse(status=200), upload)
    response["Upload-Length"] = str(upload.size_bytes)
    if upload.metadata:
        response["Upload-Metadata"] = upload.metadata
    return response


def _append(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    if request.headers.get("Content-Type") != BODY_TYPE:
        raise WrongMediaType
    offset = parse_number(request.headers, "Upload-Offset")
    if not is_key(key):
        raise NoSuchUpload
    with held(key):
        upload = desk.find(key)  # as it is while nobody else writes to it
        if offset != upload.received_bytes:
            raise WrongOffset(upload.received_bytes)
        length, checksum = _body(request, upload.size_bytes - offset)
        _receive(request, upload, length, checksum)
    return _offset(HttpResponse(status=204), upload)


def _terminate(desk: Desk, key: str) -> HttpResponse:
    desk.end(desk.find(key))
    return HttpResponse(status=204)


def _body(request: HttpRequest, most: int) -> tuple[int, Checksum | None]:
    """Read what the headers say of the body. Raises what is wrong with it."""
    if not request.headers.get("Content-Length", "").isdigit():
        raise LengthMissing
    length = int(request.headers["Content-Length"])
    checksum = parse_checksum(request.headers)
    if length > most:
        raise BeyondLength
    if checksum and length > CHUNK_BYTES:
        raise ChunkTooLarge(CHUNK_BYTES)
    return length, checksum


def _receive(
    request: HttpRequest, upload: Upload, length: int, checksum: Checksum | None
) -> None:
    line: Any = request.META.get("gunicorn.socket")
    if line is not None:
        line.settimeout(SILENT_S)
    try:
        receive(upload, request.read, length=length, checksum=checksum)
    finally:
        if line is not None:
            line.settimeout(None)


def _offset(response: HttpResponse, upload: Upload) -> HttpResponse:
    response["Upload-Offset"] = str(upload.received_bytes)
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response
