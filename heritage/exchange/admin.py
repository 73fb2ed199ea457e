"""The exchange in the admin: its own pages take the place of lists and forms."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from heritage.catalogue.admin.relics import offer_action
from heritage.catalogue.policy import person_of
from heritage.lib.admin import ShownOnly
from heritage.lib.admin_pages import OwnPages

from .models import BulkChange, Doubt, Load
from .views import bulk, doubts, loads, mapping


class ExchangeAdmin(OwnPages, ShownOnly):
    """Shown in the menu to those who work in a collection."""

    page = ""
    routes_named = "exchange"

    def has_module_permission(self, request: HttpRequest) -> bool:
        person = person_of(request)
        return bool(person.is_administrator or person.curates or person.helps)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        return redirect(self.page)


@admin.register(Load)
class LoadAdmin(ExchangeAdmin):
    page = "admin:exchange_loads"
    routes = (
        ("loads/", loads.loads, "loads"),
        ("export/", loads.export, "export"),
        ("template/", loads.blank_table, "template"),
        ("<slug:key>/columns/", mapping.map_columns, "map"),
        ("<slug:key>/preview/", mapping.look, "preview"),
        ("<slug:key>/results/", loads.results, "results"),
        ("<slug:key>/results.csv", loads.download, "download"),
        ("<slug:key>/stop/", loads.stop_load, "stop_load"),
        ("<slug:key>/take-back/", loads.take_back, "take_back"),
    )


@admin.register(BulkChange)
class BulkChangeAdmin(ExchangeAdmin):
    page = "admin:exchange_changes"
    routes = (
        ("list/", bulk.changes, "changes"),
        ("<slug:key>/steps/", bulk.steps, "change_steps"),
        ("<slug:key>/preview/", bulk.look, "change_preview"),
        ("<slug:key>/results/", bulk.results, "change_results"),
        ("<slug:key>/results.csv", bulk.download, "change_download"),
        ("<slug:key>/stop/", bulk.stop_change, "change_stop"),
        ("<slug:key>/go-on/", bulk.go_on, "change_go_on"),
        ("<slug:key>/take-back/", bulk.take_back, "change_take_back"),
    )

    def has_module_permission(self, request: HttpRequest) -> bool:
        person = person_of(request)
        return bool(person.is_administrator or person.curates)


offer_action(bulk.change_many)


@admin.register(Doubt)
class DoubtAdmin(ExchangeAdmin):
    page = "admin:exchange_doubts"
    routes = (
        ("list/", doubts.doubts, "doubts"),
        ("settle/", doubts.settle, "settle"),
        ("<slug:together>/take-back/", doubts.take_back_answer, "take_back_answer"),
    )
