"""Set a model upright: confirm what is proposed, or turn it by hand."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heritage.captures.actions.upright import confirm_upright
from heritage.captures.errors import CaptureError
from heritage.captures.media import media_path
from heritage.captures.models import Derivative, Run
from heritage.captures.motions import standing_of_last
from heritage.catalogue.policy import Person, visible
from heritage.lib.http import problem
from heritage.lib.json_text import parse_object


@require_http_methods(["GET", "HEAD", "POST"])
def upright(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    rows = visible(
        Run.objects.select_related("capture__relic"), Person.of(request.user)
    )
    run = get_object_or_404(rows, key=key, capture_id=pk, state=Run.State.SUCCEEDED)
    if request.method == "POST":
        return _settle(request, run)
    model = get_object_or_404(
        Derivative.objects.select_related("stored_file"),
        run=run, role=Derivative.Role.MODEL, profile="headset",
    )  # fmt: skip
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": _("Set upright: %(relic)s") % {"relic": run.capture.relic.title},
        "opts": Run._meta,
        "run": run,
        "page": {
            "model": media_path(model),
            "used": run.report["upright"]["used"],
            "last": standing_of_last(run),
            "back": _work_page(run),
            "words": {
                "failed": _("The model could not be loaded. Reload the page."),
                "saving": _("Saving…"),
            },
        },
    }
    return render(request, "captures/upright.html", context)


def _settle(request: HttpRequest, run: Run) -> HttpResponse:
    user: Any = request.user
    try:
        matrix = parse_object(request.body)["matrix"]
        delivery = confirm_upright(run, matrix=matrix, by=user)
    except (ValueError, KeyError, TypeError):
        return problem(400, "not-a-transform", _("The transform could not be read."))
    except CaptureError as error:
        return problem(error.status, error.code, str(error))
    if delivery is None:
        run.refresh_from_db(fields=["is_accepted"])
        shows = _("Confirmed. This model now shows the relic.")
        stands = _("Confirmed. Whether it shows the relic is for you to decide.")
        messages.success(request, shows if run.is_accepted else stands)
    else:
        text = _("The pictures and models are being made again in the new position.")
        messages.success(request, text)
    return JsonResponse({"next": _work_page(run)})


def _work_page(run: Run) -> str:
    return reverse("admin:captures_capture_work", args=[run.capture_id])
