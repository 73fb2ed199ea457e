"""The 3D page where a person finishes what the machine could not."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import admin, messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from heritage.captures.actions.hand import (
    add_act,
    propose_cuts,
    snap_pair,
    start_by_hand,
    undo_act,
)
from heritage.captures.clouds import find_clouds, read_index, share_made
from heritage.captures.errors import CaptureError
from heritage.captures.hand import poses_of, said_by, standing_acts, steps_taken
from heritage.captures.messages import sentence
from heritage.captures.models import Capture, Run
from heritage.captures.ties import holding
from heritage.captures.usable import scan_names
from heritage.catalogue.policy import person_of, visible
from heritage.lib.http import problem
from heritage.lib.json_text import parse_object
from scans import child

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Capture, P], HttpResponse]
TYPES = {"bin": "application/octet-stream", "png": "image/png"}


def of_capture(view: View[P]) -> Callable[..., HttpResponse]:
    """Let those through who see the capture; what is refused is told as a problem."""

    @wraps(view)
    def wrapped(
        request: HttpRequest, pk: int, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        rows = visible(Capture.objects.select_related("relic"), person_of(request))
        capture: Capture = get_object_or_404(rows, pk=pk)
        try:
            return view(request, capture, *args, **kwargs)
        except CaptureError as error:
            return problem(error.status, error.code, str(error))
        except child.ChildRefused as refusal:
            return problem(422, refusal.code, sentence(refusal.code, refusal.facts))
        except child.ChildCrashed:
            text = _("The scans could not be prepared. Compute a model, or ask the operator.")  # fmt: skip
            return problem(500, "engine-crashed", text)

    return wrapped


@require_safe
@of_capture
def hand(request: HttpRequest, capture: Capture) -> HttpResponse:
    run = _last_run(capture)
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": _("Place scans by hand: %(relic)s") % {"relic": capture.relic.title},
        "opts": Capture._meta,
        "capture": capture,
        "page": {
            "address": reverse("admin:captures_capture_hand", args=[capture.pk]),
            "state": _state(capture),
            "run": run.key if run else "",
            "poses": poses_of(run) if run else {},
            "lost": run.report.get("not_placed", []) if run else [],
            "scans": scan_names(capture),
            "words": _words(),
        },
    }
    return render(request, "captures/hand.html", context)


@require_safe
@of_capture
def clouds(request: HttpRequest, capture: Capture) -> HttpResponse:
    """List the clouds, making them first where they are not there."""
    return JsonResponse({"scans": read_index(find_clouds(capture))})


@require_safe
@of_capture
def clouds_share(request: HttpRequest, capture: Capture) -> HttpResponse:
    """Tell whoever waits for the clouds how far they are; null while none are made."""
    share = share_made(capture)
    return JsonResponse({"percent": None if share is None else round(100 * share)})


@require_safe
@of_capture
def cloud(
    request: HttpRequest, capture: Capture, number: int, form: str
) -> HttpResponse:
    """Give one cloud's points, or its picture."""
    path = find_clouds(capture) / f"{number}.{form}"
    if form not in TYPES or not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type=TYPES[form])
    response["Cache-Control"] = "private, no-cache"
    return response  # type: ignore[return-value]  # it streams


@require_safe
@of_capture
def proposal(request: HttpRequest, capture: Capture) -> HttpResponse:
    user: Any = request.user
    return JsonResponse(propose_cuts(capture, _last_run(capture), by=user))


@require_POST
@of_capture
def act(request: HttpRequest, capture: Capture) -> HttpResponse:
    """Keep one act, or undo the last; give what stands then."""
    user: Any = request.user
    try:
        told = parse_object(request.body)
        after = int(told["after"])
        kind = str(told["kind"])
    except (ValueError, KeyError, TypeError):
        return problem(400, "bad-request", _("The act cannot be read."))
    if kind == "undo":
        undo_act(capture, after=after, by=user)
    else:
        add_act(capture, kind, told.get("data"), after=after, by=user)
    return JsonResponse(_state(capture))


@require_POST
@of_capture
def snap(request: HttpRequest, capture: Capture) -> HttpResponse:
    user: Any = request.user
    try:
        told = parse_object(request.body)
        first, second = str(told["first"]), str(told["second"])
    except (ValueError, KeyError, TypeError):
        return problem(400, "bad-request", _("The act cannot be read."))
    return JsonResponse(snap_pair(capture, first, second, by=user))


@require_POST
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Compute again with all that was said."""
    rows = visible(Capture.objects.select_related("relic"), person_of(request))
    capture: Capture = get_object_or_404(rows, pk=pk)
    user: Any = request.user
    try:
        start_by_hand(capture, is_exact="fast" not in request.POST, by=user)
    except CaptureError as error:
        messages.error(request, str(error))
        return redirect("admin:captures_capture_hand", pk)
    return redirect("admin:captures_capture_work", pk)


def _state(capture: Capture) -> dict[str, Any]:
    """What stands, and how many steps led there, undoing included."""
    acts = standing_acts(capture)
    held = holding(capture, acts)
    told = [{"number": one.number, "what": one.get_kind_display()} for one in acts]
    return {
        "after": steps_taken(capture),
        "acts": told,
        "said": said_by(held).as_json(),
        "aside": len(acts) - len(held),
    }


def _last_run(capture: Capture) -> Run | None:
    rows = capture.runs.filter(
        type=Run.Type.RECONSTRUCT, state=Run.State.SUCCEEDED
    ).order_by("-finished_at")
    found: Run | None = rows.first()
    return found


def _words() -> dict[str, str]:
    return {
        "preparing": _("Preparing the scans: {percent} %"),
        "failed": _("The scans could not be loaded. Reload the page."),
        "nearest": _("came nearest to"),
        "unplaced": _("not placed"),
        "leaveOut": _("Leave out"),
        "takeIn": _("Take in again"),
        "pick": _("Pick the same place on both: three places or more."),
        "snapping": _("Fitting…"),
        "snapped": _(
            "Fits: the surfaces lie {mm} mm apart, {share} % of the scan meet."
        ),
        "unrefined": _("The surfaces do not meet there. Undo and pick again."),
        "looking": _("Looking for a table…"),
        "noTable": _("No table was found. Set the box by hand."),
        "tables": _("A table was found in {count} scans."),
        "saved": _("Kept."),
        "aside": _(
            "Not applied: {count} acts on scans that were replaced since, or that are read in another unit."
        ),
    }
