"""What a person sees where a record is not, or is no longer, for them."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from heritage.catalogue.reach import NoSuchRecord, WithdrawnRecord
from heritage.lib.http import problem, wants_json


class MissingRecords:
    """Turn `NoSuchRecord` and `WithdrawnRecord` into 404 and 410, once for all views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponseBase | None:
        if not isinstance(error, NoSuchRecord):
            return None
        is_withdrawn = isinstance(error, WithdrawnRecord)
        if wants_json(request):
            return missing_problem(error)
        template = "pages/withdrawn.html" if is_withdrawn else "404.html"
        response = render(
            request, template, {"error": error}, status=410 if is_withdrawn else 404
        )
        response["Cache-Control"] = "no-store"
        return response


def missing_problem(error: NoSuchRecord) -> HttpResponseBase:
    if isinstance(error, WithdrawnRecord):
        response = problem(
            410, "withdrawn", _("This record was public and has been withdrawn.")
        )
    else:
        response = problem(404, "not-found", _("There is no such public record."))
    response["Cache-Control"] = "no-store"
    return response
