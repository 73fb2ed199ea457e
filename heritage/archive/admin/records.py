"""Preserved records: how far each has been carried into its OCFL object."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from heritage.archive.actions.check import ask_for, objects_of_record
from heritage.archive.actions.package import package_record
from heritage.archive.models import Deposit, PreservationEvent, PreservedRecord

from .base import KeptAdmin, events_of


@admin.register(PreservedRecord)
class PreservedRecordAdmin(KeptAdmin):
    list_display = ["__str__", "version", "condition_shown", "checked_at",
                    "replicated_version", "preserved_at", "changed_at"]  # fmt: skip
    list_filter = ["kind", "condition"]
    search_fields = ["key"]
    readonly_fields = ["events"]

    def package(self, request: HttpRequest, kept: Any) -> Iterator[bytes]:
        person: Any = request.user
        return package_record(kept, form="zip", by=person)

    def check_soon(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """Check the deposits as well whose files these records name."""
        for row in rows:
            named = objects_of_record(row.kind, row.key)
            keys = [kept.pk for kept in named if isinstance(kept, Deposit)]
            ask_for(Deposit.objects.filter(pk__in=keys))
        super().check_soon(request, rows)

    @display(description=_("preservation events"))
    def events(self, row: PreservedRecord) -> str:
        return events_of(PreservationEvent.Subject.RECORD, str(row))
