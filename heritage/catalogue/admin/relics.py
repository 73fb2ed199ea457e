"""Relics: the registration record on one page."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Dimension, Relic, RelicMaterial, TechniqueOf

from .base import NAMES, SCHEDULE, PolicyTabularInline, RecordAdmin


class MaterialInline(PolicyTabularInline):
    model = RelicMaterial
    verbose_name_plural = _("materials")


class DimensionInline(PolicyTabularInline):
    model = Dimension
    fields = ("kind", "value", "unit", "uncertainty", "origin", "literal")
    tab = True


class TechniqueInline(PolicyTabularInline):
    model = TechniqueOf
    autocomplete_fields = ("element",)
    fields = ("element", "note")
    tab = True


@admin.register(Relic)
class RelicAdmin(RecordAdmin):
    list_display = (
        "title_shown", "register_no", "category", "grade", "state_shown", "modified_at",
    )  # fmt: skip
    list_filter = ("state", "category", "grade", "collection")
    search_fields = (*RecordAdmin.search_fields, "register_no")
    autocomplete_fields = ("holder", "period", "maker", "made_at", "find_place")
    inlines = (MaterialInline, DimensionInline, TechniqueInline)
    fieldsets = (
        NAMES,
        (
            _("Registration"),
            {
                "fields": (
                    ("register_no", "register_type"),
                    ("category", "grade"),
                    ("holder", "count_kind", "actual_count"),
                )
            },
        ),
        (
            _("Making and dating"),
            {
                "fields": (
                    ("period", "period_text"),
                    ("begin_year", "end_year"),
                    ("made_at", "maker", "find_place"),
                )
            },
        ),
        (
            _("Condition"),
            {
                "fields": (("completeness", "preservation"), "completeness_note"),
                "classes": ("tab",),
            },
        ),
        (
            _("Acquisition"),
            {
                "fields": (
                    ("source", "acquired_range", "acquired_year"),
                    "source_note",
                    "store_location",
                ),
                "classes": ("tab",),
            },
        ),
        (_("Rights"), {"fields": ("rights", "credit"), "classes": ("tab",)}),
        SCHEDULE,
    )
