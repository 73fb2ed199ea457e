"""Two runs of a relic side by side, and what changed between their masters."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from heritage.archive.staying import in_use
from heritage.captures.actions.compare import compare_runs, keep_as_condition
from heritage.captures.change_words import (
    change_of,
    kind_of,
    told_found,
    told_scale,
)
from heritage.captures.comparison import kept_change
from heritage.captures.errors import CaptureError
from heritage.captures.media import media_path
from heritage.captures.models import Capture, Derivative, Run
from heritage.captures.permission import may_open
from heritage.captures.published import heat_map_of
from heritage.captures.quality.numbers import find_figure, write_figure
from heritage.captures.quality.sheet import measured_run, quality_of
from heritage.captures.quality.words import MEASURES
from heritage.catalogue.policy import Person, person_of, visible

from .shown import MODELS, pictures_of

SIDES = 2


@dataclass(frozen=True)
class Line:
    """A figure of both runs; of the settings, whether they differ."""

    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return self.first != self.second


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Show two runs of the relic beside each other, or ask for their difference."""
    capture = _capture(request, pk)
    person = person_of(request)
    rows = visible(Run.objects.all(), person).filter(
        capture__relic=capture.relic_id, state=Run.State.SUCCEEDED, type__in=MODELS
    )
    runs = list(rows.select_related("capture", "master_of").order_by("created_at"))
    asked = request.POST if request.method == "POST" else request.GET
    named = {run.key: run for run in runs}
    chosen = [named.get(asked.get(name, "")) for name in ("first", "second")]
    if request.method == "POST":
        if None in chosen:
            raise Http404
        return _ask(request, *chosen)
    if None in chosen:
        chosen = list(runs[-SIDES:]) if len(runs) >= SIDES else []
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": _("Models side by side: %(relic)s") % {"relic": capture.relic.title},
        "opts": Capture._meta,
        "capture": capture,
        "runs": runs,
        "chosen": [
            (run, _pictures(run), heat_map_of(run, person)) for run in chosen if run
        ],
        "figures": list(_figures(*chosen)) if chosen else [],
        "settings": list(_settings(*chosen)) if chosen else [],
        "comparisons": _comparisons(capture, person),
    }
    return render(request, "captures/compare.html", context)


@require_safe
def change(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Show what a comparison found."""
    run = _comparison(request, pk, key)
    found = change_of(run)
    regions = [{**one, "word": kind_of(one)} for one in found.get("regions", [])]
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": _("What changed: %(relic)s") % {"relic": run.capture.relic.title},
        "opts": Run._meta,
        "run": run,
        "change": found,
        "told": told_found(run),
        "told_scale": told_scale(run),
        "regions": regions,
        "pictures": _change_pictures(run),
        "limit": run.report.get("limit_mm"),
        "kept": kept_change(run),
        "may_keep": may_open(run.capture, person_of(request)),
    }
    return render(request, "captures/change.html", context)


@require_POST
def keep(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Keep what was found as a check of the relic's condition."""
    run = _comparison(request, pk, key)
    try:
        keep_as_condition(run, by=request.user)  # type: ignore[arg-type]  # it is staff
    except CaptureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Kept among the relic's condition checks."))
    return redirect("admin:captures_capture_change_map", pk, key)


def _ask(request: HttpRequest, first: Any, second: Any) -> HttpResponse:
    pk = second.capture_id
    try:
        compare_runs(first, second, by=request.user)  # type: ignore[arg-type]
    except CaptureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The two models are being compared."))
    return redirect("admin:captures_capture_work", pk)


def _figures(first: Any, second: Any) -> Any:
    """Give what both quality sheets measured."""
    qualities = [quality_of(run) for run in (first, second)]
    for place, word in MEASURES.items():
        values = [find_figure(quality, place) for quality in qualities]
        if any(value is not None for value in values):
            yield Line(str(word.label), *(write_figure(v, word.unit) for v in values))


def _settings(first: Any, second: Any) -> Any:
    """Give what the runs were told that differs."""
    told = [_told_settings(measured_run(run)) for run in (first, second)]
    for name in sorted(told[0] | told[1]):
        line = Line(name, *(str(one.get(name, "–")) for one in told))
        if line.differs:
            yield line


def _told_settings(run: Run) -> dict[str, Any]:
    recipe = run.report.get("recipe") or {}
    own = recipe.get("parameters") or {}
    return {"recipe": recipe.get("name") or run.recipe, **own, **run.parameters}


def _pictures(run: Run) -> list[str]:
    return [media_path(row) for row in pictures_of(run)]


def _change_pictures(run: Run) -> dict[str, str]:
    rows = run.derivatives.filter(in_use("stored_file__"), role=Derivative.Role.CHANGE)
    return {row.profile: media_path(row) for row in rows.select_related("stored_file")}


def _comparisons(capture: Capture, person: Person) -> list[Run]:
    rows = visible(Run.objects.all(), person).filter(
        capture__relic=capture.relic_id, type=Run.Type.COMPARE,
        state=Run.State.SUCCEEDED,
    )  # fmt: skip
    return list(rows.select_related("capture", "master_of", "compared_with__capture"))


def _comparison(request: HttpRequest, pk: int, key: str) -> Run:
    rows = Run.objects.select_related(
        "capture__relic", "master_of__capture", "compared_with__capture"
    )
    run: Run = get_object_or_404(
        visible(rows, person_of(request)),
        key=key, capture_id=pk, type=Run.Type.COMPARE, state=Run.State.SUCCEEDED,
    )  # fmt: skip
    return run


def _capture(request: HttpRequest, pk: int) -> Capture:
    rows = visible(Capture.objects.select_related("relic"), person_of(request))
    capture: Capture = get_object_or_404(rows, pk=pk)
    return capture
