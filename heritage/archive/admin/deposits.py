"""Deposits: what was handed in together."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from heritage.archive import inbox_views as pages
from heritage.archive.actions.package import package_deposit
from heritage.archive.models import Deposit, PreservationEvent
from heritage.archive.views import storage
from heritage.lib.admin_pages import OwnPages

from .base import KeptAdmin, events_of
from .sight import RetirableAdmin, SightFilter

STATE_COLOURS = {"sealed": "success", "receiving": "info", "refused": "danger"}


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


@admin.register(Deposit)
class DepositAdmin(OwnPages, RetirableAdmin, KeptAdmin):
    list_display = ["key", "kind", "state_shown", "condition_shown", "sight", "file_count", "size", "note",
                    "inbox_name", "created_by", "created_at"]  # fmt: skip
    list_filter = ["kind", "state", "condition", SightFilter, InboxFilter]
    list_select_related = ["created_by"]
    search_fields = ["key", "note", "files__name"]
    readonly_fields = ["file_count", "size", "events"]
    actions_list = ["open_storage", "open_inbox"]
    actions_detail = [*KeptAdmin.actions_detail, *RetirableAdmin.actions_detail]
    routes_named = "archive"
    routes = (
        ("storage/", storage, "storage"),
        ("inbox/", pages.inbox, "inbox"),
        ("inbox/send/", pages.send, "inbox_send"),
        ("inbox/hand-over/", pages.hand_over, "inbox_hand_over"),
        ("inbox/records/", pages.records, "inbox_records"),
        ("inbox/thumbnail/<slug:key>/", pages.thumbnail, "inbox_thumbnail"),
        ("inbox/<slug:key>/throw-out/", pages.throw_out, "inbox_throw_out"),
    )

    @action(description=_("Storage"), icon="storage")
    def open_storage(self, request: HttpRequest) -> HttpResponseBase:
        return redirect("admin:archive_storage")

    @action(description=_("Inbox"), icon="inbox")
    def open_inbox(self, request: HttpRequest) -> HttpResponseBase:
        return redirect("admin:archive_inbox")

    def package(self, request: HttpRequest, kept: Any) -> Iterator[bytes]:
        person: Any = request.user
        return package_deposit(kept, form="zip", by=person)

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
