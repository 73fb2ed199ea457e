"""Queries of those who are not signed in, answered before sessions and accounts are read.

Every person gets the public answer: who asks matters only for what it is counted against,
and a refusal is told in the language of the request. Any other request goes the long way,
which costs three times as much as the endpoint itself.
"""

from collections.abc import Callable
from functools import cache
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language_from_request, override

from .views.sparql import sparql

METHODS: Final = ("GET", "POST")


class EarlyQueries:
    """Answers a query of a stranger; any other request goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info != _address() or not _is_plain(request):
            return self.get_response(request)
        request.get_host()  # refuses a name that is not ours, as for any page
        request.user = AnonymousUser()
        with override(get_language_from_request(request)):
            return sparql(request)


def _is_plain(request: HttpRequest) -> bool:
    """Tell whether this is a query, and nobody is signed in."""
    return (
        request.method in METHODS
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and (
            request.method == "POST" or "query=" in request.META.get("QUERY_STRING", "")
        )
    )


_address = cache(lambda: reverse("sparql"))
