"""Intangible elements, their bearers and the lines of transmission."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heritage.catalogue.models import Bearer, Element, TechniqueOf, Transmission

from .base import NAMES, SCHEDULE, PolicyTabularInline, RecordAdmin


class CraftInline(PolicyTabularInline):
    model = TechniqueOf
    fields = ("relic", "note")
    autocomplete_fields = ("relic",)
    tab = True


class LearnedInline(PolicyTabularInline):
    model = Transmission
    fk_name = "apprentice"
    fields = ("master", "begin_year", "end_year", "source")
    autocomplete_fields = ("master",)
    verbose_name = pgettext_lazy("teacher", "master")
    verbose_name_plural = _("learned from")


class TaughtInline(PolicyTabularInline):
    model = Transmission
    fk_name = "master"
    fields = ("apprentice", "begin_year", "end_year", "source")
    autocomplete_fields = ("apprentice",)
    verbose_name = _("apprentice")
    verbose_name_plural = _("taught")


@admin.register(Element)
class ElementAdmin(RecordAdmin):
    list_display = (
        "title_shown",
        "code",
        "category",
        "level",
        "state_shown",
        "modified_at",
    )
    list_filter = ("state", "category", "level", "collection")
    search_fields = (*RecordAdmin.search_fields, "code")
    autocomplete_fields = ("region", "protection_unit")
    inlines = (CraftInline,)
    fieldsets = (
        NAMES,
        (
            _("Listing"),
            {"fields": (("code", "category"), ("level", "listed_year", "batch"))},
        ),
        (_("Where and by whom"), {"fields": ("region", "protection_unit")}),
        SCHEDULE,
    )


@admin.register(Bearer)
class BearerAdmin(RecordAdmin):
    list_display = (
        "title_shown",
        "element",
        "generation",
        "level",
        "status",
        "state_shown",
    )
    list_filter = ("state", "status", "level", "collection")
    list_select_related = ("collection", "element")
    autocomplete_fields = ("person", "element")
    inlines = (LearnedInline, TaughtInline)
    fieldsets = (
        NAMES,
        (
            _("Recognition"),
            {
                "fields": (
                    ("person", "element"),
                    ("level", "recognised_year", "generation"),
                    ("status", "consent_until"),
                )
            },
        ),
        SCHEDULE,
    )
