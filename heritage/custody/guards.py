"""What custody forbids the register: to move or delete what stands in a ledger."""

from typing import Any

from heritage.catalogue.models import Decision, Move, Record, Relic

from .errors import MovesBySlip, StandsInLedger
from .models import LedgerEntry

Kind = LedgerEntry.Kind


def is_entered(relic: Relic) -> bool:
    """Tell whether a relic stands in a ledger and was not struck off."""
    rows = LedgerEntry.objects.filter(relic_key=relic.key)
    kinds = set(rows.values_list("kind", flat=True))
    return Kind.ENTERED in kinds and Kind.STRUCK not in kinds


def check_act(act: Decision, by: Any) -> None:
    """Refuse a move that comes from no slip; raises `MovesBySlip`."""
    if by is not None and isinstance(act, Move) and is_entered(act.relic):
        raise MovesBySlip(act.relic)


def check_deletion(instance: Relic, **_told: Any) -> None:
    """Refuse to delete what a ledger names, struck off or not; raises `StandsInLedger`."""
    if LedgerEntry.objects.filter(relic_key=instance.key).exists():
        raise StandsInLedger(instance)


def why_kept(record: Record) -> str:
    """Say why a record is not deleted, or nothing."""
    try:
        if isinstance(record, Relic):
            check_deletion(record)
    except StandsInLedger as error:
        return str(error)
    return ""


def fields_held(model: type[Any], pk: int | None) -> tuple[str, ...]:
    """Name what nobody types over: where a thing is that stands in the ledger."""
    if model is not Relic or pk is None:
        return ()
    relic = Relic.objects.filter(pk=pk).first()
    return ("store_location",) if relic is not None and is_entered(relic) else ()
