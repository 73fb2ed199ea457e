"""The archive as administrators see it: everything shown, nothing edited."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from .actions.check import ask_for, objects_of_record
from .actions.package import package_deposit, package_record
from .errors import ArchiveError
from .formats import RISK_WORDS, format_of
from .models import (
    Condition,
    Deposit,
    Kept,
    PreservationEvent,
    PreservedRecord,
    StoredFile,
)
from .views import storage

RISK_COLOURS = {"low": "success", "medium": "warning", "high": "danger"}
OUTCOME_COLOURS = {"success": "success", "warning": "warning", "failure": "danger"}
STATE_COLOURS = {"sealed": "success", "receiving": "info", "refused": "danger"}


class ShownOnly(ModelAdmin):
    """What is kept for ever is shown, never edited; by administrators alone."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


CONDITION_COLOURS = {
    "intact": "success", "damaged": "danger", "missing": "danger", "unreadable": "danger",
}  # fmt: skip


class InboxFilter(admin.SimpleListFilter):
    title = _("inbox")
    parameter_name = "inbox"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("waits for its record"))]

    def queryset(
        self, request: HttpRequest, rows: QuerySet[Deposit]
    ) -> QuerySet[Deposit]:
        waiting = rows.filter(state=Deposit.State.SEALED).exclude(inbox_name="")
        return waiting if self.value() else rows


class KeptAdmin(ShownOnly):
    """One OCFL object: its condition, and a check on demand."""

    actions = ["check_soon"]
    actions_detail = ["download_package"]

    @action(description=_("Download as a BagIt package"), icon="archive")
    def download_package(
        self, request: HttpRequest, object_id: int
    ) -> HttpResponseBase:
        """Answer with the bag as a ZIP, written while it is sent."""
        kept = self.get_object(request, str(object_id))
        if kept is None or not self.has_view_permission(request, kept):
            raise PermissionDenied
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


@admin.register(Deposit)
class DepositAdmin(KeptAdmin):
    list_display = ["key", "kind", "state_shown", "condition_shown", "file_count", "size", "note", "inbox_name",
                    "created_by", "created_at"]  # fmt: skip
    list_filter = ["kind", "state", "condition", InboxFilter]
    list_select_related = ["created_by"]
    search_fields = ["key", "note", "files__name"]
    readonly_fields = ["file_count", "size", "events"]
    actions_list = ["open_storage"]

    @action(description=_("Storage"), icon="storage")
    def open_storage(self, request: HttpRequest) -> HttpResponseBase:
        return redirect("admin:archive_storage")

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(storage)
        return [path("storage/", page, name="archive_storage"), *super().get_urls()]

    def package(self, request: HttpRequest, kept: Any) -> Iterator[bytes]:
        return package_deposit(kept, form="zip", by=_person(request))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Deposit]:
        rows: QuerySet[Deposit] = super().get_queryset(request)
        return rows.annotate(files_=Count("files"), bytes_=Sum("files__size_bytes"))

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def state_shown(self, deposit: Deposit) -> tuple[str, str]:
        return deposit.state, deposit.get_state_display()

    @display(description=_("files"), ordering="files_")
    def file_count(self, deposit: Any) -> str:
        address = reverse("admin:archive_storedfile_changelist")
        return format_html(
            '<a class="link" href="{}?deposit__id__exact={}">{}</a>',
            address, deposit.pk, deposit.files_,
        )  # fmt: skip

    @display(description=_("size"), ordering="bytes_")
    def size(self, deposit: Any) -> str:
        return filesizeformat(deposit.bytes_ or 0)

    @display(description=_("preservation events"))
    def events(self, deposit: Deposit) -> str:
        return events_of(PreservationEvent.Subject.DEPOSIT, deposit.key)


@admin.register(StoredFile)
class StoredFileAdmin(ShownOnly):
    list_display = ["name", "deposit", "size", "format_name", "risk", "is_elsewhere"]
    list_filter = [
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


@admin.register(PreservedRecord)
class PreservedRecordAdmin(KeptAdmin):
    list_display = ["__str__", "version", "condition_shown", "checked_at",
                    "replicated_version", "preserved_at", "changed_at"]  # fmt: skip
    list_filter = ["kind", "condition"]
    search_fields = ["key"]
    readonly_fields = ["events"]

    def package(self, request: HttpRequest, kept: Any) -> Iterator[bytes]:
        return package_record(kept, form="zip", by=_person(request))

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


def _person(request: HttpRequest) -> AbstractBaseUser | None:
    return request.user if isinstance(request.user, AbstractBaseUser) else None


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
