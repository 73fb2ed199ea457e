"""Stored files: format, risk, digest, and where else the same bytes lie."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from heritage.archive.formats import RISK_WORDS, format_of
from heritage.archive.models import PreservationEvent, StoredFile

from .base import events_of
from .sight import RetirableAdmin, SightFilter

RISK_COLOURS = {"low": "success", "medium": "warning", "high": "danger"}


@admin.register(StoredFile)
class StoredFileAdmin(RetirableAdmin):
    list_display = [
        "name",
        "deposit",
        "size",
        "format_name",
        "risk",
        "sight",
        "is_elsewhere",
    ]
    list_filter = [
        SightFilter,
        "deposit__kind",
        "media_type",
        ("deposit", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["deposit"]
    search_fields = ["name", "original_name", "key", "sha512"]
    readonly_fields = ["format_name", "risk_note", "elsewhere", "events"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StoredFile]:
        rows: QuerySet[StoredFile] = super().get_queryset(request)
        same = StoredFile.objects.filter(sha512=OuterRef("sha512"))
        others = same.exclude(deposit=OuterRef("deposit"))
        return rows.annotate(elsewhere_=Exists(others))

    @display(description=_("size"), ordering="size_bytes")
    def size(self, file: StoredFile) -> str:
        return filesizeformat(file.size_bytes)

    @display(description=_("format"))
    def format_name(self, file: StoredFile) -> str:
        known = format_of(file.name)
        return f"{known.name} ({known.puid})" if known.puid else known.name

    @display(description=_("risk"), label=RISK_COLOURS)
    def risk(self, file: StoredFile) -> tuple[str, str]:
        known = format_of(file.name).risk
        return known.value, str(RISK_WORDS[known])

    @display(description=_("risk"))
    def risk_note(self, file: StoredFile) -> str:
        known = format_of(file.name)
        return f"{RISK_WORDS[known.risk]}. {known.note}"

    @display(description=_("kept elsewhere as well"))
    def is_elsewhere(self, file: Any) -> str:
        return gettext("yes") if file.elsewhere_ else "–"

    @display(description=_("kept elsewhere as well"))
    def elsewhere(self, file: StoredFile) -> str:
        address = "admin:archive_storedfile_change"
        rows = [
            (reverse(address, args=[other.pk]), other.deposit, other.name)
            for other in file.elsewhere()[:20]
        ]
        return (
            format_html_join("", '<a class="link" href="{}">{}: {}</a><br>', rows)
            or "–"
        )

    @display(description=_("preservation events"))
    def events(self, file: StoredFile) -> str:
        return events_of(PreservationEvent.Subject.FILE, file.key)
