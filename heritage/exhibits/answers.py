"""Answers of the exhibit interface: validated by ETag, compressed, readable anywhere."""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from ninja import Schema

from heritage.captures.signed import window_end
from heritage.catalogue.policy import Person
from heritage.lib.http import problem
from heritage.lib.kept import Kept
from heritage.lib.languages import TRADITIONAL
from heritage.lib.traditional import traditional

JSON_TYPE: Final = "application/json; charset=utf-8"
SMALLEST: Final = 860  # below, a packet holds it as it is
KEPT: Final = 64  # answers a thread keeps
VARY: Final = ("Authorization", "Accept-Encoding")


@dataclass(frozen=True)
class Document:
    """The bytes of an answer, plain and packed."""

    plain: bytes

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.plain).hexdigest()[:32]}"'

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.plain, 6, mtime=0)


_kept: Kept[Document] = Kept(KEPT)


def document_of(request: HttpRequest, body: Schema) -> Document:
    """Write an answer, in the script that is asked for: before it is hashed and packed."""
    text = body.model_dump_json()
    if request.GET.get("script") == TRADITIONAL:
        text = traditional(settings.TRADITIONAL_WORDS).text(text)
    return Document(text.encode())


def kept_document(
    request: HttpRequest, person: Person, build: Callable[[], Schema]
) -> Document:
    """Give the answer kept for this address and person, or build it.

    It is kept until anything in the database changes, so a withdrawal shows at once; and
    for a day at most, as consents end by themselves.
    """
    ends = timezone.localdate(), window_end() if person.device else 0
    name = (request.build_absolute_uri(), person, ends)
    return _kept.get(name, lambda: document_of(request, build()))


def answer(
    request: HttpRequest, document: Document, person: Person
) -> HttpResponseBase:
    packs = _takes_gzip(request) and len(document.plain) >= SMALLEST
    etag = f"W/{document.etag}" if packs else document.etag
    response = get_conditional_response(request, etag=etag)
    if response is None:
        body = document.packed if packs else document.plain
        response = HttpResponse(body, content_type=JSON_TYPE)
        if packs:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    return opened(response, person)


def refuse(status: int, code: str, detail: str, **members: Any) -> HttpResponse:
    response = problem(status, code, detail, **members)
    response["Cache-Control"] = "no-store"
    open_to_all(response)
    return response


def opened(response: HttpResponseBase, person: Person) -> HttpResponseBase:
    """Say for whom it may be kept: until it is asked about again, by nobody between."""
    response["Cache-Control"] = "private, no-cache" if person.device else "no-cache"
    return open_to_all(response)


def open_to_all(response: HttpResponseBase) -> HttpResponseBase:
    """Let programs of any origin read it; no cookie decides what they get."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag"
    patch_vary_headers(response, VARY)
    return response


def _takes_gzip(request: HttpRequest) -> bool:
    """Tell whether gzip is among what the client takes (RFC 9110, section 12.5.3)."""
    for part in request.headers.get("Accept-Encoding", "").split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        if name in ("gzip", "*"):
            return weight.strip("0.") != "" or weight == ""
    return False
