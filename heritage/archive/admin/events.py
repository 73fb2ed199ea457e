"""The log of preservation."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from heritage.archive.models import PreservationEvent
from heritage.lib.admin import ShownOnly

OUTCOME_COLOURS = {"success": "success", "warning": "warning", "failure": "danger"}


@admin.register(PreservationEvent)
class PreservationEventAdmin(ShownOnly):
    list_display = ["at", "type", "subject_type", "subject_key", "outcome_shown",
                    "person", "program"]  # fmt: skip
    list_filter = ["type", "outcome", "subject_type"]
    list_select_related = ["person", "program"]
    search_fields = ["subject_key"]
    date_hierarchy = "at"

    @display(description=_("outcome"), ordering="outcome", label=OUTCOME_COLOURS)
    def outcome_shown(self, event: PreservationEvent) -> tuple[str, str]:
        return event.outcome, event.get_outcome_display()
