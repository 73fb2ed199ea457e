"""Answer a request: rank by rank, each by another person than who asked."""

from typing import Any, Final

from django.db import transaction

from heritage.catalogue.models import Collection
from heritage.custody.duties import Duty, check_duty
from heritage.custody.errors import (
    DocumentMissing,
    NotYourTurn,
    OwnRequest,
    RequestClosed,
)
from heritage.custody.models import Approval, Deregistration, Rank, Slip

Asked = Slip | Deregistration
# Who writes an answer down: what comes from outside, the director on its document.
DUTY: Final = {
    Rank.HEAD: Duty.HEAD,
    Rank.DIRECTOR: Duty.DIRECTOR,
    Rank.AUTHORITY: Duty.DIRECTOR,
    Rank.STATE: Duty.DIRECTOR,
}
OUTSIDE: Final = (Rank.AUTHORITY, Rank.STATE)


@transaction.atomic
def answer(
    asked: Asked,
    *,
    by: Any,
    agrees: bool,
    rank: str = "",
    document_no: str = "",
    note: str = "",
) -> Approval:
    """Give the answer of the rank whose turn it is; a refusal ends the request.

    `rank`, where given, is the one that the form was about: another has answered since.
    Raises `RequestClosed`, `NotYourDuty`, `NotYourTurn`, `OwnRequest`, `DocumentMissing`.
    """
    asked = _locked(asked)
    asked.hold_subjects()
    turn = asked.turn
    if turn is None:
        raise RequestClosed(str(asked), str(asked.get_state_display()))
    if rank and rank != turn:
        raise NotYourTurn(str(turn.label))
    check_duty(by, collection_of(asked), DUTY[turn])
    _check_other_eyes(asked, turn, by)
    if turn in OUTSIDE and not document_no.strip():
        raise DocumentMissing(str(turn.label))
    given = Approval.objects.create(
        **_subject(asked), rank=turn, agrees=agrees, by=by,
        document_no=document_no.strip(), note=note.strip(),
    )  # fmt: skip
    _follow(asked, agrees=agrees)
    return given


def collection_of(asked: Asked) -> Collection:
    return asked.collection if isinstance(asked, Slip) else asked.relic.collection


def _follow(asked: Asked, *, agrees: bool) -> None:
    if not agrees:
        asked.state = asked.State.REFUSED
    elif asked.next_rank is None:
        asked.state = asked.State.APPROVED
    asked.save(update_fields=["state"])


def _check_other_eyes(asked: Asked, turn: Rank, by: Any) -> None:
    if by.pk == asked.requested_by_id:
        raise OwnRequest
    # What comes from outside is written down by the director, who has answered before.
    if turn not in OUTSIDE and asked.approvals.filter(by=by).exists():
        raise OwnRequest


def _subject(asked: Asked) -> dict[str, Asked]:
    return {"slip" if isinstance(asked, Slip) else "deregistration": asked}


def _locked(asked: Asked) -> Any:
    return type(asked)._default_manager.select_for_update().get(pk=asked.pk)
