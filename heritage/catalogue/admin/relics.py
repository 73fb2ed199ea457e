"""Relics: the registration record on one page."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from heritage.catalogue.actions import record_edit
from heritage.catalogue.models import (
    Citation,
    Dimension,
    ExternalIdentifier,
    MotifTag,
    RareBook,
    Relic,
    RelicFacet,
    RelicMaterial,
    RelicName,
    RelicNumber,
    RelicTechnique,
    Rubbing,
    TechniqueOf,
    UnderwaterFind,
)
from heritage.catalogue.profile import find_doubts, find_profile_gaps

from .acts import ACT_INLINES, DecidedAdmin
from .base import NAMES, SCHEDULE, RecordAdmin
from .inlines import PolicyStackedInline, PolicyTabularInline


class MaterialInline(PolicyTabularInline):
    model = RelicMaterial
    verbose_name_plural = _("materials")


class DimensionInline(PolicyTabularInline):
    model = Dimension
    fields = ("kind", "value", "unit", "uncertainty", "origin", "literal")
    tab = True


class TechniqueInline(PolicyTabularInline):
    model = TechniqueOf
    autocomplete_fields = ("element", "said_by")
    fields = ("element", "technique", "is_certain", "said_by", "said_on", "note")
    tab = True


class NumberInline(PolicyTabularInline):
    model = RelicNumber
    fields = ("type", "number", "note")


class IdentifierInline(PolicyTabularInline):
    model = ExternalIdentifier
    fields = ("type", "identifier", "note")


class NameInline(PolicyTabularInline):
    model = RelicName
    fields = ("type", "name", "language")


class FacetInline(PolicyTabularInline):
    model = RelicFacet
    fields = ("facet",)


class MadeByInline(PolicyTabularInline):
    model = RelicTechnique
    fields = ("technique", "note")


class MotifInline(PolicyStackedInline):
    model = MotifTag
    tab = True
    autocomplete_fields = ("said_by",)
    raw_id_fields = ("file",)
    fields = (("motif", "is_certain", "said_by"), ("file", "region"), "evidence")


class CitationInline(PolicyStackedInline):
    model = Citation
    tab = True
    fields = (
        ("type", "authors", "title"), ("published", "year", "pages"),
        ("identifier", "url"),
    )  # fmt: skip


class BookInline(PolicyStackedInline):
    model = RareBook
    tab = True
    fields = (
        ("author", "edition"), ("volumes", "classification"), ("page_layout", "binding"), "seals",
    )  # fmt: skip


class RubbingInline(PolicyStackedInline):
    model = Rubbing
    tab = True
    autocomplete_fields = ("original_at",)
    fields = (
        ("original", "original_at"), ("rubbed_when", "rubbed_by", "script"), "colophons",
    )  # fmt: skip


class UnderwaterInline(PolicyStackedInline):
    model = UnderwaterFind
    tab = True
    fields = (
        ("site", "raised_no"), ("raised_on", "depth_m"),
        ("desalinated_from", "desalinated_until", "drying"), "note",
    )  # fmt: skip


class DoubtFilter(admin.SimpleListFilter):
    title = _("dating")
    parameter_name = "dating"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("doubted", _("in doubt")),
            ("read", _("with years")),
            ("none", _("without")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        years = {"begin_year__isnull": True, "end_year__isnull": True}
        match self.value():
            case "doubted":
                return queryset.exclude(dating_doubt="")
            case "read":
                return queryset.exclude(**years)
            case "none":
                return queryset.filter(period_text="", **years)
        return queryset


@admin.register(Relic)
class RelicAdmin(DecidedAdmin):
    list_display = (
        "title_shown", "register_no", "category", "grade", "period", "state_shown",
        "modified_at",
    )  # fmt: skip
    list_filter = (
        "state", "category", "grade", "completeness", "preservation", "source",
        "acquired_range", "mass_range", "materials__material", "facets__facet",
        DoubtFilter, "collection",
    )  # fmt: skip
    list_select_related = ("collection", "period")
    search_fields = (
        *RecordAdmin.search_fields, "register_no", "original_name", "numbers__number",
        "identifiers__identifier", "other_names__name",
    )  # fmt: skip
    autocomplete_fields = (
        "holder", "period", "maker", "made_at", "find_place", "part_of", "collector",
        "acquired_from", "find_batch",
    )  # fmt: skip
    readonly_fields = ("hints_shown",)
    inlines = (
        MaterialInline, NumberInline, IdentifierInline, NameInline, FacetInline,
        DimensionInline, MadeByInline, TechniqueInline, MotifInline, CitationInline, BookInline, RubbingInline, UnderwaterInline,
        *ACT_INLINES,
    )  # fmt: skip
    fieldsets = (
        (_("Still to do"), {"fields": ("hints_shown",)}),
        NAMES,
        (
            _("Registration"),
            {
                "fields": (
                    ("register_no", "register_type", "original_name"),
                    ("category", "grade", "holder"),
                    ("count_kind", "actual_count", "traditional_count", "count_unit"),
                    ("part_of", "part_number"),
                    ("size_text", "is_measurable", "mass_range"),
                )
            },
        ),
        (
            _("Making and dating"),
            {
                "fields": (
                    ("period", "period_text"),
                    ("begin_year", "end_year"),
                    ("made_at", "maker"),
                    ("find_place", "find_shown_as", "find_batch", "collector"),
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
                    ("acquired_from", "price", "price_currency"),
                    "source_note",
                    "store_location",
                ),
                "classes": ("tab",),
            },
        ),
        (_("Rights"), {"fields": ("rights", "credit"), "classes": ("tab",)}),
        SCHEDULE,
    )

    @display(description=_("asked for by the minimum profile, or in doubt"))
    def hints_shown(self, relic: Relic) -> str:
        if relic._state.adding:
            return str(_("Told after the first save."))
        gaps = find_profile_gaps(relic)
        missing = (
            [_("Missing: %(fields)s.") % {"fields": ", ".join(gaps)}] if gaps else []
        )
        lines = [*missing, *find_doubts(relic)]
        return format_html_join("", "<p>{}</p>", ((one,) for one in lines)) or "—"

    @transaction.atomic
    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        before = Relic.objects.get(pk=obj.pk) if change else None
        super().save_model(request, obj, form, change)
        if before is not None:
            record_edit(before, obj, by=request.user)  # type: ignore[arg-type]
