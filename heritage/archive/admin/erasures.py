"""Lawful erasures: asked for, confirmed by a second person, certified."""

import json
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from heritage.archive.actions.erase import confirm_erasure, decline_erasure
from heritage.archive.asking import Question, ask
from heritage.archive.certificate import certificate, certificate_pdf
from heritage.archive.models import Erasure
from heritage.archive.rights import CONFIRM_ERASURE, has_right
from heritage.lib.admin import ShownOnly

from .base import is_among, shown_object

STATE_COLOURS = {
    "asked": "warning", "declined": "", "confirmed": "info", "done": "danger",
}  # fmt: skip


@admin.register(Erasure)
class ErasureAdmin(ShownOnly):
    list_display = [
        "key",
        "state_shown",
        "ground",
        "asked_by",
        "asked_at",
        "decided_by",
        "done_at",
    ]
    list_filter = ["state"]
    list_select_related = ["asked_by", "decided_by"]
    search_fields = ["key", "ground"]
    fields = [
        "key",
        "state_shown",
        "ground",
        "asked_by",
        "asked_at",
        "decided_by",
        "decided_at",
        "done_at",
        "files_shown",
    ]
    readonly_fields = fields
    actions_detail = ["confirm", "decline", "as_pdf", "as_json"]

    @display(description=gettext_lazy("state"), ordering="state", label=STATE_COLOURS)
    def state_shown(self, erasure: Erasure) -> tuple[str, str]:
        return erasure.state, erasure.get_state_display()

    @display(description=gettext_lazy("what is erased"))
    def files_shown(self, erasure: Erasure) -> str:
        rows = [
            (
                f"{item['deposit']}/{item['name']}",
                filesizeformat(item["bytes"]),
                item["sha512"][:16],
            )
            for item in erasure.items
        ]
        return format_html_join("", "{} · {} · {}…<br>", rows)

    @action(description=gettext_lazy("Confirm"), icon="check", permissions=["confirm"])
    def confirm(self, request: HttpRequest, object_id: int) -> HttpResponse:
        erasure = shown_object(self, request, object_id)

        def act(_reason: str) -> str:
            confirm_erasure(erasure, by=_user(request))
            messages.success(
                request, _("The erasure is carried out; the certificate will be here.")
            )
            return ""

        about = _("%(who)s asks for it on this ground: %(ground)s. What is erased never comes back.") % {
            "who": erasure.asked_by, "ground": erasure.ground,
        }  # fmt: skip
        question = Question(
            _("Confirm the erasure %(key)s") % {"key": erasure}, about, _("Erase for ever"), act,
            names=[f"{item['deposit']}/{item['name']}" for item in erasure.items],
        )  # fmt: skip
        return ask(request, erasure, question)

    @action(description=gettext_lazy("Decline"), icon="close", permissions=["decline"])
    def decline(self, request: HttpRequest, object_id: int) -> HttpResponse:
        erasure = shown_object(self, request, object_id)

        def act(_reason: str) -> str:
            decline_erasure(erasure, by=_user(request))
            return ""

        question = Question(
            _("Decline the erasure %(key)s") % {"key": erasure},
            _("Everything stays as it is."),
            _("Decline"),
            act,
        )
        return ask(request, erasure, question)

    @action(
        description=gettext_lazy("Certificate (PDF)"),
        icon="picture_as_pdf",
        permissions=["certificate"],
    )
    def as_pdf(self, request: HttpRequest, object_id: int) -> HttpResponse:
        erasure = shown_object(self, request, object_id)
        return _file(
            certificate_pdf(erasure), "application/pdf", f"erasure-{erasure}.pdf"
        )

    @action(
        description=gettext_lazy("Certificate (JSON)"),
        icon="data_object",
        permissions=["certificate"],
    )
    def as_json(self, request: HttpRequest, object_id: int) -> HttpResponse:
        erasure = shown_object(self, request, object_id)
        text = json.dumps(certificate(erasure), ensure_ascii=False, indent=1)
        return _file(text.encode(), "application/json", f"erasure-{erasure}.json")

    def has_confirm_permission(
        self, request: HttpRequest, object_id: Any = None
    ) -> bool:
        return has_right(_user(request), CONFIRM_ERASURE) and _is_in(object_id, "asked")

    def has_decline_permission(
        self, request: HttpRequest, object_id: Any = None
    ) -> bool:
        return _is_in(object_id, "asked")

    def has_certificate_permission(
        self, request: HttpRequest, object_id: Any = None
    ) -> bool:
        return _is_in(object_id, "done")


def _is_in(object_id: Any, state: str) -> bool:
    rows = Erasure.objects.filter(state=state)
    return object_id is None or is_among(rows, object_id)


def _file(data: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _user(request: HttpRequest) -> Any:
    return request.user
