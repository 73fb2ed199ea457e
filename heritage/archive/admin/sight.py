"""Retire, bring back, ask for erasure: buttons on the pages of deposits and files."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from heritage.archive.actions.erase import ask_erasure
from heritage.archive.actions.retire import bring_back, files_of, retire
from heritage.archive.asking import Question, ask
from heritage.archive.erasing import gather
from heritage.archive.models import Deposit, StoredFile
from heritage.archive.rights import ASK_ERASURE, RETIRE, has_right
from heritage.lib.admin import ShownOnly

from .base import is_among, shown_object

SHOWN_NAMES = 100


class SightFilter(admin.SimpleListFilter):
    title = gettext_lazy("in sight")
    parameter_name = "sight"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("in-use", _("in use")),
            ("retired", _("retired")),
            ("erased", _("erased")),
        ]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        is_file = rows.model is StoredFile
        retired, erased = Q(retired_at__isnull=False), Q(files__erased_by__isnull=False)
        if is_file:
            retired |= Q(deposit__retired_at__isnull=False)
            erased = Q(erased_by__isnull=False)
        states = {"retired": retired, "erased": erased, "in-use": ~retired & ~erased}
        chosen = states.get(self.value() or "")
        return rows.filter(chosen).distinct() if chosen else rows


class RetirableAdmin(ShownOnly):
    """Rows that can be put out of sight with a reason, and brought back."""

    actions_detail = ["put_away", "take_back", "ask_to_erase"]

    @display(
        description=gettext_lazy("in sight"),
        label={"in-use": "success", "retired": "warning", "erased": "danger"},
    )
    def sight(self, thing: Any) -> tuple[str, str]:
        if getattr(thing, "erased_by_id", None) is not None:
            return "erased", _("erased")
        deposit = getattr(thing, "deposit", thing)
        if thing.retired_at is not None or deposit.retired_at is not None:
            return "retired", _("retired")
        return "in-use", _("in use")

    @action(
        description=gettext_lazy("Retire"),
        icon="visibility_off",
        permissions=["put_away"],
    )
    def put_away(self, request: HttpRequest, object_id: int) -> HttpResponse:
        thing = shown_object(self, request, object_id)

        def act(reason: str) -> str:
            retire(thing, reason=reason, by=_user(request))
            return ""

        about = _(
            "Nobody sees it any more: not the public, not the collection, no "
            "reconstruction. The bytes stay as they are, and it can be brought back."
        )
        return ask(
            request,
            thing,
            Question(
                _("Retire %(name)s") % {"name": thing},
                about,
                _("Retire"),
                act,
                _("Reason"),
                _names(thing),
            ),
        )

    @action(
        description=gettext_lazy("Bring back"),
        icon="visibility",
        permissions=["take_back"],
    )
    def take_back(self, request: HttpRequest, object_id: int) -> HttpResponse:
        thing = shown_object(self, request, object_id)

        def act(reason: str) -> str:
            bring_back(thing, reason=reason, by=_user(request))
            return ""

        about = _("It was retired by %(who)s: %(why)s") % {
            "who": thing.retired_by or "–", "why": thing.retired_reason,
        }  # fmt: skip
        return ask(
            request,
            thing,
            Question(
                _("Bring back %(name)s") % {"name": thing},
                about,
                _("Bring back"),
                act,
                _("Reason"),
                _names(thing),
            ),
        )

    @action(
        description=gettext_lazy("Ask for erasure"),
        icon="delete_forever",
        permissions=["ask_to_erase"],
    )
    def ask_to_erase(self, request: HttpRequest, object_id: int) -> HttpResponse:
        thing = shown_object(self, request, object_id)
        chosen = files_of(thing).filter(erased_by__isnull=True)
        doomed = gather(chosen.values_list("pk", flat=True))

        def act(reason: str) -> str:
            erasure = ask_erasure(chosen, ground=reason, by=_user(request))
            return reverse("admin:archive_erasure_change", args=[erasure.pk])

        about = _(
            "Only where a law, a court or a contract demands it. Nothing happens until a "
            "second person has confirmed it; then the bytes of these files, of every copy "
            "and of all that was computed from them are gone for ever."
        )
        return ask(
            request,
            thing,
            Question(
                _("Ask for the erasure of %(name)s") % {"name": thing},
                about,
                _("Ask for erasure"),
                act,
                _("Legal ground"),
                [f"{file.deposit}/{file.name}" for file in doomed[:SHOWN_NAMES]],
            ),
        )

    def has_put_away_permission(
        self, request: HttpRequest, object_id: Any = None
    ) -> bool:
        return self._may(request, object_id, RETIRE, is_retired=False)

    def has_take_back_permission(
        self, request: HttpRequest, object_id: Any = None
    ) -> bool:
        return self._may(request, object_id, RETIRE, is_retired=True)

    def has_ask_to_erase_permission(
        self, request: HttpRequest, object_id: Any = None
    ) -> bool:
        return has_right(_user(request), ASK_ERASURE)

    def _may(
        self, request: HttpRequest, object_id: Any, right: str, *, is_retired: bool
    ) -> bool:
        if not has_right(_user(request), right):
            return False
        rows = self.model._default_manager.filter(retired_at__isnull=not is_retired)
        return object_id is None or is_among(rows, object_id)


def _names(thing: Deposit | StoredFile) -> list[str]:
    return [
        str(name)
        for name in files_of(thing).values_list("name", flat=True)[:SHOWN_NAMES]
    ]


def _user(request: HttpRequest) -> Any:
    return request.user
