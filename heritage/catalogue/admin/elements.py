"""Intangible elements: listing, sub-items, what is told of them, and their lineage."""

from typing import Any

from django.contrib import admin
from django.db.models.functions import Length
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from heritage.catalogue.lineage import draw_lineage, lineage_of
from heritage.catalogue.models import (
    Bearer,
    Element,
    ElementChapter,
    ElementDomain,
    ElementFacet,
    ElementPart,
    TechniqueOf,
)
from heritage.catalogue.models.element import list_order

from .acts import DecidedAdmin, ListingInline
from .base import NAMES, SCHEDULE
from .inlines import PolicyStackedInline, PolicyTabularInline


class PartInline(PolicyStackedInline):
    model = ElementPart
    tab = True
    autocomplete_fields = ("region", "protection_unit")
    fields = (
        ("name_zh", "name_en", "kind"),
        ("applicant", "division_code", "project_number"),
        ("batch", "year"), ("region", "protection_unit"),
    )  # fmt: skip


class ChapterInline(PolicyStackedInline):
    model = ElementChapter
    tab = True
    fields = ("subject", ("text_zh", "text_en"))


class DomainInline(PolicyTabularInline):
    model = ElementDomain
    fields = ("domain",)


class FacetInline(PolicyTabularInline):
    model = ElementFacet
    fields = ("facet",)


class CraftInline(PolicyTabularInline):
    model = TechniqueOf
    fields = ("relic", "technique", "is_certain", "said_by", "said_on", "note")
    autocomplete_fields = ("relic", "said_by")
    tab = True


class LineageShown:
    """Shows the lineage on the form, as far as who asks may see it."""

    @display(description=_("lineage"))
    def lineage_shown(self, record: Any) -> str:
        if record._state.adding:
            return str(_("Told after the first save."))
        here = record if isinstance(record, Bearer) else None
        element = record.element if here else record
        drawn = lineage_of(element, record.asker, address=form_address, here=here)
        return draw_lineage(drawn) if drawn else "—"


def form_address(bearer: Bearer) -> str:
    return reverse("admin:catalogue_bearer_change", args=[bearer.pk])


@admin.register(Element)
class ElementAdmin(LineageShown, DecidedAdmin):
    list_display = (
        "title_shown", "code_shown", "category", "level", "state_shown", "modified_at",
    )  # fmt: skip
    list_filter = (
        "state", "category", "level", "listings__unesco_list", "facets__facet",
        "collection",
    )  # fmt: skip
    search_fields = (
        *DecidedAdmin.search_fields, "code", "parts__name_zh", "parts__project_number",
    )  # fmt: skip
    autocomplete_fields = ("region", "protection_unit")
    readonly_fields = ("level", "listed_year", "batch", "lineage_shown")
    inlines = (
        DomainInline, FacetInline, ListingInline, PartInline, ChapterInline, CraftInline,
    )  # fmt: skip
    fieldsets = (
        NAMES,
        (
            _("Listing"),
            {
                "fields": (("code", "category"), ("level", "listed_year", "batch")),
                "description": _(
                    "Level, year and batch follow from the listings below."
                ),
            },
        ),
        (_("Where and by whom"), {"fields": ("region", "protection_unit")}),
        (_("Lineage"), {"fields": ("lineage_shown",)}),
        SCHEDULE,
    )

    def get_ordering(self, request: HttpRequest) -> Any:
        return list_order()

    @display(description=_("code"), ordering=Length("code"))
    def code_shown(self, element: Element) -> str:
        return element.code
