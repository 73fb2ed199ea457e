"""Exhibits in the admin: what is shown, where it stands, what is said of it."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from heritage.catalogue.admin.base import NAMES, SCHEDULE, RecordAdmin
from heritage.catalogue.admin.inlines import PolicyStackedInline

from .actions.engine_files import make_engine_files
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
    actions_detail = ("open_page", "make_engine_files")

    @action(description=_("Walk in"), icon="door_open")
    def open_page(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        exhibit = self.get_queryset(request).get(pk=object_id)
        return redirect("exhibit", exhibit.key)

    @action(description=_("Make files for engines"), icon="deployed_code")
    def make_engine_files(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """Have each relic's `plain` file made, for Unity, Unreal and Godot."""
        exhibit = self.get_queryset(request).get(pk=object_id)
        outcomes, refusals = make_engine_files(exhibit, by=request.user)  # type: ignore[arg-type]
        messages.info(
            request,
            _(
                "Files for engines: %(asked)s asked for, %(there)s there or on the way, %(without)s without a model."
            )
            % {
                "asked": outcomes["asked"],
                "there": outcomes["there"],
                "without": outcomes["no-model"],
            },
        )
        for sentence in refusals:
            messages.warning(request, sentence)
        return redirect("admin:exhibits_exhibit_change", exhibit.pk)
