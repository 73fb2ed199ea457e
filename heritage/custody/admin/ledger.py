"""Ledgers and their entries."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from heritage.catalogue.models import Collection
from heritage.catalogue.policy import person_of
from heritage.custody.models import Ledger, LedgerEntry
from heritage.custody.views import ledger as pages
from heritage.custody.views import prints

from .base import CustodyAdmin


@admin.register(Ledger)
class LedgerAdmin(CustodyAdmin):
    list_display = ("book", "last_number", "opened_at")
    list_select_related = ("collection",)
    opens = "book"
    actions_list = ("print_labels", "count_all")
    routes = (
        ("labels/", prints.labels, "labels"),
        ("statistics/", prints.statistics, "statistics"),
        ("object/<slug:key>/", prints.object_pdf, "object"),
        ("<int:pk>/book/", pages.book, "book"),
        ("<int:pk>/book/pdf/", pages.book_pdf, "book_pdf"),
        ("<int:pk>/book/enter/", pages.enter_relics, "enter"),
        ("<int:pk>/book/correct/<slug:key>/", pages.correct_line, "correct"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ledger]:
        """Open a book for each collection whose ledger keeper looks for one."""
        kept = Collection.objects.filter(pk__in=person_of(request).keeps_ledger)
        for collection in kept.filter(ledger__isnull=True):
            Ledger.objects.get_or_create(collection=collection)
        rows: QuerySet[Ledger] = super().get_queryset(request)
        return rows

    @action(description=_("Print labels"), icon="qr_code")
    def print_labels(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:custody_ledger_labels")

    @action(description=_("Statistics"), icon="bar_chart")
    def count_all(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:custody_ledger_statistics")

    @display(description=_("ledger"), ordering="collection__name_zh")
    def book(self, ledger: Ledger) -> str:
        return str(ledger)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(CustodyAdmin):
    """The chain as it was written; the book is for reading."""

    list_display = ("number", "kind", "register_no", "reason", "by", "at")
    list_filter = ("kind", "ledger")
    search_fields = ("relic_key", "reason", "voucher", "by")
    actions_list = ("open_book",)

    @display(description=_("register number"))
    def register_no(self, entry: LedgerEntry) -> str:
        return str(entry.cells.get("register_no", ""))

    @action(description=_("Ledger"), icon="menu_book")
    def open_book(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:custody_ledger_changelist")
