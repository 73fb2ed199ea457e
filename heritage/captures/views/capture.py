"""The capture's page: hand in scans, compute a model, follow it, choose it."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from heritage.archive.errors import ArchiveError
from heritage.archive.models import Upload
from heritage.archive.set_report import SetReport
from heritage.archive.upload_models import UploadQuery
from heritage.captures import bell
from heritage.captures.actions.arrange import (
    Place,
    arrange_files,
    arrangement_of,
)
from heritage.captures.actions.runs import cancel_run, start_run
from heritage.captures.errors import BadAct, CaptureError, SavedMeanwhile
from heritage.captures.models import Capture, CaptureFile, Run
from heritage.captures.permission import check_member
from heritage.captures.set_check import report_of_capture
from heritage.captures.start_form import PREFIX, StartForm
from heritage.captures.worker_run import work_folder
from heritage.catalogue.policy import Person, visible
from scans.recipe import recipe_names, schema

from .following import bars, stamp_of
from .shown import shown_files, shown_runs

LOG_BYTES = 20_000  # of the log's end that is shown
LOG_EVERY_S = 2
# Of a run that is followed: a report is long, and read each second.
FOLLOWED = (
    "key", "state", "stop_asked", "is_accepted", "error_code", "stage", "fraction", "eta_s",
    "peak_bytes",
)  # fmt: skip
REFUSALS = (CaptureError, ArchiveError)


@require_safe
def work(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the capture's files and runs."""
    return show_work(request, _capture(request, pk))


def show_work(
    request: HttpRequest,
    capture: Capture,
    *,
    report: SetReport | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the page, with the report on files that wait to be kept if there is one."""
    context = admin.site.each_context(request) | _context(capture)
    context |= {"title": capture.relic.title, "opts": Capture._meta, "report": report}
    context["uploads"] = uploads_for(capture, _user(request))
    return render(request, "captures/work.html", context, status=status)


@require_safe
def report(request: HttpRequest, pk: int) -> JsonResponse:
    """Give what stands against computing a model, as JSON."""
    told = report_of_capture(_capture(request, pk)).as_json()
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


@require_safe
def runs(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the part of the page that changes while a run is under way.

    A page that shows all that has happened gets how far it is, and no more.
    """
    seen = visible(Run.objects.filter(capture=pk), Person.of(request.user))
    rows = list(seen.only(*FOLLOWED))
    if rows and request.GET.get("seen") == stamp_of(rows):
        return bars(rows)
    return render(request, "captures/runs.html", _context(_capture(request, pk)))


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a run: at once from the capture's page, or with settings from this form."""
    capture = _capture(request, pk)
    is_sent = request.method == "POST"
    earlier = _earlier(request, capture)
    again = None if is_sent or earlier is None else _again(request, earlier)
    form = StartForm(capture, request.POST if is_sent else None, initial=again)
    if is_sent and form.is_valid():
        try:
            start_run(
                capture,
                by=_user(request),
                is_exact="fast" not in request.POST,
                recipe=form.cleaned_data["recipe"],
                parameters=form.parameters(),
                left_out=form.cleaned_data["leave_out"],
                said=_by_hand(earlier),
            )
        except CaptureError as error:
            messages.error(request, str(error))
        return redirect("admin:captures_capture_work", pk)
    context = admin.site.each_context(request) | _context(capture)
    title = _("Compute a model: %(relic)s") % {"relic": capture.relic.title}
    context |= {"title": title, "opts": Capture._meta, "form": form}
    context["report"] = report_of_capture(capture)
    context |= {"earlier": earlier, "is_by_hand": bool(_by_hand(earlier))}
    status = 422 if is_sent else 200
    return render(request, "captures/start.html", context, status=status)


@require_safe
def log(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Give the end of the engine's log of a run that is under way, or has failed."""
    run = get_object_or_404(Run, key=key, capture=_capture(request, pk))
    path = work_folder(run) / "engine.log"
    if not path.is_file():
        raise Http404
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LOG_BYTES))
        text = file.read().decode("utf-8", "replace")
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    if not run.is_over:
        response["Refresh"] = str(LOG_EVERY_S)  # whoever reads it follows it
    return response


@require_POST
def cancel(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    return _act_on_run(request, pk, key, cancel_run, _("The run is being stopped."))


@require_POST
def leave_out(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """Leave a file out of further runs, or take it in again."""
    capture = _capture(request, pk)
    row = get_object_or_404(CaptureFile, pk=file, capture=capture)
    try:
        check_member(capture, _user(request))
    except CaptureError as error:
        messages.error(request, str(error))
    else:
        # What the button said, not the contrary of what is: two may click it at once.
        row.is_left_out = request.POST.get("out") == "1"
        row.save(update_fields=["is_left_out"])
        bell.ring_for_clouds(capture)
    return redirect("admin:captures_capture_work", pk)


@require_POST
def arrange(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep roles, groups and order of the capture's files, as the page sends them."""
    capture = _capture(request, pk)
    try:
        places = [
            Place(
                int(name),
                request.POST.get(f"role-{name}", ""),
                request.POST.get(f"group-{name}", ""),
            )
            for name in request.POST.getlist("file")
        ]
        seen = request.POST.get("seen", "")
        arrange_files(capture, places, seen=seen, by=_user(request))
    except ValueError:
        messages.error(request, str(BadAct()))
    except CaptureError as error:
        messages.error(request, str(error))
    else:
        bell.ring_for_clouds(capture)
        messages.success(request, _("The files are arranged."))
    return redirect("admin:captures_capture_work", pk)


@require_POST
def state_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """State in which unit the capture's files are measured."""
    capture = _capture(request, pk)
    unit = request.POST.get("unit", "")
    try:
        check_member(capture, _user(request))
    except CaptureError as error:
        messages.error(request, str(error))
    else:
        rows = Capture.objects.filter(pk=pk, unit=request.POST.get("seen", ""))
        if unit in Capture.Unit.values and not rows.update(
            unit=unit, modified_at=now()
        ):
            messages.error(request, str(SavedMeanwhile()))
        bell.ring_for_clouds(_capture(request, pk))
    return redirect("admin:captures_capture_work", pk)


def _act_on_run(
    request: HttpRequest, pk: int, key: str, act: Any, done: str
) -> HttpResponse:
    run = get_object_or_404(Run, key=key, capture=_capture(request, pk))
    try:
        act(run, by=_user(request))
    except CaptureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("admin:captures_capture_work", pk)


def _earlier(request: HttpRequest, capture: Capture) -> Run | None:
    """Give the run that is to be computed again; None for a run from the beginning."""
    sent = request.POST if request.method == "POST" else request.GET
    rows = capture.runs.filter(type=Run.Type.RECONSTRUCT)
    found: Run | None = rows.filter(key=sent.get("again", "")).first()
    return found


def _by_hand(run: Run | None) -> dict[str, Any]:
    """Give what was said by hand for a run; which scans to leave out, the form says."""
    told = run.constraints if run else {}
    return {name: value for name, value in told.items() if name != "leave_out"}


def _again(request: HttpRequest, run: Run) -> dict[str, Any]:
    """Give what an earlier run was told, to change some of it and compute again."""
    is_there = run.recipe in {"", *recipe_names()}
    if not is_there:
        text = _("The recipe %(recipe)s is no longer there; the computer chooses.")
        messages.warning(request, text % {"recipe": run.recipe})
    gone = sorted(set(run.parameters) - set(schema()))
    if gone:
        text = _("These parameters are no longer there and are left out: %(names)s.")
        messages.warning(request, text % {"names": ", ".join(gone)})
    told = {PREFIX + name: value for name, value in run.parameters.items()}
    left_out = run.constraints.get("leave_out", [])
    return {"recipe": run.recipe if is_there else "", "leave_out": left_out, **told}


def _capture(request: HttpRequest, pk: int) -> Capture:
    rows = visible(Capture.objects.select_related("relic"), Person.of(request.user))
    capture: Capture = get_object_or_404(rows, pk=pk)
    return capture


def _context(capture: Capture) -> dict[str, Any]:
    files, computed = shown_files(capture), shown_runs(capture)
    return {
        "capture": capture,
        "stamp": stamp_of(shown.run for shown in computed),
        "files": files,
        "has_pictures": any(file.picture for file in files),
        "units": Capture.Unit.choices,
        "roles": CaptureFile.Role.choices,
        "arrangement": arrangement_of(capture),
        "runs": computed,
        "usable": sum(file.is_usable for file in files),
        "is_busy": any(not shown.run.is_over for shown in computed),
    }


def uploads_for(capture: Capture, person: Any) -> UploadQuery:
    """Give the person's own files that are on their way to this capture."""
    return Upload.objects.open().filter(
        sent_by=person, target_kind=Capture.kind, target_key=capture.key
    )


def _user(request: HttpRequest) -> Any:
    return request.user
