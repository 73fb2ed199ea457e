"""The quality sheet of a run: as a page, as a PDF, as JSON."""

from typing import Any
from urllib.parse import quote

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from heritage.captures.actions.runs import restart_in_unit
from heritage.captures.errors import CaptureError
from heritage.captures.models import Run
from heritage.captures.quality.scale import find_proposal
from heritage.captures.quality.sheet import build_sheet, measured_run, quality_of
from heritage.captures.quality.words import UNITS
from heritage.catalogue.policy import person_of, visible
from heritage.lib.http import problem

KEEP_NOWHERE = "private, no-store"  # what only members may see stays in no cache


@require_safe
def quality(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    run = _run(request, pk, key)
    sheet, figures = build_sheet(run), quality_of(run)
    proposal = find_proposal(figures)
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": sheet.title,
        "opts": Run._meta,
        "run": run,
        "sheet": sheet,
        "has_figures": bool(figures),
        "proposal": {"unit": proposal, "label": UNITS[proposal]} if proposal else None,
    }
    return render(request, "captures/quality.html", context)


@require_safe
def quality_pdf(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    run = _run(request, pk, key)
    # Costs every command half a second and 50 MB where it is imported beforehand.
    from heritage.captures.quality.pdf import write_pdf

    written = write_pdf(
        build_sheet(run),
        language=get_language() or "zh-hans",
        created=measured_run(run).finished_at or timezone.now(),
    )
    response = HttpResponse(written, content_type="application/pdf")
    return _as_download(response, run, "pdf")


@require_safe
def quality_json(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Give the figures as the engine measured them."""
    run = _run(request, pk, key)
    figures = quality_of(run)
    if not figures:
        return problem(404, "no-quality", _("This run was not measured."))
    pretty = {"ensure_ascii": False, "indent": 1}
    return _as_download(JsonResponse(figures, json_dumps_params=pretty), run, "json")


@require_POST
def again_in_unit(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Compute again with the unit in which the files would fit the register."""
    run = _run(request, pk, key)
    user: Any = request.user
    try:
        restart_in_unit(measured_run(run), request.POST.get("unit", ""), by=user)
    except CaptureError as error:
        messages.error(request, str(error))
        return redirect("admin:captures_capture_quality", pk, key)
    return redirect("admin:captures_capture_work", pk)


def _run(request: HttpRequest, pk: int, key: str) -> Run:
    rows = Run.objects.select_related("capture__relic", "master_of")
    run: Run = get_object_or_404(
        visible(rows, person_of(request)),
        key=key, capture_id=pk, state=Run.State.SUCCEEDED,
    )  # fmt: skip
    return run


def _as_download(response: HttpResponse, run: Run, suffix: str) -> HttpResponse:
    relic = run.capture.relic
    name = f"{relic.register_no or relic.key}-{run.key}-quality.{suffix}"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = KEEP_NOWHERE
    return response
