"""Check a model before it stands for the relic: figures, target, register; then decide."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heritage.captures.acceptance_models import RunDecision
from heritage.captures.actions.decide import decide_run
from heritage.captures.errors import CaptureError
from heritage.captures.judging import (
    fits_register,
    judge_run,
    own_profile,
    profiles_of,
)
from heritage.captures.models import FieldSheet, Run
from heritage.captures.permission import may_open
from heritage.captures.quality.sheet import build_sheet
from heritage.captures.quality.words import PROFILES
from heritage.captures.sameness import compare_shape
from heritage.captures.sheet_rules import missing_fields, sheet_warnings
from heritage.captures.sheet_words import field_label
from heritage.catalogue.policy import person_of, visible


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    rows = Run.objects.select_related("capture__relic", "master_of", "adds_to")
    run = get_object_or_404(
        visible(rows, person_of(request)),
        key=key, capture_id=pk, state=Run.State.SUCCEEDED,
    )  # fmt: skip
    if request.method != "POST":
        return _show(request, run)
    try:
        made = decide_run(
            run,
            verdict=request.POST.get("verdict", ""),
            profile=request.POST.get("profile", ""),
            reason=request.POST.get("reason", "")[:500],
            by=request.user,  # type: ignore[arg-type]  # it is staff
        )
    except CaptureError as error:
        return _show(request, run, refusal=str(error), status=error.status)
    done = (
        _("Accepted. This model now shows the relic.")
        if made.verdict == RunDecision.Verdict.ACCEPTED
        else _("Refused, with your reason. The run and its files stay.")
    )
    messages.success(request, done)
    return redirect("admin:captures_capture_work", pk)


def _show(
    request: HttpRequest, run: Run, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    profile = asked.get("profile", "")
    profile = profile if profile in profiles_of(run) else own_profile(run)
    sheet = FieldSheet.objects.filter(capture=run.capture).first()
    told = {section.slug: section for section in build_sheet(run).sections}
    found = told.get("acceptance")
    titles = {str(PROFILES.get(name, name)): name for name in profiles_of(run)}
    tables = [
        t for t in (found.tables if found else []) if _named(t.title, titles, profile)
    ]
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": _("Accept or refuse: %(relic)s") % {"relic": run.capture.relic.title},
        "opts": Run._meta,
        "run": run,
        "judged": judge_run(run, profile),
        "profiles": [(name, title) for title, name in titles.items()],
        "tables": tables,
        "fits_register": fits_register(run),
        "sameness": compare_shape(run),
        "warnings": list(sheet_warnings(run.capture, sheet)) if sheet else [],
        "missing": [field_label(n) for n in missing_fields(run.capture, sheet)]
        if sheet
        else [],
        "has_sheet": sheet is not None,
        "decisions": _decisions(run),
        "may_decide": may_open(run.capture, person_of(request)),
        "refusal": refusal,
        "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "captures/decide.html", context, status=status)


def _named(title: str, titles: dict[str, str], profile: str) -> bool:
    """Tell the table of a profile: its title holds the profile's own."""
    return any(name == profile and words in title for words, name in titles.items())


def _decisions(run: Run) -> list[RunDecision]:
    """Give all that was decided of the relic's models, the latest first."""
    rows = RunDecision.objects.filter(run__capture__relic=run.capture.relic_id)
    return list(rows.select_related("run__capture", "replaced"))
