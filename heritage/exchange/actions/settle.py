"""Settle doubts: accept what is proposed, singly or all alike, put aside, and take back."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.archive.records import note_change
from heritage.catalogue.errors import CatalogueError
from heritage.catalogue.models import Relic
from heritage.exchange.models import Doubt
from heritage.exchange.names import Names
from heritage.exchange.plain import LISTS, SLUGS, plain, row_key, with_rows
from heritage.exchange.reasons import REFUSALS
from heritage.exchange.writing import change
from heritage.lib.keys import new_key

from .load import check_curator

State = Doubt.State


def accept(doubts: Iterable[Doubt], *, by: User | None) -> tuple[str, int, list[str]]:
    """Write what is proposed, each in its own transaction.

    Gives a key by which all are taken back together, how many were written, and a
    sentence for each that the register refused. Raises `NotPermitted` before anything is written.
    """
    chosen = _mine(doubts, by)
    together, done = new_key(), 0
    refused: list[str] = []
    for pk in chosen:
        try:
            with transaction.atomic():
                done += _accept(pk, together, by)
        except REFUSALS as error:
            refused.append(_told(pk, error))
    return together, done, refused


def _told(pk: int, error: Exception) -> str:
    relic = Doubt.objects.select_related("relic").get(pk=pk).relic
    if isinstance(error, CatalogueError):
        return f"{relic}: {error}"
    return _("%(relic)s: the register refuses this.") % {"relic": relic}


def dismiss(doubts: Iterable[Doubt], *, by: User | None) -> tuple[str, int]:
    """Put doubts aside: the record stays as it is. Raises `NotPermitted`."""
    chosen, together = _mine(doubts, by), new_key()
    done = 0
    for pk in chosen:
        with transaction.atomic():
            doubt = _locked(Doubt.objects.filter(pk=pk, state=State.OPEN))
            if doubt is not None:
                _close(doubt, State.DISMISSED, together, by)
                done += 1
    return together, done


def reopen(together: str, *, by: User | None) -> tuple[int, int]:
    """Take back what was settled together: how many, and how many stay as they are."""
    pks = _mine(Doubt.objects.filter(together=together).exclude(state=State.OPEN), by)
    done = kept = 0
    for pk in pks:
        try:
            with transaction.atomic():
                is_back = _reopen(pk, by)
        except REFUSALS:
            is_back = False
        done, kept = done + is_back, kept + (not is_back)
    return done, kept


def _mine(doubts: Iterable[Doubt], by: User | None) -> list[int]:
    rows = (
        doubts.select_related("relic__collection")
        if isinstance(doubts, QuerySet)
        else doubts
    )
    found = list(rows)
    for collection in {doubt.relic.collection for doubt in found}:
        check_curator(collection, by)
    return [doubt.pk for doubt in found]


def _locked(rows: QuerySet[Doubt]) -> Doubt | None:
    return (
        rows.select_for_update(of=("self",)).select_related("relic__collection").first()
    )


def _accept(pk: int, together: str, by: User | None) -> int:
    doubt = _locked(Doubt.objects.filter(pk=pk, state=State.OPEN))
    if doubt is None or not doubt.proposal:
        return 0
    relic = _relic(doubt)
    current = plain(relic)
    wanted = {
        key: _joined(key, current, value) for key, value in doubt.proposal.items()
    }
    doubt.before = {key: current.get(key) for key in wanted}
    _write(relic, wanted, doubt, by)
    _close(doubt, State.ACCEPTED, together, by)
    return 1


def _joined(key: str, current: dict[str, Any], value: Any) -> Any:
    """Rows that are proposed join those that there are; of one kind the proposal holds."""
    if key in SLUGS:
        return sorted({*current.get(key, ()), *value})
    if key in LISTS:
        rows = {row_key(key, row): row for row in (*current.get(key, ()), *value)}
        return [rows[name] for name in sorted(rows)]
    return value


def _write(relic: Relic, values: dict[str, Any], doubt: Doubt, by: User | None) -> None:
    held = plain(relic)
    if all(held.get(key) == value for key, value in values.items()):
        return
    names = Names(relic.collection, by)
    names.prepare([{k: v for k, v in values.items() if v}])
    change(relic, values, names, by=by, reason=f"doubt {doubt.pk}")


def _close(doubt: Doubt, state: str, together: str, by: User | None) -> None:
    doubt.state, doubt.together, doubt.settled_at = state, together, timezone.now()
    doubt.settled_by = by
    doubt.save()
    note_change(doubt)


def _reopen(pk: int, by: User | None) -> bool:
    """Put the fields back, unless they no longer say what was accepted."""
    doubt = _locked(Doubt.objects.filter(pk=pk).exclude(state=State.OPEN))
    if doubt is None:
        return False
    if doubt.state == State.ACCEPTED:
        relic = _relic(doubt)
        current = plain(relic)
        before = doubt.before
        accepted = {k: _joined(k, _known(before), v) for k, v in doubt.proposal.items()}
        if any(current.get(key) != value for key, value in accepted.items()):
            return False
        lists = {*LISTS, *SLUGS}
        values = {k: ([] if v is None and k in lists else v) for k, v in before.items()}
        _write(relic, values, doubt, by)
    doubt.state, doubt.together, doubt.before = State.OPEN, "", {}
    doubt.settled_at = doubt.settled_by = None
    doubt.save()
    note_change(doubt)
    return True


def _known(before: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in before.items() if value is not None}


def _relic(doubt: Doubt) -> Relic:
    list(Relic.objects.select_for_update().filter(pk=doubt.relic_id).values_list("pk"))
    return with_rows(Relic.objects.filter(pk=doubt.relic_id)).get()
