"""A record's history in the words of its form, not in what the database holds."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import DeletedObject, ModelDelta
from simple_history.template_utils import HistoricalRecordContextHelper

from heritage.catalogue.policy import Person, allows, person_of, policy_of
from heritage.catalogue.told_reasons import Reason, told_reasons


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
        was_empty = isinstance(value, DeletedObject) and value.pk is None
        if value is None or was_empty:  # a link that led nowhere, to the library gone
            return ""
        if isinstance(value, datetime):
            return localize(timezone.localtime(value))
        labels = dict(self.model._meta.get_field(change.field).flatchoices)
        return str(labels.get(value, value))


def hidden_now(model: type[Model], record: Any, person: Person) -> set[str]:
    """Name the fields that this person may not see on the record as it is today.

    What was open once (a site shown exactly) is not open for that.
    """
    fields = policy_of(model).fields
    if not fields:
        return set()
    now = model._default_manager.filter(pk=record.pk).first() or record
    return {name for name in fields if not allows(person, now, name)}


class SpokenHistoryAdmin(SimpleHistoryAdmin):
    """The past is read, not brought back: a row of the past has its state and consents."""

    history_list_display = ("state",)

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: Any = None,
    ) -> HttpResponse:
        if request.method == "POST":
            raise PermissionDenied
        shown: HttpResponse = super().history_form_view(
            request, object_id, version_id, extra_context
        )
        return shown

    def get_historical_record_context_helper(
        self, request: HttpRequest, historical_record: Any
    ) -> SpokenChanges:
        record = historical_record.instance
        hidden = hidden_now(self.model, record, person_of(request))
        return SpokenChanges(self.model, historical_record, hidden=hidden)

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Sequence[Any], **options: Any
    ) -> None:
        super().set_history_delta_changes(request, historical_records, **options)
        # Only now: the changes are found by comparing what the database holds.
        reasons = told_reasons(historical_records, person_of(request))
        for row, reason in zip(historical_records, reasons, strict=True):
            row.state = row.get_state_display()
            row.history_change_reason = _linked(reason)


def _linked(reason: Reason) -> str:
    if not reason.address:
        return reason.text
    link = '<a class="underline" href="{}">{}</a>'
    return format_html(link, reason.address, reason.text)
