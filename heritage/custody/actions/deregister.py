"""Deregister: ask with a reason, be approved by grade, then strike off the ledger."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.catalogue.actions import record_act
from heritage.catalogue.models import Collection, Move, Relic
from heritage.custody.duties import Duty, check_duty
from heritage.custody.errors import NotAvailable, RequestClosed, Unsaid
from heritage.custody.models import Deregistration, SlipItem

from .ledger import strike_off

State = Deregistration.State


@dataclass(frozen=True)
class Ground:
    """Why an object leaves the collection, and where it goes."""

    reason: str
    note: str
    destination: str = ""


@transaction.atomic
def request_deregistration(relic: Relic, ground: Ground, *, by: Any) -> Deregistration:
    """Ask that an object be struck off; raises `NotYourDuty`, `Unsaid`, `NotAvailable`."""
    check_duty(by, relic.collection, Duty.HEAD, Duty.LEDGER, Duty.STORES)
    if not ground.note.strip() or ground.reason not in Deregistration.Reason.values:
        raise Unsaid([_("the reason, in words")])
    Collection.objects.select_for_update().get(pk=relic.collection_id)
    _check_in_the_house(relic)
    open_ones = Deregistration.objects.filter(relic=relic).exclude(state=State.REFUSED)
    if open_ones.exists():
        raise NotAvailable([relic.title])
    number = Deregistration.next_number(relic.collection, "relic__collection")
    made: Deregistration = Deregistration.objects.create(
        relic=relic, number=number, requested_by=by, reason=ground.reason,
        note=ground.note.strip(), destination=ground.destination.strip(),
    )  # fmt: skip
    return made


@transaction.atomic
def carry_out(asked: Deregistration, *, by: Any) -> None:
    """Strike an approved object off the ledger; its record stays and says so.

    Raises `RequestClosed`, `StillToApprove`, `NotYourDuty`, `NotInLedger`,
    `NotAvailable`.
    """
    asked = Deregistration.objects.select_for_update().get(pk=asked.pk)
    if asked.state != State.APPROVED:
        raise RequestClosed(str(asked), str(asked.get_state_display()))
    asked.hold_subjects()
    relic = Relic.objects.get(pk=asked.relic_id)
    check_duty(by, relic.collection, Duty.LEDGER)
    asked.check_approved()
    _check_in_the_house(relic)
    reason = f"{asked.get_reason_display()}: {asked.note}"
    strike_off(relic, by=by, reason=reason[:500], voucher=asked.voucher)
    where = asked.destination or asked.get_reason_display()
    place = _("deregistered: %(where)s") % {"where": where}
    move = Move(
        relic=relic, store=place[:200], evidence=asked.voucher,
        decided_on=timezone.localdate(),
    )  # fmt: skip
    record_act(move, by=by, on_duty=True)
    asked.state, asked.done_by, asked.done_at = State.DONE, by, timezone.now()
    asked.save(update_fields=["state", "done_by", "done_at"])


def _check_in_the_house(relic: Relic) -> None:
    """What is out comes back first: a slip must not stay open for ever."""
    if SlipItem.objects.filter(relic=relic, is_out=True).exists():
        raise NotAvailable([relic.title])
