"""Bearers: recognition, consent, what was learned from whom and taught to whom."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from heritage.catalogue.actions import follow_status
from heritage.catalogue.errors import CatalogueError
from heritage.catalogue.models import Bearer, Recording, Transmission
from heritage.catalogue.policy import allows

from .acts import ConsentInline, DecidedAdmin, RecognitionInline
from .base import NAMES, SCHEDULE
from .elements import LineageShown
from .inlines import OnlyNamed, PolicyStackedInline

SAID = (
    ("way", "period_text"), ("begin_year", "end_year", "place"), "source",
    ("is_disputed", "dissent"),
)  # fmt: skip


class LearnedInline(PolicyStackedInline):
    model = Transmission
    fk_name = "apprentice"
    tab = True
    fields = ("master", *SAID)
    autocomplete_fields = ("master", "place")
    verbose_name = pgettext_lazy("teacher", "master")
    verbose_name_plural = _("learned from")


class TaughtInline(PolicyStackedInline):
    model = Transmission
    fk_name = "master"
    tab = True
    fields = ("apprentice", *SAID)
    autocomplete_fields = ("apprentice", "place")
    verbose_name = _("apprentice")
    verbose_name_plural = _("taught")


class RecordingInline(OnlyNamed):
    model = Recording
    fields = ("name_zh", "number", "agreement_signed_on", "accepted_on")
    readonly_fields = fields


class ConsentFilter(admin.SimpleListFilter):
    title = _("consent")
    parameter_name = "consent"
    SOON_DAYS = 90

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("holds", _("holds")),
            ("soon", _("ends within 90 days")),
            ("ended", _("has ended")),
            ("none", _("none")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        today = timezone.localdate()
        soon = today + timedelta(days=self.SOON_DAYS)
        asked = queryset.exclude(status=Bearer.Status.DECEASED)
        match self.value():
            case "holds":
                return asked.filter(consent_until__gte=today)
            case "soon":
                return asked.filter(consent_until__range=(today, soon))
            case "ended":
                return asked.filter(consent_until__lt=today)
        return asked.filter(consent_until=None)


@admin.register(Bearer)
class BearerAdmin(LineageShown, DecidedAdmin):
    list_display = (
        "title_shown", "element", "generation", "level", "status", "state_shown",
    )  # fmt: skip
    list_filter = ("state", "status", ConsentFilter, "level", "collection")
    list_select_related = ("collection", "element")
    search_fields = (*DecidedAdmin.search_fields, "number", "applicant")
    autocomplete_fields = ("person", "element", "region")
    readonly_fields = (
        "level", "recognised_year", "batch", "consent_until", "consent_shown",
        "lineage_shown",
    )  # fmt: skip
    inlines = (
        RecognitionInline, ConsentInline, LearnedInline, TaughtInline, RecordingInline,
    )  # fmt: skip
    fieldsets = (
        NAMES,
        (
            _("Recognition"),
            {
                "fields": (
                    ("person", "element"),
                    ("number", "generation", "status"),
                    ("level", "recognised_year", "batch"),
                    ("consent_until", "consent_shown"),
                ),
                "description": _(
                    "Level, year and batch follow from the recognitions, what the public"
                    " may see from the consents: both are in the tabs below."
                ),
            },
        ),
        (
            _("Life and work"),
            {
                "fields": (
                    ("applicant", "region", "practising_since"),
                    ("works_zh", "works_en"),
                    ("activities_zh", "activities_en"),
                ),
                "classes": ("tab",),
            },
        ),
        (_("Lineage"), {"fields": ("lineage_shown",)}),
        SCHEDULE,
    )

    @display(description=_("open to the public"))
    def consent_shown(self, bearer: Bearer) -> str:
        if bearer._state.adding:
            return str(_("Told after the first save."))
        if not allows(bearer.asker, bearer, "consent_until"):  # type: ignore[attr-defined]
            return "—"
        if bearer.needs_consent and not bearer.has_consent:
            return str(_("nothing: no consent holds"))
        fields = (bearer._meta.get_field(f"open_{one}") for one in _open(bearer))
        names = [str(field.verbose_name) for field in fields]  # type: ignore[union-attr]
        return ", ".join([str(_("name, craft and recognition")), *names])

    def formfield_for_choice_field(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_choice_field(db_field, request, **kwargs)
        if db_field.name == "status" and field is not None:
            field.help_text = _("a revocation is recorded among the recognitions")
        return field

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: Any
    ) -> None:
        if change and "status" in form.changed_data:
            try:
                follow_status(form.instance, by=request.user)  # type: ignore[arg-type]
            except CatalogueError as error:
                messages.error(request, str(error))
        super().save_related(request, form, formsets, change)


def _open(bearer: Bearer) -> list[str]:
    scopes = ("lineage", "life", "recordings")
    return [one for one in scopes if getattr(bearer, f"open_{one}")]
