"""Slips: ask for objects, hand them out, take them back. Locations follow from these."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.catalogue.actions import record_act
from heritage.catalogue.models import Collection, ConditionCheck, Move, Relic
from heritage.catalogue.policy import Person
from heritage.custody.duties import Duty, check_duty
from heritage.custody.errors import NotAvailable, NotYourDuty, RequestClosed, Unsaid
from heritage.custody.models import Deregistration, Slip, SlipItem

State = Slip.State


@dataclass(frozen=True)
class Wish:
    """What a slip says before anybody has answered."""

    purpose: str
    destination: str
    receiver: str
    due_on: date | None
    note: str = ""


@dataclass(frozen=True)
class Seen:
    """How an object was when it changed hands, and where it was put."""

    condition: str
    note: str = ""
    store: str = ""
    cabinet: str = ""
    shelf: str = ""


@transaction.atomic
def request_use(
    relics: Iterable[Relic], wish: Wish, *, collection: Collection, by: Any
) -> Slip:
    """Ask for objects of a collection; whoever writes or keeps there may.

    Raises `NotYourDuty`, `Unsaid`, `NotAvailable`.
    """
    person = Person.of(by)
    if collection.pk not in person.works_in | person.keeps_ledger | person.keeps_store:
        raise NotYourDuty([_("somebody who works in the collection")])
    chosen = list(relics)
    due_on = _check_said(wish, chosen)
    Collection.objects.select_for_update().get(pk=collection.pk)
    _check_available(chosen, collection)
    slip = Slip.objects.create(
        collection=collection, number=Slip.next_number(collection, "collection"),
        purpose=wish.purpose, destination=wish.destination.strip(),
        receiver=wish.receiver.strip(), due_on=due_on, note=wish.note.strip(),
        requested_by=by,
    )  # fmt: skip
    for relic in chosen:
        SlipItem.objects.create(slip=slip, relic=relic)
    return slip


@transaction.atomic
def cancel(slip: Slip, *, by: Any) -> None:
    """Take a request back before anything was handed out.

    Raises `RequestClosed`, `NotYourDuty`.
    """
    slip = _in_state(slip, State.REQUESTED, State.APPROVED)
    if by.pk != slip.requested_by_id:
        check_duty(by, slip.collection, Duty.HEAD)
    slip.state, slip.closed_at = State.CANCELLED, timezone.now()
    slip.save(update_fields=["state", "closed_at"])


@transaction.atomic
def hand_out(slip: Slip, seen: Mapping[int, Seen], *, by: Any) -> None:
    """Hand out all objects of an approved slip; `seen` by the keys of its items.

    Raises `RequestClosed`, `StillToApprove`, `NotYourDuty`, `Unsaid`, `NotAvailable`.
    """
    slip = _in_state(slip, State.APPROVED)
    check_duty(by, slip.collection, Duty.STORES)
    slip.hold_subjects()
    slip.check_approved()
    items = list(slip.items.select_related("relic"))
    _check_seen(items, seen)
    _check_available([item.relic for item in items], slip.collection)
    for item in items:
        _give(item, seen[item.pk], by)
    slip.state, slip.handed_by, slip.handed_at = State.OUT, by, timezone.now()
    slip.save(update_fields=["state", "handed_by", "handed_at"])


@transaction.atomic
def take_back(slip: Slip, seen: Mapping[int, Seen], *, by: Any) -> None:
    """Take objects back into the store, some or all; the slip closes with the last.

    Raises `RequestClosed`, `NotYourDuty`, `Unsaid`.
    """
    slip = _in_state(slip, State.OUT)
    check_duty(by, slip.collection, Duty.STORES)
    rows = slip.items.filter(is_out=True, pk__in=seen).select_related("relic")
    items = list(rows)
    _check_seen(items, seen)
    if not items or any(not seen[item.pk].store.strip() for item in items):
        raise Unsaid([_("the store it is put back into")])
    for item in items:
        _put_back(item, seen[item.pk], by)
    if not slip.items.filter(is_out=True).exists():
        slip.state, slip.closed_at = State.RETURNED, timezone.now()
        slip.save(update_fields=["state", "closed_at"])


def _give(item: SlipItem, seen: Seen, by: Any) -> None:
    relic = item.relic
    item.taken_from, item.is_out = relic.store_location, True
    item.condition_out, item.note_out = seen.condition, seen.note.strip()
    item.save(update_fields=["taken_from", "is_out", "condition_out", "note_out"])
    place = _("out: %(where)s") % {"where": item.slip.destination}
    _move(item, Move(relic=relic, store=place[:200]), by)
    _keep_condition(item, seen, by)


def _put_back(item: SlipItem, seen: Seen, by: Any) -> None:
    parts = {
        name: getattr(seen, name).strip() for name in ("store", "cabinet", "shelf")
    }
    move = Move(relic=item.relic, **parts)
    item.returned_to = move.outcome["store_location"]
    item.is_out, item.returned_at, item.taken_back_by = False, timezone.now(), by
    item.condition_in, item.note_in = seen.condition, seen.note.strip()
    item.save()
    _move(item, move, by)
    _keep_condition(item, seen, by)


def _move(item: SlipItem, move: Move, by: Any) -> None:
    move.decided_on, move.evidence = timezone.localdate(), str(item.slip)
    record_act(move, by=by, on_duty=True)


def _keep_condition(item: SlipItem, seen: Seen, by: Any) -> None:
    """A condition that is no longer what the register says becomes an act."""
    relic = Relic.objects.get(pk=item.relic_id)
    if seen.condition == relic.completeness:
        return
    check = ConditionCheck(
        relic=relic, completeness=seen.condition, preservation=relic.preservation,
        completeness_note=seen.note.strip(), evidence=str(item.slip),
        decided_on=timezone.localdate(),
    )  # fmt: skip
    record_act(check, by=by, on_duty=True)


def _check_said(wish: Wish, relics: list[Relic]) -> date:
    """Give the day by which all is due back."""
    said = {
        _("which objects"): bool(relics),
        _("the purpose"): wish.purpose in Slip.Purpose.values,
        _("where they go"): bool(wish.destination.strip()),
        _("who receives them"): bool(wish.receiver.strip()),
        _("when they are due back"): wish.due_on is not None
        and wish.due_on >= timezone.localdate(),
    }
    unsaid = [name for name, is_said in said.items() if not is_said]
    if unsaid or wish.due_on is None:
        raise Unsaid(unsaid)
    return wish.due_on


def _check_seen(items: list[SlipItem], seen: Mapping[int, Seen]) -> None:
    unsaid = [
        item.relic.title
        for item in items
        if item.pk not in seen or not seen[item.pk].condition
    ]
    if unsaid:
        raise Unsaid([_("the condition of %s") % name for name in unsaid])


def _check_available(relics: list[Relic], collection: Collection) -> None:
    pks = [relic.pk for relic in relics]
    out = SlipItem.objects.filter(relic__in=pks, is_out=True)
    struck = Deregistration.objects.filter(relic__in=pks).exclude(
        state=Deregistration.State.REFUSED
    )
    taken = {
        *out.values_list("relic", flat=True),
        *struck.values_list("relic", flat=True),
    }
    names = [
        relic.title
        for relic in relics
        if relic.pk in taken or relic.collection_id != collection.pk
    ]
    if names:
        raise NotAvailable(names)


def _in_state(slip: Slip, *states: str) -> Slip:
    found: Slip = Slip.objects.select_for_update().get(pk=slip.pk)
    if found.state not in states:
        raise RequestClosed(str(found), str(found.get_state_display()))
    return found
