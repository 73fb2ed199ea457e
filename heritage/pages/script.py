"""Public pages for those who read the traditional script: converted as they leave.

Our own texts are converted when the translations are compiled; this is for what the
museum has written itself. Answers that carry an ETag or are packed were converted where
they were made (`exhibits/answers.py`). The admin's pages are left alone: what stands in a form there
is saved again.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from heritage.lib.languages import TRADITIONAL, language_tag
from heritage.lib.traditional import traditional

from .security import is_admin

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class TraditionalScript:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, HttpResponse) or is_admin(request):
            return response
        if "Content-Encoding" in response:
            return response
        converter = traditional(settings.TRADITIONAL_WORDS)
        kind, text = response.get("Content-Type", ""), response.content.decode
        if kind.startswith("text/html") and language_tag() == TRADITIONAL:
            response.content = converter.page(text()).encode()
        elif kind.startswith("application/json") and asks_for_it(request, response):
            response.content = converter.text(text()).encode()
        return response


def asks_for_it(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether a program still waits for data in this script: `?script=zh-Hant`."""
    return request.GET.get("script") == TRADITIONAL and "ETag" not in response
