"""Stocktaking on a phone or at a desk: scan, see at once what it was, close, accept."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from heritage.catalogue.policy import person_of
from heritage.custody.actions.stocktaking import (
    accept_differences,
    close_stocktake,
    note_seen,
    start_stocktake,
)
from heritage.custody.duties import Duty, may
from heritage.custody.errors import CustodyError
from heritage.custody.models import Stocktake, StocktakeLine
from heritage.lib.http import problem, wants_json

from .answers import as_pdf, page, perform, seen
from .forms import StocktakeForm

LINES_A_PAGE = 200
CAMERA = "camera=(self), microphone=(), geolocation=()"
State = Stocktake.State


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    form = StocktakeForm(request.POST or None, person=person_of(request))
    made: list[Stocktake] = []
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data

        def act() -> None:
            made.append(
                start_stocktake(told["collection"], told["store"], by=request.user)
            )

        if perform(request, act, _("Begun: scan what lies here.")):
            return redirect("admin:custody_stocktake_count", made[0].pk)
    return page(
        request, "custody/ask.html", Stocktake, title=_("Take stock of a store"), form=form,
        button=_("Begin"),
    )  # fmt: skip


@require_safe
def count(request: HttpRequest, pk: int) -> HttpResponse:
    stocktake = seen(request, Stocktake.objects.select_related("collection"), pk=pk)
    rows = stocktake.lines.select_related("relic")
    # What needs somebody first; what was found last.
    lines = sorted(
        rows, key=lambda line: (line.state == "found", line.expected_at, line.pk)
    )
    user: Any = request.user
    is_open, is_closed = stocktake.state == State.OPEN, stocktake.state == State.CLOSED
    response = page(
        request, "custody/stocktake.html", Stocktake,
        title=str(stocktake), stocktake=stocktake, totals=_totals(stocktake),
        page=Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page")),
        counts=is_open and may(user, stocktake.collection, Duty.STORES),
        accepts=is_closed and may(user, stocktake.collection, Duty.LEDGER),
        words={"failed": _("Not sent: check the network, then scan it again."),
               "noCamera": _("The camera could not be opened. Type the number, or use a handheld scanner.")},
    )  # fmt: skip
    response["Permissions-Policy"] = CAMERA
    return response


@require_POST
def scan(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one code: from the page's script as JSON, without a script as a form."""
    stocktake = seen(request, Stocktake.objects.all(), pk=pk)
    code, place = request.POST.get("code", ""), request.POST.get("place", "")[:200]
    try:
        line = note_seen(stocktake, code, place=place, by=request.user)
    except CustodyError as error:
        if wants_json(request):
            return problem(error.status, error.code, str(error))
        messages.error(request, str(error))
        return redirect("admin:custody_stocktake_count", pk)
    told = _told(line)
    if wants_json(request):
        return JsonResponse(told | {"totals": _totals(stocktake)})
    messages.success(request, told["sentence"])
    return redirect("admin:custody_stocktake_count", pk)


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    stocktake = seen(request, Stocktake.objects.all(), pk=pk)
    done = _("Counted. The ledger keeper accepts the differences.")
    perform(request, lambda: close_stocktake(stocktake, by=request.user), done)
    return redirect("admin:custody_stocktake_count", pk)


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    stocktake = seen(request, Stocktake.objects.all(), pk=pk)
    told: list[int] = []
    if perform(
        request,
        lambda: told.append(accept_differences(stocktake, by=request.user)),
        "",
    ):
        _tell_accepted(request, told[0], _differing(stocktake) - told[0])
    return redirect("admin:custody_stocktake_count", pk)


@require_safe
def report_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    stocktake = seen(request, Stocktake.objects.select_related("collection"), pk=pk)
    # Costs every command half a second and 50 MB where it is imported beforehand.
    from heritage.custody.prints.vouchers import stocktake_pdf

    return as_pdf(stocktake_pdf(stocktake), str(stocktake))


def _tell_accepted(request: HttpRequest, done: int, left: int) -> None:
    told = ngettext("%d difference accepted.", "%d differences accepted.", done) % done
    messages.success(request, told)
    if left:
        stays = ngettext(
            "%d object has moved since it was counted, and stays as it is.",
            "%d objects have moved since they were counted, and stay as they are.",
            left,
        )
        messages.warning(request, stays % left)


def _differing(stocktake: Stocktake) -> int:
    return stocktake.lines.filter(state__in=StocktakeLine.DIFFERING).count()


def _totals(stocktake: Stocktake) -> list[dict[str, Any]]:
    rows = stocktake.lines.order_by().values("state").annotate(number=Count("pk"))
    by_state = {row["state"]: row["number"] for row in rows}
    return [
        {"state": value, "label": str(label), "number": by_state.get(value, 0)}
        for value, label in StocktakeLine.State.choices
    ]


def _told(line: StocktakeLine) -> dict[str, Any]:
    words = {"name": line.relic.title, "where": line.expected_at or _("nowhere")}
    if line.state == StocktakeLine.State.FOUND:
        sentence = _("Found: %(name)s") % words
    else:
        sentence = _("Misplaced: %(name)s is expected at %(where)s") % words
    return {
        "state": line.state,
        "sentence": sentence,
        "line": line.pk,
        "label": line.get_state_display(),
    }
