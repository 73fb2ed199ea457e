"""Slips, stocktakings and deregistrations: lists that lead to their own pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from heritage.custody.models import Deregistration, Slip, Stocktake
from heritage.custody.views import deregistrations, slips, stocktaking

from .base import CustodyAdmin

STATES = {
    "requested": "info", "approved": "info", "refused": "danger", "out": "warning",
    "returned": "success", "cancelled": "", "open": "warning", "closed": "info",
    "accepted": "success", "done": "success",
}  # fmt: skip


class StatedAdmin(CustodyAdmin):
    @display(description=_("state"), ordering="state", label=STATES)
    def state_shown(self, row: Any) -> tuple[str, str]:
        return row.state, row.get_state_display()


class OverdueFilter(admin.SimpleListFilter):
    title = _("overdue")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(state=Slip.State.OUT, due_on__lt=timezone.localdate())


@admin.register(Slip)
class SlipAdmin(StatedAdmin):
    list_display = (
        "number", "state_shown", "purpose", "destination", "receiver", "due_on", "overdue",
    )  # fmt: skip
    list_filter = ("state", OverdueFilter, "purpose", "collection")
    search_fields = (
        "number", "receiver", "destination", "items__relic__register_no",
        "items__relic__name_zh",
    )  # fmt: skip
    actions_list = ("request_use",)
    opens = "sheet"
    routes = (
        ("request/", slips.ask, "ask"),
        ("<int:pk>/sheet/", slips.sheet, "sheet"),
        ("<int:pk>/sheet/pdf/", slips.sheet_pdf, "sheet_pdf"),
        ("<int:pk>/answer/", slips.answer_slip, "answer"),
        ("<int:pk>/hand-out/", slips.give, "give"),
        ("<int:pk>/take-back/", slips.take, "take"),
        ("<int:pk>/cancel/", slips.cancel_slip, "cancel"),
    )

    @action(description=_("Request objects for use"), icon="outbound")
    def request_use(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:custody_slip_ask")

    @display(description=_("overdue"), label="danger")
    def overdue(self, slip: Slip) -> str:
        days = slip.days_overdue
        return ngettext("%d day", "%d days", days) % days if days else ""


@admin.register(Stocktake)
class StocktakeAdmin(StatedAdmin):
    list_display = ("store", "collection", "state_shown", "started_at", "started_by")
    list_filter = ("state", "collection")
    search_fields = ("store",)
    list_select_related = ("collection", "started_by")
    actions_list = ("take_stock",)
    opens = "count"
    routes = (
        ("start/", stocktaking.start, "start"),
        ("<int:pk>/count/", stocktaking.count, "count"),
        ("<int:pk>/count/scan/", stocktaking.scan, "scan"),
        ("<int:pk>/count/close/", stocktaking.close, "close"),
        ("<int:pk>/count/accept/", stocktaking.accept, "accept"),
        ("<int:pk>/count/pdf/", stocktaking.report_pdf, "report_pdf"),
    )

    @action(description=_("Take stock of a store"), icon="qr_code_scanner")
    def take_stock(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:custody_stocktake_start")


@admin.register(Deregistration)
class DeregistrationAdmin(StatedAdmin):
    list_display = ("number", "relic", "state_shown", "reason", "requested_at")
    list_filter = ("state", "reason")
    list_select_related = ("relic",)
    search_fields = ("number", "relic__register_no", "relic__name_zh", "note")
    actions_list = ("request_one",)
    opens = "sheet"
    routes = (
        ("request/", deregistrations.ask, "ask"),
        ("<int:pk>/sheet/", deregistrations.sheet, "sheet"),
        ("<int:pk>/sheet/pdf/", deregistrations.sheet_pdf, "sheet_pdf"),
        ("<int:pk>/answer/", deregistrations.answer_request, "answer"),
        ("<int:pk>/strike/", deregistrations.strike, "strike"),
    )

    @action(description=_("Request a deregistration"), icon="remove_circle")
    def request_one(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:custody_deregistration_ask")
