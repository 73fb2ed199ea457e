"""The work list of doubts: those alike together, each with what is proposed."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from heritage.catalogue.errors import NotPermitted
from heritage.catalogue.policy import person_of, visible
from heritage.exchange.actions import accept, dismiss, reopen
from heritage.exchange.fields import fields, label_of
from heritage.exchange.models import Doubt
from heritage.exchange.words import DOUBTS, told_proposal
from heritage.lib.whole_numbers import parse_whole

from .access import check_works_here, collections_of, context, user_of

SHOWN = 100
AT_ONCE = 5000  # of those alike; the rest is there again afterwards


@require_safe
def doubts(request: HttpRequest) -> HttpResponse:
    """Show open doubts in groups of those alike, the largest first."""
    check_works_here(request)
    code, load = request.GET.get("kind", ""), request.GET.get("load", "")
    rows = _open(request, load)
    kinds = rows.order_by("code").values_list("code").annotate(Count("pk"))
    if code in DOUBTS:
        rows = rows.filter(code=code)
    alike = ("code", "field", "literal")
    groups = (
        rows.order_by()
        .values(*alike)
        .annotate(rows=Count("pk"), first=Min("pk"), last=Max("pk"))
    )
    groups = groups.order_by("-rows", "first")[:SHOWN]
    firsts = Doubt.objects.select_related("relic").in_bulk(
        [one["first"] for one in groups]
    )
    told = context(
        request, _("Doubts"), opts=Doubt._meta, code=code, load=load,
        kinds=[(one, DOUBTS[one], count) for one, count in kinds],
        groups=[_told(firsts[one["first"]], one["rows"]) for one in groups],
        settled=_settled(request), may_settle=bool(collections_of(request)),
    )  # fmt: skip
    return render(request, "exchange/doubts.html", told)


@require_POST
def settle(request: HttpRequest) -> HttpResponse:
    """Accept or put aside one doubt, or all that are like it."""
    pk = parse_whole(request.POST.get("doubt")) or 0
    doubt = Doubt.objects.filter(pk=pk).first()
    if doubt is None:
        return _back(request)
    chosen: QuerySet[Doubt] = Doubt.objects.filter(pk=doubt.pk, state=Doubt.State.OPEN)
    if "all" in request.POST:
        mine = [one.pk for one in collections_of(request)]
        rows = _open(request, request.POST.get("load", "")).filter(**doubt.alike)
        chosen = rows.filter(relic__collection__in=mine).order_by("pk")[:AT_ONCE]
    try:
        if request.POST.get("answer") == "accept":
            _together, done, refused = accept(chosen, by=user_of(request))
            for sentence in refused:
                messages.error(request, sentence)
        else:
            _together, done = dismiss(chosen, by=user_of(request))
    except NotPermitted as error:
        raise PermissionDenied from error
    messages.success(
        request,
        ngettext("%(count)d doubt settled.", "%(count)d doubts settled.", done)
        % {"count": done},
    )
    return _back(request)


@require_POST
def take_back_answer(request: HttpRequest, together: str) -> HttpResponse:
    """Take back what was settled together."""
    try:
        done, kept = reopen(together, by=user_of(request))
    except NotPermitted as error:
        raise PermissionDenied from error
    messages.success(
        request,
        _("%(done)d taken back; %(kept)d edited since and left as they are.")
        % {"done": done, "kept": kept},
    )
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """Show the list again, as narrowed down as it was."""
    kept = {name: request.POST.get(name, "") for name in ("kind", "load")}
    return redirect(f"{reverse('admin:exchange_doubts')}?{urlencode(kept)}")


def _open(request: HttpRequest, load: str) -> QuerySet[Doubt]:
    rows: QuerySet[Doubt] = visible(
        Doubt.objects.filter(state=Doubt.State.OPEN), person_of(request)
    )
    return rows.filter(load__key=load) if load else rows


def _told(doubt: Doubt, count: int) -> dict[str, Any]:
    field = doubt.field
    return {
        "doubt": doubt, "count": count, "kind": DOUBTS[doubt.code],
        "field": label_of(field) if field in fields() else field,
        "proposal": told_proposal(doubt.proposal),
    }  # fmt: skip


def _settled(request: HttpRequest) -> list[dict[str, Any]]:
    """Give the last answers, each of which can be taken back."""
    rows = visible(Doubt.objects.exclude(together=""), person_of(request))
    last = (
        rows.order_by()
        .values("together", "code", "literal", "state")
        .annotate(rows=Count("pk"), at=Max("settled_at"))
    )
    states = dict(Doubt.State.choices)
    return [
        one | {"kind": DOUBTS[one["code"]], "state": states[one["state"]]}
        for one in last.order_by("-at")[:10]
    ]
