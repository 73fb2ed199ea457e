"""The ledger as a page: its lines, what differs from the register, what to enter."""

from itertools import chain
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import person_of, visible
from heritage.custody.actions.ledger import correct, enter_all
from heritage.custody.book import find_drift, read_book
from heritage.custody.duties import Duty, may
from heritage.custody.models import COLUMNS, Ledger, LedgerEntry
from heritage.custody.sealing import find_breaks_among

from .answers import as_pdf, page, perform, seen

LINES_A_PAGE = 50
OFFERED = 200  # relics to enter, at once


@require_safe
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a page of lines and whether these are as written; `check_ledger` tells of all."""
    ledger = seen(request, Ledger.objects.select_related("collection"), pk=pk)
    lines = read_book(ledger)
    shown = Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page"))
    keeps = may(request.user, ledger.collection, Duty.LEDGER)
    return page(
        request, "custody/ledger.html", Ledger,
        title=str(ledger), ledger=ledger, columns=COLUMNS.values(), page=shown,
        keeps=keeps, drift=find_drift(ledger, lines), labels=COLUMNS,
        breaks=list(find_breaks_among(ledger, chain.from_iterable(one.entries for one in shown))),
        waiting=_waiting(request, ledger)[:OFFERED] if keeps else [],
    )  # fmt: skip


@require_safe
def book_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    ledger = seen(request, Ledger.objects.select_related("collection"), pk=pk)
    # Costs every command half a second and 50 MB where it is imported beforehand.
    from heritage.custody.prints.ledger_book import ledger_book

    return as_pdf(ledger_book(ledger), str(ledger))


@require_POST
def enter_relics(request: HttpRequest, pk: int) -> HttpResponse:
    ledger = seen(request, Ledger.objects.all(), pk=pk)
    chosen = _waiting(request, ledger).filter(key__in=request.POST.getlist("relic"))
    relics = list(chosen)
    done = ngettext("%d object entered.", "%d objects entered.", len(relics)) % len(
        relics
    )
    perform(request, lambda: enter_all(relics, by=request.user), done)
    return redirect("admin:custody_ledger_book", pk)


@require_POST
def correct_line(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Take a line's texts from the register, or the one that was typed."""
    ledger = seen(request, Ledger.objects.all(), pk=pk)
    rows = visible(
        Relic.objects.filter(collection=ledger.collection_id), person_of(request)
    )
    relic = get_object_or_404(rows, key=key)
    changes = {name: request.POST[name] for name in COLUMNS if name in request.POST}
    reason = request.POST.get("reason", "")
    perform(
        request,
        lambda: correct(relic, changes, by=request.user, reason=reason),
        _("Corrected; what stood before can still be read."),
    )
    return redirect("admin:custody_ledger_book", pk)


def _waiting(request: HttpRequest, ledger: Ledger) -> QuerySet[Any]:
    """Give the collection's relics that have not been entered yet."""
    entered = ledger.entries.filter(kind=LedgerEntry.Kind.ENTERED).values("relic_key")
    rows = Relic.objects.filter(collection=ledger.collection_id)
    rows = rows.exclude(key__in=entered).exclude(register_no="")
    return visible(rows, person_of(request)).order_by("register_no")
