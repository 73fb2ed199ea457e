"""A record's history in the words of its form, not in what the database holds."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import localize
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import ModelDelta
from simple_history.template_utils import HistoricalRecordContextHelper

from heritage.catalogue.policy import allows, person_of, policy_of


class SpokenChanges(HistoricalRecordContextHelper):
    """Tells choices by their labels, times by the museum's clock, nothing by nothing.

    Fields that the reader may not see are `hidden` in what was as in what is.
    """

    def __init__(self, *args: Any, hidden: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hidden = hidden

    def context_for_delta_changes(self, delta: ModelDelta) -> list[dict[str, Any]]:
        kept = [change for change in delta.changes if change.field not in self.hidden]
        told: list[dict[str, Any]] = super().context_for_delta_changes(
            replace(delta, changes=kept)
        )
        return told

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        value = super().prepare_delta_change_value(change, value)
        if value is None:
            return ""
        if isinstance(value, datetime):
            return localize(timezone.localtime(value))
        labels = dict(self.model._meta.get_field(change.field).flatchoices)
        return str(labels.get(value, value))


class SpokenHistoryAdmin(SimpleHistoryAdmin):
    history_list_display = ("state",)

    def get_historical_record_context_helper(
        self, request: HttpRequest, historical_record: Any
    ) -> SpokenChanges:
        person, record = person_of(request), historical_record.instance
        private = policy_of(self.model).fields
        hidden = {name for name in private if not allows(person, record, name)}
        return SpokenChanges(self.model, historical_record, hidden=hidden)

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Sequence[Any], **options: Any
    ) -> None:
        super().set_history_delta_changes(request, historical_records, **options)
        # Only now: the changes are found by comparing what the database holds.
        for row in historical_records:
            row.state = row.get_state_display()
            row.history_change_reason = row.history_change_reason or ""
