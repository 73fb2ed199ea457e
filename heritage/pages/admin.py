"""What visitors ask, as a work list for curators."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from heritage.catalogue.admin.base import PolicyAdmin
from heritage.catalogue.policy import person_of

from .actions.answering import (
    close_report,
    grant_files,
    refuse_files,
    tell_decision,
)
from .errors import AskingError
from .granting import granted_address
from .models import ErrorReport, ModelRequest

COLOURS = {
    "open": "warning", "granted": "success", "refused": "danger", "mended": "success",
    "dismissed": "info",
}  # fmt: skip


class AskedAdmin(PolicyAdmin):
    """For curators: rows come from visitors, are answered once, and stay."""

    list_filter: tuple[Any, ...] = ("state",)
    answered_fields: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = [name for row in self.fields for name in _flat(row)]
        if obj is not None and obj.state == "open":
            return [name for name in names if name not in self.answered_fields]
        return names

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._curates(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._curates(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._curates(request, obj)

    def has_answer_permission(
        self, request: HttpRequest, object_id: Any = None
    ) -> bool:
        rows = self.get_queryset(request).filter(state="open")
        return object_id is None or rows.filter(pk=object_id).exists()

    @display(description=_("state"), label=COLOURS)
    def state_shown(self, row: Any) -> tuple[str, str]:
        return row.state, row.get_state_display()

    def perform(self, request: HttpRequest, act: Callable[[], None]) -> bool:
        try:
            act()
        except AskingError as error:
            messages.error(request, str(error))
            return False
        return True

    def _curates(self, request: HttpRequest, obj: Any = None) -> bool:
        person = person_of(request)
        if person.is_administrator:
            return True
        if obj is None:
            return bool(person.curates)
        return self.collection_of(obj) in person.curates


@admin.register(ModelRequest)
class ModelRequestAdmin(AskedAdmin):
    collection_path = "relic.collection"
    list_display = ("relic", "state_shown", "wish", "organisation", "asked_at")
    list_select_related = ("relic",)
    search_fields = ("relic__name_zh", "relic__name_en", "organisation", "key")
    fields = (
        "relic", ("state", "asked_at"), ("name", "organisation", "email"),
        ("wish", "purpose"), ("grant", "until"), "reply", "link",
        ("handled_at", "handled_by"),
    )  # fmt: skip
    answered_fields = ("grant", "until", "reply")
    actions_submit_line = ("grant_files", "refuse_files")

    @display(description=_("address of the files"))
    def link(self, asked: ModelRequest) -> str:
        if asked.state != ModelRequest.State.GRANTED:
            return "–"
        return format_html("<code>{}</code>", granted_address(asked))

    @action(description=_("Grant"), permissions=["answer"])
    def grant_files(self, request: HttpRequest, asked: ModelRequest) -> None:
        if self.perform(request, lambda: grant_files(asked, by=request.user)):
            self._tell(request, asked)

    @action(description=_("Refuse"), permissions=["answer"])
    def refuse_files(self, request: HttpRequest, asked: ModelRequest) -> None:
        if self.perform(request, lambda: refuse_files(asked, by=request.user)):
            self._tell(request, asked)

    def _tell(self, request: HttpRequest, asked: ModelRequest) -> None:
        """Write once the decision stands: no mail server holds up other writers."""
        transaction.on_commit(lambda: self._write(request, asked))

    def _write(self, request: HttpRequest, asked: ModelRequest) -> None:
        if tell_decision(asked):
            messages.success(request, _("The decision went out by e-mail."))
        else:
            told = _("No e-mail went out: write to %(email)s yourself.")
            messages.warning(request, told % {"email": asked.email or "–"})


@admin.register(ErrorReport)
class ErrorReportAdmin(AskedAdmin):
    list_display = ("text_shown", "record_shown", "state_shown", "asked_at")
    search_fields = ("text", "record_key")
    list_filter = ("state", "record_kind")
    fields = (
        "record_shown", ("state", "asked_at"), "text", "email", "note",
        ("handled_at", "handled_by"),
    )  # fmt: skip
    answered_fields = ("note",)
    actions_submit_line = ("mended", "dismiss")

    @display(description=_("what is wrong"))
    def text_shown(self, report: ErrorReport) -> str:
        return report.text[:80]

    @display(description=_("record"))
    def record_shown(self, report: ErrorReport) -> str:
        try:
            address = reverse(report.record_kind, args=[report.record_key])
        except NoReverseMatch:  # of a kind that had a page once
            return report.record_key
        record = report.find_record()
        name = record.title if record else f"{report.record_kind}/{report.record_key}"
        return format_html('<a class="link" href="{}">{}</a>', address, name)

    @action(description=_("Mended"), permissions=["answer"])
    def mended(self, request: HttpRequest, report: ErrorReport) -> None:
        state = ErrorReport.State.MENDED
        self.perform(request, lambda: close_report(report, state, by=request.user))

    @action(description=_("No mistake"), permissions=["answer"])
    def dismiss(self, request: HttpRequest, report: ErrorReport) -> None:
        state = ErrorReport.State.DISMISSED
        self.perform(request, lambda: close_report(report, state, by=request.user))


def _flat(row: Any) -> tuple[str, ...]:
    return row if isinstance(row, tuple) else (row,)
