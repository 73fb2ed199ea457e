"""Headers that keep pages to themselves: nothing outside is fetched, nothing inlined."""

import re
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]
View = Callable[..., HttpResponseBase]

PERMISSIONS = "camera=(), microphone=(), geolocation=(), xr-spatial-tracking=(self)"

# The worker that transcodes maps (static/pages/map_worker.js) turns text into code, and
# may do nothing else: no address, not even ours, is open to it.
MAP_WORKER = re.compile(r"/pages/map_worker(\.[0-9a-f]+)?\.js\Z")
MAP_WORKER_POLICY = "default-src 'none'; script-src 'unsafe-eval' 'wasm-unsafe-eval'"


class ContentSecurity:
    """Give each request a nonce and each answer its content security policy.

    A template names the nonce as `request.csp_nonce`; a view that needs more says so
    with `allow_csp`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault(
            "Content-Security-Policy", _policy(request, response, nonce)
        )
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if response.get("Content-Type", "").startswith("text/html"):
            # A withdrawal must show at once: a kept copy is asked about each time.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def add_static_headers(headers: Headers, path: str, url: str) -> None:
    """Give the one worker that needs it a policy of its own; WhiteNoise asks for each file."""
    if MAP_WORKER.search(url):
        headers["Content-Security-Policy"] = MAP_WORKER_POLICY


def allow_csp(**sources: str) -> Callable[[View], View]:
    """Let one view's pages use more: `@allow_csp(style_src="'unsafe-inline'")`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(*args: Any, **kwargs: Any) -> HttpResponseBase:
            response = view(*args, **kwargs)
            response.csp_sources = sources  # type: ignore[attr-defined]
            return response

        return wrapped

    return decorate


def _policy(request: HttpRequest, response: HttpResponseBase, nonce: str) -> str:
    directives = _admin_directives() if is_admin(request) else _directives(nonce)
    for name, more in getattr(response, "csp_sources", {}).items():
        directive = name.replace("_", "-")
        directives[directive] = (
            f"{directives.get(directive, chr(39) + 'self' + chr(39))} {more}"
        )
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def _directives(nonce: str) -> dict[str, str]:
    media = _elsewhere()
    return {
        "default-src": "'none'",
        # The mesh decoder is WebAssembly; three.js is found through an import map.
        "script-src": f"'self' 'nonce-{nonce}' 'wasm-unsafe-eval'",
        "style-src": "'self'",
        "img-src": f"'self' data: blob:{media}",
        "connect-src": f"'self' blob:{media}",
        "font-src": "'self'",
        "media-src": "'self' blob:",
        "worker-src": "'self' blob:",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'self'",
    }


def _elsewhere() -> str:
    """Name the origins other than our own from which files come."""
    origins = [settings.MEDIA_ORIGIN]
    if settings.ARCHIVE_S3 and settings.S3_SIGNED_URLS:
        told = settings.S3["archive"]
        bucket = settings.ARCHIVE_S3.removeprefix("s3://").partition("/")[0]
        amazon = f"https://{bucket}.s3.{told['region']}.amazonaws.com"
        origins.append(told["endpoint"].rstrip("/") or amazon)
    return "".join(f" {origin}" for origin in origins if origin)


def _admin_directives() -> dict[str, str]:
    """The admin theme writes inline scripts and styles, and Alpine evaluates text."""
    media = _elsewhere()
    return {
        "default-src": f"'self' 'unsafe-inline' 'unsafe-eval' data: blob:{media}",
        "object-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'self'",
    }


def is_admin(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and "admin" in match.namespaces
