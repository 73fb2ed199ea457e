"""Count a store: scan what lies there, close, have the differences accepted as acts."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.archive.pages import note_rows
from heritage.catalogue.actions import record_act
from heritage.catalogue.models import Collection, Move, Relic
from heritage.custody.codes import find_by_code
from heritage.custody.duties import Duty, check_duty
from heritage.custody.errors import RequestClosed, UnknownLabel, Unsaid
from heritage.custody.models import (
    Deregistration,
    SlipItem,
    Stocktake,
    StocktakeLine,
)

State, Line = Stocktake.State, StocktakeLine.State


@transaction.atomic
def start_stocktake(collection: Collection, store: str, *, by: Any) -> Stocktake:
    """List what should lie where locations begin with `store`.

    Raises `NotYourDuty`, `Unsaid`.
    """
    check_duty(by, collection, Duty.STORES)
    if not store.strip():
        raise Unsaid([_("which store")])
    stocktake: Stocktake = Stocktake.objects.create(
        collection=collection, store=store.strip(), started_by=by
    )
    gone = Deregistration.objects.filter(state=Deregistration.State.DONE)
    relics = Relic.objects.filter(
        collection=collection, store_location__startswith=store.strip()
    ).exclude(pk__in=gone.values("relic"))
    out = SlipItem.objects.filter(
        slip__collection=collection, is_out=True, taken_from__startswith=store.strip()
    )
    lines = [
        StocktakeLine(stocktake=stocktake, relic_id=pk, expected_at=place)
        for pk, place in relics.values_list("pk", "store_location")
    ] + [
        StocktakeLine(
            stocktake=stocktake, relic_id=pk, expected_at=place, state=Line.OUT
        )
        for pk, place in out.values_list("relic", "taken_from")
    ]
    made = StocktakeLine.objects.bulk_create(lines, batch_size=500)
    note_rows(StocktakeLine, *(line.pk for line in made))
    return stocktake


@transaction.atomic
def note_seen(stocktake: Stocktake, code: str, *, place: str, by: Any) -> StocktakeLine:
    """Note that an object was seen, at `place` where that is said.

    It is found if it lies as expected: no place said, or the one expected begins with
    it. Raises `NotYourDuty`, `RequestClosed`, `UnknownLabel`.
    """
    stocktake = _in_state(stocktake, State.OPEN)
    check_duty(by, stocktake.collection, Duty.STORES)
    relic = find_by_code(code, stocktake.collection)
    if relic is None:
        raise UnknownLabel(code)
    line, _made = StocktakeLine.objects.get_or_create(
        stocktake=stocktake, relic=relic,
        defaults={"expected_at": relic.store_location},
    )  # fmt: skip
    line.found_at = place.strip() or stocktake.store
    is_right = line.expected_at == line.found_at or line.expected_at.startswith(
        f"{line.found_at} · "
    )
    line.state = Line.FOUND if is_right else Line.MISPLACED
    line.seen_at, line.seen_by = timezone.now(), by
    line.save()
    return line


@transaction.atomic
def close_stocktake(stocktake: Stocktake, *, by: Any) -> None:
    """End the counting: what nobody saw is out on a slip, or missing.

    Raises `NotYourDuty`, `RequestClosed`.
    """
    stocktake = _in_state(stocktake, State.OPEN)
    check_duty(by, stocktake.collection, Duty.STORES)
    out = SlipItem.objects.filter(is_out=True).values("relic")
    for line in stocktake.lines.filter(state=Line.WAITING):
        is_out = out.filter(relic=line.relic_id).exists()
        line.state = Line.OUT if is_out else Line.MISSING
        line.save(update_fields=["state"])
    stocktake.state, stocktake.closed_at = State.CLOSED, timezone.now()
    stocktake.save(update_fields=["state", "closed_at"])


@transaction.atomic
def accept_differences(stocktake: Stocktake, *, by: Any) -> int:
    """Let the register follow what was found; the ledger keeper does, who counts not.

    A misplaced object moves to where it lies; of a missing one the location says so.
    What was moved, handed out or deregistered since the counting stays as it is.
    Tells how many acts were recorded. Raises `NotYourDuty`, `RequestClosed`.
    """
    stocktake = _in_state(stocktake, State.CLOSED)
    check_duty(by, stocktake.collection, Duty.LEDGER)
    lines = _still_so(stocktake)
    for line in lines:
        _accept(line, by)
    stocktake.state, stocktake.accepted_by = State.ACCEPTED, by
    stocktake.accepted_at = timezone.now()
    stocktake.save(update_fields=["state", "accepted_by", "accepted_at"])
    return len(lines)


def _still_so(stocktake: Stocktake) -> list[StocktakeLine]:
    """Give the differing lines whose relics are still where the counting expected them."""
    differing = stocktake.lines.filter(state__in=StocktakeLine.DIFFERING)
    pks = list(differing.values_list("relic", flat=True))
    # Locked before it is looked at: nobody hands one out meanwhile.
    list(Relic.objects.select_for_update().filter(pk__in=pks).values_list("pk"))
    out = SlipItem.objects.filter(is_out=True, relic__in=pks)
    gone = Deregistration.objects.filter(state=Deregistration.State.DONE, relic__in=pks)
    rows = differing.exclude(relic__in=out.values("relic"))
    rows = rows.exclude(relic__in=gone.values("relic"))
    same = rows.filter(relic__store_location=F("expected_at"))
    return list(same.select_related("relic"))


def _accept(line: StocktakeLine, by: Any) -> None:
    missing = _("not found, expected at %(where)s") % {"where": line.expected_at}
    place = line.found_at if line.state == Line.MISPLACED else missing
    store, cabinet, shelf = (*place.split(" · ", 2), "", "")[:3]
    told = _("stocktaking %(name)s") % {"name": line.stocktake}
    move = Move(
        relic=line.relic, store=store[:200], cabinet=cabinet[:80], shelf=shelf[:80],
        evidence=told, decided_on=timezone.localdate(),
    )  # fmt: skip
    record_act(move, by=by, on_duty=True)
    line.is_accepted = True
    line.save(update_fields=["is_accepted"])


def _in_state(stocktake: Stocktake, state: str) -> Stocktake:
    found: Stocktake = Stocktake.objects.select_for_update().get(pk=stocktake.pk)
    if found.state != state:
        raise RequestClosed(str(found), str(found.get_state_display()))
    return found
