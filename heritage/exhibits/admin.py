"""Exhibits in the admin: what is shown, where it stands, what is said of it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from heritage.catalogue.admin.base import NAMES, SCHEDULE, RecordAdmin
from heritage.catalogue.admin.inlines import PolicyStackedInline

from .models import Exhibit, ExhibitItem


class ItemInline(PolicyStackedInline):
    model = ExhibitItem
    autocomplete_fields = ("relic", "element")
    fields = (
        ("number", "relic", "element"),
        ("x_m", "y_m", "z_m", "turn_deg", "scale"),
        ("label_zh", "label_en"),
    )
    ordering_field = "number"
    verbose_name_plural = _("what is shown")


@admin.register(Exhibit)
class ExhibitAdmin(RecordAdmin):
    inlines = (ItemInline,)
    fieldsets = (NAMES, SCHEDULE)
    actions_detail = ("open_page",)

    @action(description=_("Walk in"), icon="door_open")
    def open_page(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        exhibit = self.get_queryset(request).get(pk=object_id)
        return redirect("exhibit", exhibit.key)
