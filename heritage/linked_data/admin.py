"""The graph's changes in the admin: what waits, what was given up and why."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from heritage.lib.admin import ShownOnly

from .models import Outbox
from .projector import revive


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("waiting", _("waiting")),
            ("dead", _("given up")),
            ("done", _("done")),
        ]

    def queryset(
        self, request: HttpRequest, rows: QuerySet[Outbox]
    ) -> QuerySet[Outbox]:
        states = {
            "waiting": {"done_at__isnull": True, "is_dead": False},
            "dead": {"done_at__isnull": True, "is_dead": True},
            "done": {"done_at__isnull": False},
        }
        return rows.filter(**states.get(self.value() or "", {}))


@admin.register(Outbox)
class OutboxAdmin(ShownOnly):
    list_display = ["__str__", "created_at", "done_at", "attempts", "is_dead", "error"]
    list_filter = [StateFilter]
    search_fields = ["key"]
    actions = ["try_again"]

    @admin.action(description=gettext_lazy("Build the graphs of the chosen rows again"))
    def try_again(self, request: HttpRequest, rows: QuerySet[Outbox]) -> None:
        count = revive(rows)
        text = ngettext("%(count)d graph waits.", "%(count)d graphs wait.", count)
        messages.success(request, text % {"count": count})
