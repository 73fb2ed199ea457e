"""Visitors ask for files, fetch what was granted, and report mistakes."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from heritage.captures.media import derivatives_for
from heritage.captures.models import Derivative
from heritage.captures.published import of_accepted, published_run
from heritage.captures.signed import Scope, signed_address, window_end
from heritage.catalogue.models import Collection, Record, Relic
from heritage.catalogue.policy import STRANGER, person_of
from heritage.catalogue.reach import find_record
from heritage.pages.asking import (
    AskingForm,
    ReportForm,
    RequestForm,
    check_has_room,
    check_not_too_often,
)
from heritage.pages.errors import ListIsFull, TooOften
from heritage.pages.granting import (
    REQUEST,
    find_granted,
    is_in_force,
    person_of_request,
)
from heritage.pages.models import ErrorReport, ModelRequest
from heritage.pages.views.short import LABELLED

# The pages that can be wrong.
REPORTED: Final[dict[str, type[Record]]] = {model.kind: model for model in LABELLED}


@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_files(request: HttpRequest, key: str) -> HttpResponse:
    relic = find_record(Relic, key, person_of(request))
    if published_run(relic) is None:
        raise Http404
    form = RequestForm(request.POST or None)
    row = {"relic": relic}
    return _asked(request, relic, form, row, "pages/ask_for_files.html")


@require_http_methods(["GET", "HEAD", "POST"])
def report_mistake(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    if kind not in REPORTED:
        raise Http404
    record = find_record(REPORTED[kind], key, person_of(request))
    form = ReportForm(request.POST or None)
    row = {"collection": record.collection, "record_kind": kind, "record_key": key}
    return _asked(request, record, form, row, "pages/report_mistake.html")


@require_safe
def granted(request: HttpRequest, key: str, signature: str) -> HttpResponse:
    """List the files of a granted request, each at an address that soon ends."""
    asked = find_granted(key, signature)
    if asked is None:
        raise Http404
    relic = find_record(Relic, asked.relic.key, STRANGER)
    if not is_in_force(asked):
        raise Http404
    context = {
        "record": relic,
        "asked": asked,
        "files": [(file, _address(file, asked)) for file in _files(asked)],
    }
    response = render(request, "pages/granted.html", context)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"  # the address is the permission
    response["X-Robots-Tag"] = "noindex"
    return response


def _asked(
    request: HttpRequest,
    record: Record,
    form: AskingForm,
    row: dict[str, Any],
    template: str,
) -> HttpResponse:
    context: dict[str, Any] = {"record": record, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            _take(request, record.collection, form, row)
        except (ListIsFull, TooOften) as error:
            context["refusal"] = str(error)
            return render(request, template, context, status=error.status)
        return redirect(f"{request.path}?sent=1")
    context["is_sent"] = request.method != "POST" and "sent" in request.GET
    status = 422 if request.method == "POST" else 200
    return render(request, template, context, status=status)


def _take(
    request: HttpRequest,
    collection: Collection,
    form: AskingForm,
    values: dict[str, Any],
) -> None:
    """Keep what was sent; what a robot sent is thanked for, and dropped."""
    if form.is_from_a_robot:
        return
    check_has_room(form._meta.model, collection)
    check_not_too_often(request, form._meta.model)
    row: ModelRequest | ErrorReport = form.save(commit=False)
    for name, value in values.items():
        setattr(row, name, value)
    row.language = get_language() or row.language
    row.save()


def _files(asked: ModelRequest) -> list[Derivative]:
    rows = derivatives_for(person_of_request(asked)).filter(
        of_accepted("run__"), run__capture__relic=asked.relic
    )
    roles = (Derivative.Role.MODEL, Derivative.Role.PRINT, Derivative.Role.STUDY)
    return list(rows.filter(role__in=roles).order_by("role", "profile"))


def _address(file: Derivative, asked: ModelRequest) -> str:
    return signed_address(file, Scope(REQUEST, asked.key), until=window_end())
