"""Relics: the registration record on one page."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.views import ChangeList

from heritage.catalogue.actions import record_edit
from heritage.catalogue.models import (
    Citation,
    Dimension,
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
from heritage.catalogue.models.relic import DATELESS, UNDATED
from heritage.catalogue.pictured import small_pictures
from heritage.catalogue.policy import person_of
from heritage.catalogue.profile import find_doubts, find_profile_gaps
from heritage.lib.admin_lists import OfChildren

from .acts import ACT_INLINES, DecidedAdmin
from .base import NAMES, SCHEDULE, RecordAdmin
from .compare import compare, compare_chosen
from .filters import CollectionFilter, StateFilter
from .inlines import PolicyStackedInline, PolicyTabularInline
from .numbers import RelicIdentifierInline
from .rows import PolicyChangeList
from .untranslated import untranslated

# What can be done with relics chosen in the list; rooms above add theirs.
LIST_ACTIONS: list[Any] = [compare_chosen]


def offer_action(action: Any) -> None:
    """Have a room above do something with relics that are chosen in the list."""
    if action not in LIST_ACTIONS:
        LIST_ACTIONS.append(action)


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
        # In the words of the indexes that these lists have.
        match self.value():
            case "doubted":
                return queryset.filter(~Q(dating_doubt=""))
            case "read":
                return queryset.filter(~DATELESS)
            case "none":
                return queryset.filter(UNDATED)
        return queryset


class PicturedList(PolicyChangeList):
    """Rows with a picture each, which its reader may see: asked for a page at a time."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        pictures = small_pictures(self.result_list, person_of(request))
        for relic in self.result_list:
            relic.small_picture = pictures.get(relic.pk, "")


@admin.register(Relic)
class RelicAdmin(DecidedAdmin):
    list_display = (
        "title_shown", "register_no", "category", "grade", "period", "state_shown",
        "modified_at",
    )  # fmt: skip
    list_filter = (
        ("state", StateFilter), "category", "grade", "completeness", "preservation", "source",
        "acquired_range", "mass_range", ("materials__material", OfChildren),
        ("facets__facet", OfChildren), DoubtFilter, CollectionFilter,
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
        MaterialInline, NumberInline, RelicIdentifierInline, NameInline, FacetInline,
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
    actions = LIST_ACTIONS
    routes = (
        ("untranslated/", untranslated, "untranslated"),
        ("compare/", compare, "compare"),
    )
    routes_named = "catalogue"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PicturedList

    @display(description=_("name"), ordering="name_zh")
    def title_shown(self, record: Any) -> str:
        # The name stands beside it: the picture says nothing to who cannot see it.
        return format_html(
            '<span class="pictured">{}{}</span>',
            _small_picture(getattr(record, "small_picture", "")),
            super().title_shown(record),
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


def _small_picture(address: str) -> str:
    if not address:
        return mark_safe('<span class="pictured-none"></span>')
    return format_html(
        '<img src="{}" alt="" width="48" height="48" loading="lazy">', address
    )
