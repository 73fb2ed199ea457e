"""Exhibits in the admin: what is shown, where it stands, what is said of it."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from heritage.catalogue.admin.base import (
    NAMES,
    SCHEDULE,
    PolicyAdmin,
    RecordAdmin,
)
from heritage.catalogue.admin.inlines import PolicyStackedInline, PolicyTabularInline

from .actions.engine_files import make_engine_files
from .models import Exhibit, ExhibitItem, Hotspot, TourStop
from .views.arrange import arrange
from .views.hotspots import hotspots


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


@admin.register(Hotspot)
class HotspotAdmin(PolicyAdmin):
    """The list; hotspots are placed on the model, on a page of their own."""

    collection_path = "relic.collection"
    list_display = ("title_shown", "relic", "fact", "is_shown")
    list_display_links = None
    list_filter = ("is_shown", "fact")
    list_select_related = ("relic",)
    search_fields = ("title_zh", "title_en", "relic__name_zh", "relic__name_en")

    @display(description=_("title"))
    def title_shown(self, hotspot: Hotspot) -> str:
        address = reverse("admin:exhibits_hotspot_place", args=[hotspot.relic.key])
        return format_html('<a class="link" href="{}">{}</a>', address, hotspot)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        place = path(
            "on/<slug:key>/",
            self.admin_site.admin_view(hotspots),
            name="exhibits_hotspot_place",
        )
        return [place, *super().get_urls()]


class StopInline(PolicyTabularInline):
    """The guided tour; a stop stands before something that is shown."""

    model = TourStop
    fields = ("item", "text_zh", "text_en")
    ordering_field = "number"
    hide_ordering_field = True
    tab = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        self.exhibit = obj
        return super().get_formset(request, obj, **kwargs)

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "item":
            rows = ExhibitItem.objects.select_related("relic", "element")
            kwargs["queryset"] = rows.filter(exhibit=getattr(self, "exhibit", None))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Exhibit)
class ExhibitAdmin(RecordAdmin):
    inlines = (ItemInline, StopInline)
    fieldsets = (NAMES, (_("Room"), {"fields": (("layout", "mood"),)}), SCHEDULE)
    actions_detail = ("open_page", "open_arrange", "make_engine_files")

    @action(description=_("Walk in"), icon="door_open")
    def open_page(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        exhibit = self.get_queryset(request).get(pk=object_id)
        return redirect("exhibit", exhibit.key)

    @action(description=_("Arrange"), icon="dashboard_customize")
    def open_arrange(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        return redirect("admin:exhibits_exhibit_arrange", object_id)

    def get_urls(self) -> list[URLPattern]:
        page = path(
            "<int:pk>/arrange/",
            self.admin_site.admin_view(arrange),
            name="exhibits_exhibit_arrange",
        )
        return [page, *super().get_urls()]

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
