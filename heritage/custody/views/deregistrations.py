"""Deregistrations as pages: ask, answer rank by rank, strike off, print the voucher."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from heritage.catalogue.policy import person_of
from heritage.custody.actions.approvals import DUTY, OUTSIDE, answer
from heritage.custody.actions.deregister import (
    Ground,
    carry_out,
    request_deregistration,
)
from heritage.custody.codes import find_by_code
from heritage.custody.duties import Duty, may
from heritage.custody.errors import UnknownLabel
from heritage.custody.models import Deregistration

from .answers import as_pdf, codes_asked, page, perform, seen
from .forms import DeregistrationForm
from .slips import answered

ROWS = ("relic__collection", "requested_by", "done_by")
State = Deregistration.State


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    initial = {"code": codes_asked(request).partition("\n")[0]}
    form = DeregistrationForm(
        request.POST or None, person=person_of(request), initial=initial
    )
    made: list[Deregistration] = []
    if (
        request.method == "POST"
        and form.is_valid()
        and perform(
            request, lambda: made.append(_request(form, request)), _("Requested.")
        )
    ):
        return redirect("admin:custody_deregistration_sheet", made[0].pk)
    return page(
        request, "custody/ask.html", Deregistration,
        title=_("Request a deregistration"), form=form, button=_("Request"),
    )  # fmt: skip


@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    asked = seen(request, Deregistration.objects.select_related(*ROWS), pk=pk)
    collection, user = asked.relic.collection, request.user
    rank = asked.turn
    return page(
        request, "custody/deregistration.html", Deregistration,
        title=str(asked), asked=asked, rank=rank, asks_document=rank in OUTSIDE,
        answers=rank is not None and may(user, collection, DUTY[rank])
        and asked.requested_by_id != user.pk,
        strikes=rank is None and asked.state == State.APPROVED
        and may(user, collection, Duty.LEDGER),
        answer_address="admin:custody_deregistration_answer",
    )  # fmt: skip


@require_safe
def sheet_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    asked = seen(request, Deregistration.objects.select_related(*ROWS), pk=pk)
    # Costs every command half a second and 50 MB where it is imported beforehand.
    from heritage.custody.prints.vouchers import deregistration_pdf

    return as_pdf(deregistration_pdf(asked), asked.voucher)


@require_POST
def answer_request(request: HttpRequest, pk: int) -> HttpResponse:
    asked = seen(request, Deregistration.objects.all(), pk=pk)
    given: dict[str, Any] = answered(request)
    perform(request, lambda: answer(asked, by=request.user, **given), _("Answered."))
    return redirect("admin:custody_deregistration_sheet", pk)


@require_POST
def strike(request: HttpRequest, pk: int) -> HttpResponse:
    asked = seen(request, Deregistration.objects.all(), pk=pk)
    done = _("Struck off the ledger. The record stays and says so.")
    perform(request, lambda: carry_out(asked, by=request.user), done)
    return redirect("admin:custody_deregistration_sheet", pk)


def _request(form: DeregistrationForm, request: HttpRequest) -> Deregistration:
    told = form.cleaned_data
    relic = find_by_code(told["code"], told["collection"])
    if relic is None:
        raise UnknownLabel(told["code"])
    ground = Ground(told["reason"], told["note"], told["destination"])
    return request_deregistration(relic, ground, by=request.user)
