"""People and groups, places, periods."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Agent, AgentRole, Period, Place

from .base import NAMES, SCHEDULE, RecordAdmin
from .inlines import PolicyTabularInline
from .place_map import PlaceMapAdmin


class RoleInline(PolicyTabularInline):
    model = AgentRole
    fields = ("role", "note")


@admin.register(Agent)
class AgentAdmin(RecordAdmin):
    inlines = (RoleInline,)
    list_filter = ("type", *RecordAdmin.list_filter)
    fieldsets = (
        NAMES,
        (
            _("Life"),
            {
                "fields": (
                    "type",
                    ("birth_year", "death_year"),
                    ("gender", "ethnicity"),
                )
            },
        ),
        (
            _("Never public"),
            {"fields": (("birth_date", "id_number"), ("contact", "address"))},
        ),
        SCHEDULE,
    )


@admin.register(Place)
class PlaceAdmin(PlaceMapAdmin, RecordAdmin):
    autocomplete_fields = ("within",)
    readonly_fields = ("map_shown",)
    fieldsets = (
        NAMES,
        (
            _("Where it lies"),
            {
                "fields": (
                    ("level", "within"),
                    ("latitude", "longitude", "precision_m"),
                    "map_shown",
                )
            },
        ),
        SCHEDULE,
    )


@admin.register(Period)
class PeriodAdmin(RecordAdmin):
    list_display = ("title_shown", "begin_year", "end_year", "state_shown")
    search_fields = (*RecordAdmin.search_fields, "slug")
    ordering = ("begin_year", "end_year")
    fieldsets = (
        NAMES,
        (_("Span"), {"fields": ("slug", ("begin_year", "end_year"))}),
        SCHEDULE,
    )
