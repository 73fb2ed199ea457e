"""Answer what browsers ask before they load our data from another site's page (CORS).

Nothing that depends on a cookie is opened: what travels is an address and, for exhibit
devices, their key.
"""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

OPEN: Final = ("/api/", "/media/", "/narrations/", "/iiif/")
DAY_S: Final = "86400"
HEADERS: Final = "Authorization, If-None-Match, If-Range, Range"


class CrossOrigin:
    """Answers a preflight; any other request goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asks_first = "Access-Control-Request-Method" in request.headers
        if request.method != "OPTIONS" or not asks_first:
            return self.get_response(request)
        if not request.path.startswith(OPEN):
            return self.get_response(request)
        response = HttpResponse(status=204)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Allow-Methods"] = "GET, HEAD"
        response["Access-Control-Allow-Headers"] = HEADERS
        response["Access-Control-Max-Age"] = DAY_S
        return response
