"""Immovable heritage, and the batches of finds that came from it."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from heritage.catalogue.models import FindBatch, Relic, Site, SiteFacet
from heritage.catalogue.policy import visible
from heritage.catalogue.whereabouts import shown_place

from .acts import DecidedAdmin, ProtectionInline
from .base import NAMES, SCHEDULE, RecordAdmin
from .inlines import OnlyNamed, PolicyTabularInline
from .place_map import PlaceMapAdmin


class FacetInline(PolicyTabularInline):
    model = SiteFacet
    fields = ("facet",)


class PartInline(OnlyNamed):
    model = Site
    fields = ("name_zh", "name_en", "site_kind", "state")
    readonly_fields = fields
    verbose_name_plural = _("parts")


class BatchInline(OnlyNamed):
    model = FindBatch
    fields = ("name_zh", "number", "begun_on", "ended_on")
    readonly_fields = fields


@admin.register(Site)
class SiteAdmin(PlaceMapAdmin, DecidedAdmin):
    list_display = (
        "title_shown", "site_kind", "protection_level", "protection_batch", "place",
        "state_shown",
    )  # fmt: skip
    list_filter = (
        "state", "site_kind", "protection_level", "facets__facet", "shown_as",
        "collection",
    )  # fmt: skip
    list_select_related = ("collection", "place")
    search_fields = (*DecidedAdmin.search_fields, "register_no", "protections__code")
    autocomplete_fields = ("part_of", "place", "period", "keeper")
    readonly_fields = (
        "protection_level", "protection_batch", "protected_year", "told_shown",
        "map_shown",
    )  # fmt: skip
    inlines = (FacetInline, ProtectionInline, PartInline, BatchInline)
    fieldsets = (
        NAMES,
        (
            _("Registration"),
            {
                "fields": (
                    ("site_kind", "register_no", "part_of"),
                    ("protection_level", "protection_batch", "protected_year"),
                    ("period", "period_text"),
                    ("begin_year", "end_year", "keeper"),
                ),
                "description": _(
                    "Protection level, batch and year follow from the protections below."
                ),
            },
        ),
        (
            _("Where it lies"),
            {
                "fields": (
                    ("place", "address"),
                    ("latitude", "longitude", "datum"),
                    ("precision_m", "altitude_m"),
                    "map_shown",
                    ("shown_as", "told_shown"),
                )
            },
        ),
        (
            _("Structure and condition"),
            {
                "fields": (
                    ("structure", "area_m2"),
                    ("caves", "statues", "depth_m"),
                    "condition_note",
                    ("protection_zone", "control_zone"),
                ),
                "classes": ("tab",),
            },
        ),
        SCHEDULE,
    )

    @display(description=_("what the public is told"))
    def told_shown(self, site: Site) -> str:
        told = shown_place(site)
        return told.text if told else "—"


@admin.register(FindBatch)
class FindBatchAdmin(RecordAdmin):
    list_display = ("title_shown", "site", "number", "begun_on", "state_shown")
    list_filter = ("state", "method", "collection")
    list_select_related = ("collection", "site")
    search_fields = (*RecordAdmin.search_fields, "number", "site__name_zh")
    autocomplete_fields = ("site", "carried_out_by")
    readonly_fields = ("finds_shown",)
    fieldsets = (
        NAMES,
        (
            _("Campaign"),
            {
                "fields": (
                    ("site", "number", "method"),
                    ("begun_on", "ended_on", "carried_out_by"),
                    "finds_shown",
                )
            },
        ),
        SCHEDULE,
    )

    @display(description=_("finds"))
    def finds_shown(self, batch: FindBatch) -> str:
        """Count the finds that who asks may see, and lead to their list."""
        if batch._state.adding:
            return str(_("Told after the first save."))
        count = visible(Relic.objects.filter(find_batch=batch), batch.asker).count()  # type: ignore[attr-defined]
        listed = reverse("admin:catalogue_relic_changelist")
        return format_html(
            '<a class="link" href="{}?find_batch__id__exact={}">{}</a>',
            listed,
            batch.pk,
            ngettext("%(count)s find", "%(count)s finds", count) % {"count": count},
        )
