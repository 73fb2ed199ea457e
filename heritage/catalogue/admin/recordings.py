"""Recording projects: what they owe, what is there, and the files themselves."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget

from heritage.archive.errors import ArchiveError
from heritage.catalogue.actions.recordings import keep_file
from heritage.catalogue.errors import CatalogueError
from heritage.catalogue.models import Recording, RecordingItem
from heritage.catalogue.recordings import owed
from heritage.lib.admin_uploads import TakesUploads

from .base import NAMES, SCHEDULE, RecordAdmin
from .inlines import PolicyStackedInline


class ItemForm(forms.ModelForm[RecordingItem]):
    """A file that is chosen goes into the archive; a later one takes its place."""

    upload = forms.FileField(
        required=False,
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=_(
            "kept in the archive as it is; large films are handed in by the inbox"
        ),
    )


class ItemInline(PolicyStackedInline):
    model = RecordingItem
    form = ItemForm
    autocomplete_fields = ("place",)
    readonly_fields = ("file_shown",)
    fields = (
        ("kind", "title_zh", "title_en"), ("recorded_on", "place", "duration_s"),
        ("upload", "file_shown"), ("carrier", "accepted_on", "is_public"),
    )  # fmt: skip

    @display(description=_("in the archive"))
    def file_shown(self, item: RecordingItem) -> str:
        return item.stored_file.name if item.stored_file else "—"


@admin.register(Recording)
class RecordingAdmin(TakesUploads, RecordAdmin):
    refusals = (ArchiveError, CatalogueError)
    list_display = (
        "title_shown", "bearer", "element", "complete_shown", "state_shown", "modified_at",
    )  # fmt: skip
    list_select_related = ("collection", "bearer", "element")
    search_fields = (*RecordAdmin.search_fields, "number", "bearer__name_zh")
    autocomplete_fields = ("bearer", "element", "organiser")
    readonly_fields = ("owed_shown",)
    inlines = (ItemInline,)
    fieldsets = (
        (_("Still to do"), {"fields": ("owed_shown",)}),
        NAMES,
        (
            _("Project"),
            {
                "fields": (
                    ("bearer", "element"),
                    ("number", "begun_on", "ended_on"),
                    ("organiser", "crew"),
                    "plan",
                    ("agreement_signed_on", "transcript_aligned_on", "accepted_on"),
                )
            },
        ),
        SCHEDULE,
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("items")

    @display(description=_("what a project hands over"))
    def owed_shown(self, recording: Recording) -> str:
        if recording._state.adding:
            return str(_("Told after the first save."))
        rows = ((_sign(one.is_done), one.label, one.detail) for one in owed(recording))
        return format_html(
            "<ul>{}</ul>", format_html_join("", "<li>{} {} {}</li>", rows)
        )

    @display(description=_("complete"))
    def complete_shown(self, recording: Recording) -> str:
        lines = owed(recording)
        return f"{sum(one.is_done for one in lines)}/{len(lines)}"

    def keep_upload(self, row: RecordingItem, upload: Any, *, by: Any) -> None:
        keep_file(row, upload.name, upload.file, by=by)


def _sign(is_done: bool) -> str:  # noqa: FBT001
    return "✓" if is_done else "○"
