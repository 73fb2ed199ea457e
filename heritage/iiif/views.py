"""Answer IIIF image requests: find what may be seen, parse, make, describe."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_http_methods

from heritage.catalogue.policy import person_of
from heritage.lib.http import problem

from .errors import Busy, IiifError
from .information import CONTEXT, PROFILE, build_information
from .making import make_picture, picture_name
from .offered import Offered, find_offered
from .parameters import MEDIA_TYPES, Limits, Words, parse

DAY_S = 24 * 3600
LD_JSON = f'application/ld+json;profile="{CONTEXT}"'
View = Callable[..., HttpResponseBase]


def open_to_all_origins(view: View) -> View:
    """Let viewers of other museums in; refusals are problem documents they can read."""

    @require_http_methods(["GET", "HEAD", "OPTIONS"])
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = (
                _preflight()
                if request.method == "OPTIONS"
                else view(request, *args, **kwargs)
            )
        except IiifError as error:
            response = problem(error.status, error.code, str(error))
            response["Cache-Control"] = "no-store"
            if isinstance(error, Busy):
                response["Retry-After"] = "2"
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        response["Access-Control-Expose-Headers"] = "Link, ETag, Content-Length"
        return response

    return wrapped


@open_to_all_origins
def base(request: HttpRequest, identifier: str) -> HttpResponseBase:
    """Lead from the image's address to its description."""
    find_offered(identifier, person_of(request))
    response = HttpResponse(status=303)
    response["Location"] = reverse("iiif-info", args=[identifier])
    return response


@open_to_all_origins
def info(request: HttpRequest, identifier: str) -> HttpResponseBase:
    offered = find_offered(identifier, person_of(request))
    address = _address(request, offered)
    document = build_information(offered, address, _limits())
    body = json.dumps(document, ensure_ascii=False, indent=1).encode()
    wants_linked = "application/ld+json" in request.headers.get("Accept", "")
    response = HttpResponse(
        body, content_type=LD_JSON if wants_linked else "application/json"
    )
    response["Link"] = f'<{PROFILE}>;rel="profile"'
    patch_vary_headers(response, ["Accept"])
    return _kept(response, offered)


@open_to_all_origins
def image(
    request: HttpRequest,
    identifier: str,
    region: str,
    size: str,
    rotation: str,
    name: str,
) -> HttpResponseBase:
    """Give the picture that an address describes."""
    offered = find_offered(identifier, person_of(request))
    quality, _, form = name.rpartition(".")
    asked = parse(
        Words(region, size, rotation, quality, form),
        image=offered.size,
        bands=offered.pyramid.bands,
        limits=_limits(),
    )
    etag = f'"{picture_name(offered, asked)}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        body = make_picture(offered, asked)
        response = HttpResponse(body, content_type=MEDIA_TYPES[asked.format])
    response["ETag"] = etag
    canonical = f"{_address(request, offered)}/{asked.canonical}"
    response["Link"] = f'<{canonical}>;rel="canonical", <{PROFILE}>;rel="profile"'
    return _kept(response, offered)


def _limits() -> Limits:
    return Limits(pixels=settings.IIIF_MEGAPIXELS * 10**6)


def _address(request: HttpRequest, offered: Offered) -> str:
    path = reverse("iiif-base", args=[offered.identifier])
    return request.build_absolute_uri(path)


def _preflight() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response["Access-Control-Allow-Headers"] = "Accept, If-None-Match"
    response["Access-Control-Max-Age"] = str(DAY_S)
    return response


def _kept(response: HttpResponse, offered: Offered) -> HttpResponse:
    """Say who may keep an answer; staff's are asked about again each time."""
    response["Cache-Control"] = (
        f"public, max-age={DAY_S}" if offered.is_lasting else "private, no-cache"
    )
    return response
