"""Recording projects: what they owe, what is there, and the files themselves."""

from typing import Any

from django import forms
from django.contrib import admin, messages
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
class RecordingAdmin(RecordAdmin):
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

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: Any
    ) -> None:
        super().save_formset(request, form, formset, change)
        uploads = getattr(request, "_uploads", [])
        uploads += [
            (row.instance, row.cleaned_data["upload"])
            for row in formset.forms
            if row.has_changed() and row.cleaned_data.get("upload")
        ]
        request._uploads = uploads  # type: ignore[attr-defined]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """Save the form; only after its transaction take in the files, however large."""
        answer = super().changeform_view(request, object_id, form_url, extra_context)
        for item, upload in getattr(request, "_uploads", ()):
            if item.pk is not None:  # and not just deleted
                self._keep(request, item, upload)
        return answer

    def _keep(self, request: HttpRequest, item: RecordingItem, upload: Any) -> None:
        try:
            keep_file(item, upload.name, upload.file, by=request.user)  # type: ignore[arg-type]
        except (ArchiveError, CatalogueError) as error:
            messages.error(request, str(error))


def _sign(is_done: bool) -> str:  # noqa: FBT001
    return "✓" if is_done else "○"
