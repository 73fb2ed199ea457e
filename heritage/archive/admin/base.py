"""What the pages of deposits, files and records share: condition, events, reasons."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from heritage.archive.actions.check import ask_for
from heritage.archive.errors import ArchiveError
from heritage.archive.models import Condition, Kept, PreservationEvent
from heritage.lib.admin import ShownOnly
from heritage.lib.whole_numbers import parse_whole

CONDITION_COLOURS = {
    "intact": "success", "damaged": "danger", "missing": "danger", "unreadable": "danger",
}  # fmt: skip


class KeptAdmin(ShownOnly):
    """One OCFL object: its condition, and a check on demand."""

    actions = ["check_soon"]
    actions_detail = ["download_package"]

    @action(description=_("Download as a BagIt package"), icon="archive")
    def download_package(
        self, request: HttpRequest, object_id: int
    ) -> HttpResponseBase:
        """Answer with the bag as a ZIP, written while it is sent."""
        kept = shown_object(self, request, object_id)
        try:
            chunks = self.package(request, kept)
        except ArchiveError as error:
            messages.error(request, str(error))
            return redirect(f"admin:archive_{self.opts.model_name}_change", object_id)
        response = StreamingHttpResponse(chunks, content_type="application/zip")
        name = f"{self.opts.model_name}-{kept.pk}.zip"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def package(self, request: HttpRequest, kept: Any) -> Iterator[bytes]:
        raise NotImplementedError

    @display(description=_("condition"), ordering="condition", label=CONDITION_COLOURS)
    def condition_shown(self, kept: Kept) -> tuple[str, str]:
        return kept.condition, str(Condition(kept.condition).label)

    @admin.action(description=_("Check the fixity of the chosen ones"))
    def check_soon(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        count = ask_for(rows)
        text = ngettext(
            "%(count)d object is checked within the next minutes.",
            "%(count)d objects are checked within the next minutes.",
            count,
        )
        messages.success(request, text % {"count": count})


def shown_object(page: ShownOnly, request: HttpRequest, object_id: int) -> Any:
    """Give the row that an action is about, to those who may see it."""
    thing = page.get_object(request, str(object_id))
    if thing is None or not page.has_view_permission(request, thing):
        raise PermissionDenied
    return thing


def is_among(rows: QuerySet[Any], object_id: Any) -> bool:
    """Tell whether an address means one of these rows; it may mean nothing at all."""
    pk = parse_whole(str(object_id))
    return pk is not None and rows.filter(pk=pk).exists()


def events_of(subject_type: str, key: str) -> str:
    """List the last events of one thing, the newest first, and lead to all."""
    events = PreservationEvent.objects.filter(
        subject_type=subject_type, subject_key=key
    )
    rows = [
        (
            reverse("admin:archive_preservationevent_change", args=[event.pk]),
            event.at.isoformat(sep=" ", timespec="seconds"),
            event.get_type_display(),
            event.get_outcome_display(),
        )
        for event in events[:20]
    ]
    return (
        format_html_join("", '<a class="link" href="{}">{} {}: {}</a><br>', rows) or "–"
    )


def link(address: str, text: str) -> str:
    return format_html('<a class="link" href="{}">{}</a>', address, text)
