"""Slips as pages: ask, answer, hand out, take back, print."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from heritage.catalogue.fields import concept_label
from heritage.catalogue.models import Collection, Relic
from heritage.catalogue.policy import person_of
from heritage.catalogue.vocabularies import offered
from heritage.custody.actions.approvals import DUTY, OUTSIDE, answer
from heritage.custody.actions.slips import (
    Seen,
    Wish,
    cancel,
    hand_out,
    request_use,
    take_back,
)
from heritage.custody.codes import find_by_code
from heritage.custody.duties import Duty, may
from heritage.custody.errors import UnknownLabel
from heritage.custody.models import Slip

from .answers import as_pdf, codes_asked, page, perform, seen
from .forms import SlipForm

ROWS = ("collection", "requested_by", "handed_by")


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    initial = {"codes": codes_asked(request)}
    form = SlipForm(request.POST or None, person=person, initial=initial)
    made: list[Slip] = []
    if (
        request.method == "POST"
        and form.is_valid()
        and perform(
            request, lambda: made.append(_request(form, request)), _("Requested.")
        )
    ):
        return redirect("admin:custody_slip_sheet", made[0].pk)
    return page(
        request, "custody/ask.html", Slip, title=_("Request objects for use"), form=form,
        button=_("Request"),
    )  # fmt: skip


@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    slip = seen(request, Slip.objects.select_related(*ROWS), pk=pk)
    rank = slip.turn
    user: Any = request.user
    keeps = may(user, slip.collection, Duty.STORES)
    own = slip.requested_by_id == user.pk or may(user, slip.collection, Duty.HEAD)
    return page(
        request, "custody/slip.html", Slip,
        title=str(slip), slip=slip, items=slip.items.select_related("relic", "slip"),
        rank=rank, asks_document=rank in OUTSIDE,
        answers=rank is not None and may(user, slip.collection, DUTY[rank])
        and slip.requested_by_id != user.pk,
        gives=keeps and rank is None and slip.state == Slip.State.APPROVED,
        takes=keeps and slip.state == Slip.State.OUT,
        cancels=own and slip.state in (Slip.State.REQUESTED, Slip.State.APPROVED),
        conditions=conditions(),
        answer_address="admin:custody_slip_answer",
    )  # fmt: skip


@require_safe
def sheet_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    slip = seen(request, Slip.objects.select_related(*ROWS), pk=pk)
    # Costs every command half a second and 50 MB where it is imported beforehand.
    from heritage.custody.prints.vouchers import slip_pdf

    return as_pdf(slip_pdf(slip), str(slip))


@require_POST
def answer_slip(request: HttpRequest, pk: int) -> HttpResponse:
    slip = seen(request, Slip.objects.all(), pk=pk)
    perform(
        request,
        lambda: answer(slip, by=request.user, **answered(request)),
        _("Answered."),
    )
    return redirect("admin:custody_slip_sheet", pk)


@require_POST
def give(request: HttpRequest, pk: int) -> HttpResponse:
    slip = seen(request, Slip.objects.all(), pk=pk)
    told = {item.pk: _seen(request, item.pk) for item in slip.items.all()}
    perform(request, lambda: hand_out(slip, told, by=request.user), _("Handed out."))
    return redirect("admin:custody_slip_sheet", pk)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    slip = seen(request, Slip.objects.all(), pk=pk)
    chosen = request.POST.getlist("item")
    told = {
        item.pk: _seen(request, item.pk)
        for item in slip.items.all()
        if str(item.pk) in chosen
    }
    perform(request, lambda: take_back(slip, told, by=request.user), _("Taken back."))
    return redirect("admin:custody_slip_sheet", pk)


@require_POST
def cancel_slip(request: HttpRequest, pk: int) -> HttpResponse:
    slip = seen(request, Slip.objects.all(), pk=pk)
    perform(request, lambda: cancel(slip, by=request.user), _("Cancelled."))
    return redirect("admin:custody_slip_sheet", pk)


def answered(request: HttpRequest) -> dict[str, Any]:
    """Read the form of an answer: which rank it was about, yes or no, on what paper."""
    return {
        "agrees": request.POST.get("agrees") == "yes",
        "rank": request.POST.get("rank", ""),
        "document_no": request.POST.get("document_no", "")[:120],
        "note": request.POST.get("note", "")[:500],
    }


def conditions() -> list[tuple[str, str]]:
    return [
        (one.slug, concept_label("completeness", one.slug))
        for one in offered("completeness")
    ]


def _seen(request: HttpRequest, pk: int) -> Seen:
    def said(name: str, limit: int) -> str:
        return request.POST.get(f"{name}-{pk}", "")[:limit]

    known = dict(conditions())
    condition = said("condition", 60)
    return Seen(
        condition if condition in known else "", said("note", 500), said("store", 200),
        said("cabinet", 80), said("shelf", 80),
    )  # fmt: skip


def _request(form: SlipForm, request: HttpRequest) -> Slip:
    told = dict(form.cleaned_data)
    collection, codes = told.pop("collection"), told.pop("codes")
    lines = dict.fromkeys(line.strip() for line in codes.splitlines() if line.strip())
    relics = [_found(code, collection) for code in lines]
    return request_use(relics, Wish(**told), collection=collection, by=request.user)


def _found(code: str, collection: Collection) -> Relic:
    relic = find_by_code(code, collection)
    if relic is None:
        raise UnknownLabel(code)
    return relic
