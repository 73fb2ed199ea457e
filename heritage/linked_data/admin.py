"""What waits for the graph, and what it would not take."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from .models import Outbox


@admin.register(Outbox)
class OutboxAdmin(ModelAdmin):
    """For administrators: read, and try again."""

    list_display = (
        "created_at",
        "kind",
        "key",
        "state_shown",
        "attempts",
        "error_shown",
    )
    list_filter = ("is_dead", "kind")
    search_fields = ("key", "error")
    actions = ("try_again",)

    @display(
        description=_("state"),
        label={"dead": "danger", "done": "success", "waiting": "info"},
    )
    def state_shown(self, row: Outbox) -> tuple[str, str]:
        if row.is_dead:
            return "dead", str(_("given up"))
        return (
            ("done", str(_("done"))) if row.done_at else ("waiting", str(_("waiting")))
        )

    @display(description=_("error"))
    def error_shown(self, row: Outbox) -> str:
        return row.error[:200]

    @admin.action(description=_("Try again"))
    def try_again(self, request: HttpRequest, rows: QuerySet[Outbox]) -> None:
        count = rows.filter(done_at__isnull=True).update(
            is_dead=False, attempts=0, try_after=None, error=""
        )
        messages.success(
            request, _("%(count)d graph changes wait again.") % {"count": count}
        )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission
