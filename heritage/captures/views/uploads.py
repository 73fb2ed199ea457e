"""Send files to a capture: resumably by tus, or by a plain form; then keep them as one set."""

from collections.abc import Callable
from functools import wraps
from typing import Any, BinaryIO, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from heritage.archive.errors import ArchiveError, EmptyDeposit
from heritage.archive.models import Upload
from heritage.archive.set_report import SetReport
from heritage.archive.uploads import protocol
from heritage.archive.uploads.desk import Desk
from heritage.captures.actions.uploads import add_uploads, look_at_uploads, open_desk
from heritage.captures.errors import CaptureError
from heritage.captures.models import Capture
from heritage.captures.set_check import build_report, check_names
from heritage.catalogue.policy import person_of, visible
from heritage.lib.http import problem, wants_json
from heritage.lib.json_text import parse_object

from .capture import REFUSALS, show_work

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Capture, Desk, P], HttpResponse]


def at_desk(view: View[P]) -> Callable[..., HttpResponse]:
    """Let those through who may hand in files for the capture; a program is told why not."""

    @never_cache
    @csrf_protect
    @wraps(view)
    def wrapped(
        request: HttpRequest, pk: int, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if not request.user.is_authenticated or not request.user.is_staff:
            return problem(403, "not-logged-in", _("Log in again, then resume."))
        person = person_of(request)
        rows = visible(Capture.objects.select_related("relic"), person)
        capture = get_object_or_404(rows, pk=pk)
        try:
            desk = open_desk(capture, by=request.user, person=person)
        except CaptureError as error:
            return problem(error.status, error.code, str(error))
        return view(request, capture, desk, *args, **kwargs)

    return wrapped


@at_desk
def begin(request: HttpRequest, capture: Capture, desk: Desk) -> HttpResponse:
    """Where uploads of this capture begin (tus creation)."""
    return protocol.answer_creation(request, desk, lambda key: _address(capture, key))


@at_desk
def one(request: HttpRequest, capture: Capture, desk: Desk, key: str) -> HttpResponse:
    """One upload: how far it is, more of its bytes, its end."""
    return protocol.answer_upload(request, desk, key)


@require_safe
@at_desk
def listing(request: HttpRequest, capture: Capture, desk: Desk) -> HttpResponse:
    """List the person's open uploads, to go on with them."""
    files = [_told(capture, upload) for upload in desk.uploads()]
    return JsonResponse({"uploads": files}, json_dumps_params={"ensure_ascii": False})


@require_POST
@at_desk
def names(request: HttpRequest, capture: Capture, desk: Desk) -> HttpResponse:
    """Tell what is wrong with the names of files that are about to be sent."""
    try:
        told = [str(name) for name in parse_object(request.body)["names"]]
    except (ValueError, TypeError, KeyError):
        return problem(400, "bad-request", _("The list of names cannot be read."))
    report = build_report(check_names(told), files=len(told))
    return _report_answer(request, capture, report, 200)


@require_POST
@at_desk
def check(request: HttpRequest, capture: Capture, desk: Desk) -> HttpResponse:
    """Look at all that has arrived and report; nothing is kept yet."""
    try:
        report = look_at_uploads(capture, by=desk.person).report()
    except REFUSALS as error:
        return problem(error.status, error.code, str(error))
    return _report_answer(request, capture, report, 200)


@require_POST
@at_desk
def keep(request: HttpRequest, capture: Capture, desk: Desk) -> HttpResponse:
    """Keep what has arrived for ever, as one deposit, unless an error stops the set."""
    try:
        report, rows = add_uploads(
            capture, by=desk.person, despite_errors="despite" in request.POST
        )
    except REFUSALS as error:
        if wants_json(request):
            return problem(error.status, error.code, str(error))
        messages.error(request, str(error))
        return redirect("admin:captures_capture_work", capture.pk)
    if not rows:
        return _report_answer(request, capture, report, 422)
    if wants_json(request):
        return _report_answer(request, capture, report, 200)
    return redirect("admin:captures_capture_work", capture.pk)


@require_POST
@at_desk
def send_form(request: HttpRequest, capture: Capture, desk: Desk) -> HttpResponse:
    """Take the files of a plain form: they wait with the others, and all are kept."""
    files = request.FILES.getlist("files")
    try:
        if not files and not desk.uploads().exists():
            raise EmptyDeposit
        for file in files:
            desk.take(file.name or "", cast(BinaryIO, file), file.size or 0)
    except ArchiveError as error:
        messages.error(request, str(error))
        return redirect("admin:captures_capture_work", capture.pk)
    return keep(request, capture.pk)


@require_POST
@at_desk
def cancel(
    request: HttpRequest, capture: Capture, desk: Desk, key: str
) -> HttpResponse:
    """Cancel an upload from the page's list."""
    try:
        desk.end(desk.find(key))
    except ArchiveError as error:
        messages.error(request, str(error))
    return redirect("admin:captures_capture_work", capture.pk)


def _report_answer(
    request: HttpRequest, capture: Capture, report: SetReport, status: int
) -> HttpResponse:
    """Give a report as JSON with its part of the page, or the whole page with it."""
    context = {"report": report, "capture": capture}
    if not wants_json(request):
        return show_work(request, capture, report=report, status=status)
    html = render_to_string("captures/report.html", context, request)
    return JsonResponse(
        report.as_json() | {"html": html},
        status=status,
        json_dumps_params={"ensure_ascii": False},
    )


def _told(capture: Capture, upload: Upload) -> dict[str, Any]:
    return {
        "address": _address(capture, upload.key),
        "name": upload.original_name or upload.name,
        "size": upload.size_bytes,
        "offset": upload.received_bytes,
        "modified": upload.modified,
        "expires": upload.expires_at.isoformat(),
    }


def _address(capture: Capture, key: str) -> str:
    return reverse("admin:captures_capture_tus_upload", args=[capture.pk, key])
