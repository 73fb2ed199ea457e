"""The exchange in the admin: its own pages take the place of lists and forms."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from heritage.catalogue.policy import person_of
from heritage.lib.admin import ShownOnly

from .models import Doubt, Load
from .views import doubts, loads, mapping


class ExchangeAdmin(ShownOnly):
    """Shown in the menu to those who work in a collection."""

    page = ""

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

    def get_urls(self) -> list[URLPattern]:
        routes = (
            ("loads/", loads.loads, "loads"),
            ("export/", loads.export, "export"),
            ("template/", loads.blank_table, "template"),
            ("<slug:key>/columns/", mapping.map_columns, "map"),
            ("<slug:key>/preview/", mapping.look, "preview"),
            ("<slug:key>/results/", loads.results, "results"),
            ("<slug:key>/results.csv", loads.download, "download"),
            ("<slug:key>/take-back/", loads.take_back, "take_back"),
        )
        return [*_named(routes, self.admin_site), *super().get_urls()]


@admin.register(Doubt)
class DoubtAdmin(ExchangeAdmin):
    page = "admin:exchange_doubts"

    def get_urls(self) -> list[URLPattern]:
        routes = (
            ("list/", doubts.doubts, "doubts"),
            ("settle/", doubts.settle, "settle"),
            ("<slug:together>/take-back/", doubts.take_back_answer, "take_back_answer"),
        )
        return [*_named(routes, self.admin_site), *super().get_urls()]


def _named(routes: Any, site: Any) -> list[URLPattern]:
    return [
        path(at, site.admin_view(view), name=f"exchange_{name}")
        for at, view, name in routes
    ]
