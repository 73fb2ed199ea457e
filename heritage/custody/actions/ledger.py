"""Write in the ledger: enter, correct, strike off. Nothing else is ever done to it."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from heritage.archive.pages import note_rows
from heritage.catalogue.models import Collection, Relic
from heritage.custody.book import Line, read_line
from heritage.custody.duties import Duty, check_duty
from heritage.custody.errors import AlreadyEntered, NothingToCorrect, NotInLedger
from heritage.custody.lines import line_of
from heritage.custody.models import COLUMNS, Ledger, LedgerEntry
from heritage.custody.sealing import seal

Kind = LedgerEntry.Kind


@transaction.atomic
def enter(relic: Relic, *, by: Any) -> LedgerEntry:
    """Enter a relic by its register number, as the register has it now.

    Raises `NotYourDuty`, `DutiesApart`, `AlreadyEntered`.
    """
    check_duty(by, relic.collection, Duty.LEDGER)
    ledger = _open(relic.collection)
    if ledger.entries.filter(relic_key=relic.key, kind=Kind.ENTERED).exists():
        raise AlreadyEntered(relic.register_no)
    entry = LedgerEntry(
        kind=Kind.ENTERED, relic_key=relic.key, cells=line_of(relic),
        is_demo=relic.is_demo,
    )  # fmt: skip
    return _append(ledger, entry, by)


def enter_all(relics: Iterable[Relic], *, by: Any) -> int:
    """Enter what is not in the ledger yet; tells how many."""
    count = 0
    for relic in relics:
        try:
            enter(relic, by=by)
        except AlreadyEntered:
            continue
        count += 1
    return count


@transaction.atomic
def correct(
    relic: Relic, changes: dict[str, str], *, by: Any, reason: str
) -> LedgerEntry:
    """Strike texts of a line through and write others beside them.

    Raises `NotYourDuty`, `DutiesApart`, `NotInLedger`, `NothingToCorrect`.
    """
    check_duty(by, relic.collection, Duty.LEDGER)
    ledger = _open(relic.collection)
    line = _standing_line(ledger, relic)
    new = {
        name: text.strip()
        for name, text in changes.items()
        if name in COLUMNS and text.strip() != line.text(name)
    }
    if not new or not reason.strip():
        raise NothingToCorrect
    entry = LedgerEntry(
        kind=Kind.CORRECTED, relic_key=relic.key, about=line.number, cells=new,
        struck={name: line.text(name) for name in new}, reason=reason.strip(),
        is_demo=relic.is_demo,
    )  # fmt: skip
    return _append(ledger, entry, by)


@transaction.atomic
def strike_off(relic: Relic, *, by: Any, reason: str, voucher: str) -> LedgerEntry:
    """Strike a whole line through, on a voucher of deregistration.

    Raises `NotYourDuty`, `DutiesApart`, `NotInLedger`, `NothingToCorrect`.
    """
    check_duty(by, relic.collection, Duty.LEDGER)
    ledger = _open(relic.collection)
    line = _standing_line(ledger, relic)
    if not reason.strip():
        raise NothingToCorrect
    entry = LedgerEntry(
        kind=Kind.STRUCK, relic_key=relic.key, about=line.number,
        reason=reason.strip(), voucher=voucher, is_demo=relic.is_demo,
    )  # fmt: skip
    return _append(ledger, entry, by)


def discard_demo_ledgers() -> int:
    """Take the demo's ledgers away with the demo: the one erasure, of what never was.

    Past the model, which refuses; PostgreSQL's trigger lets pass what the demo wrote.
    """
    rows = LedgerEntry._base_manager.filter(
        ledger__collection__is_demo=True, is_demo=True
    )
    pks = list(rows.values_list("pk", flat=True))
    found = LedgerEntry._base_manager.filter(pk__in=pks)
    count: int = found._raw_delete(using=found.db)
    note_rows(LedgerEntry, *pks)
    Ledger.objects.filter(collection__is_demo=True).delete()
    return count


def _open(collection: Collection) -> Ledger:
    """Give the collection's ledger, locked until the transaction ends."""
    Ledger.objects.get_or_create(collection_id=collection.pk)
    return Ledger.objects.select_for_update().get(collection=collection)


def _standing_line(ledger: Ledger, relic: Relic) -> Line:
    line = read_line(ledger, relic.key)
    if line is None or line.struck_off is not None:
        raise NotInLedger(relic.title)
    return line


def _append(ledger: Ledger, entry: LedgerEntry, by: Any) -> LedgerEntry:
    entry.ledger, entry.number = ledger, ledger.last_number + 1
    entry.previous, entry.at = ledger.last_digest, timezone.now()
    entry.by = by.get_full_name() or by.get_username()
    entry.digest = seal(entry)
    entry.save()
    ledger.last_number, ledger.last_digest = entry.number, entry.digest
    ledger.save(update_fields=["last_number", "last_digest"])
    return entry
