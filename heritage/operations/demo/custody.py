"""The demo's ledger, a slip that is out, and a stocktaking that was accepted."""

from datetime import timedelta
from typing import Final

from django.contrib.auth.models import User
from django.utils import timezone

from heritage.catalogue.models import Collection, Membership, Relic
from heritage.custody.actions.approvals import answer
from heritage.custody.actions.ledger import correct, enter_all
from heritage.custody.actions.slips import Seen, Wish, hand_out, request_use
from heritage.custody.actions.stocktaking import (
    accept_differences,
    close_stocktake,
    note_seen,
    start_stocktake,
)
from heritage.custody.models import LedgerEntry, Slip, Stocktake

# Accounts beside the curator's, with its password.
KEEPERS: Final = {
    "demo-ledger": Membership.Role.LEDGER_KEEPER,
    "demo-store": Membership.Role.STORE_KEEPER,
}
STORE: Final = "演示库房"
LENT_DAYS = 14


def write_custody(curator: User, collection: Collection) -> None:
    """Enter the demo's relics, correct a line, count the store, hand one relic out."""
    ledger_keeper, store_keeper = (
        _keeper(name, curator, collection) for name in KEEPERS
    )
    relics = list(
        Relic.objects.filter(collection=collection, is_demo=True).order_by("pk")
    )
    if not relics:
        return
    enter_all(relics, by=ledger_keeper)
    if not LedgerEntry.objects.filter(is_demo=True, kind="corrected").exists():
        told = {"note": "底部有烟炱痕"}
        correct(relics[0], told, by=ledger_keeper, reason="登账时漏记，复核补记")
    if not Stocktake.objects.filter(collection=collection).exists():
        _count(collection, store_keeper, ledger_keeper)
    if not Slip.objects.filter(collection=collection).exists():
        _hand_out(relics[-1], curator, store_keeper)


def _keeper(name: str, curator: User, collection: Collection) -> User:
    user, is_new = User.objects.get_or_create(
        username=name, defaults={"is_staff": True, "password": curator.password}
    )
    if is_new:
        Membership.objects.create(user=user, collection=collection, role=KEEPERS[name])
    return user


def _count(collection: Collection, counts: User, accepts: User) -> None:
    """All is found but the last, which stands in another cabinet."""
    stocktake = start_stocktake(collection, STORE, by=counts)
    lines = list(stocktake.lines.select_related("relic"))
    for line in lines:
        place = f"{STORE} · 二柜" if line is lines[-1] else line.expected_at
        note_seen(stocktake, line.relic.key, place=place, by=counts)
    close_stocktake(stocktake, by=counts)
    accept_differences(stocktake, by=accepts)


def _hand_out(relic: Relic, approves: User, store_keeper: User) -> None:
    due = timezone.localdate() + timedelta(days=LENT_DAYS)
    wish = Wish("digitization", "演示摄影室", "演示摄影师", due, "补拍细部")
    slip = request_use([relic], wish, collection=relic.collection, by=store_keeper)
    answer(slip, by=approves, agrees=True)
    slip.refresh_from_db()
    if slip.state == Slip.State.APPROVED:  # the first grade waits for a director
        seen = {
            item.pk: Seen(relic.completeness or "complete") for item in slip.items.all()
        }
        hand_out(slip, seen, by=store_keeper)
