"""Take a whole load back by its key: what nobody has touched since, and nothing else."""

import time
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import ProtectedError, QuerySet, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.archive.pages import note_rows
from heritage.catalogue.actions import ask_guards, settle
from heritage.catalogue.doors import Door, through
from heritage.catalogue.models import Relic
from heritage.exchange.author import check_undoer
from heritage.exchange.errors import UndoLost, WrongMoment
from heritage.exchange.lease import save, take_up, telling_failure
from heritage.exchange.models import Load, LoadedRow, SourceRecord
from heritage.exchange.names import Names
from heritage.exchange.plain import with_rows
from heritage.exchange.reasons import REFUSALS
from heritage.exchange.writing import change
from heritage.lib.batches import REST_S, fitting_rows

from .load import check_curator

State = Load.State
Undo = LoadedRow.Undo
FIRST, MOST = 10, 200


def begin_undo(load: Load, *, by: User | None) -> None:
    """Have a load taken back by this person. Raises `WrongMoment`, `NotPermitted`."""
    check_curator(load.collection, by)
    over = [State.DONE, State.FAILED, State.STOPPED]
    free = Load.objects.filter(pk=load.pk, state__in=over)
    if not free.update(state=State.UNDOING, leased_until=None, error="", undone_by=by):
        raise WrongMoment(Load.objects.get(pk=load.pk).get_state_display())
    note_rows(Load, load.pk)
    load.refresh_from_db()


def run_undo(pk: int, *, rest: Callable[[float], None] = time.sleep) -> Load | None:
    """Take back what is left of it, the last row first; None if somebody is at it."""
    load = take_up(Load, pk, state=State.UNDOING)
    if load is None:
        return None
    with telling_failure(load):
        _run(load, rest)
    return load


def _run(load: Load, rest: Callable[[float], None]) -> None:
    names = Names(load.collection, load.undone_by)
    verdicts = [LoadedRow.Verdict.CREATED, LoadedRow.Verdict.CHANGED]
    left = LoadedRow.objects.filter(load=load, undo=Undo.NOT_YET, verdict__in=verdicts)
    left = left.order_by("-place")
    size, rows = FIRST, list(left[:FIRST])
    while rows:
        began = time.monotonic()
        try:
            with through(Door.IMPORT), transaction.atomic():
                check_undoer(load)
                _take_back(rows, load, names)
                save(load)
        except UndoLost as lost:
            with transaction.atomic():
                save(load, state=State.STOPPED, error=str(lost))
            return
        size = fitting_rows(len(rows), time.monotonic() - began, most=MOST)
        # From there on: those above are not looked at again.
        rows = list(left.filter(place__lt=rows[-1].place)[:size])
        if connection.vendor == "sqlite":
            rest(REST_S)
    with transaction.atomic():
        save(load, state=State.UNDONE, finished_at=timezone.now())


def _take_back(rows: list[LoadedRow], load: Load, names: Names) -> None:
    keys = [row.relic_key for row in rows]
    held: QuerySet[Relic] = Relic.objects.filter(key__in=keys)
    list(held.select_for_update().values_list("pk"))
    relics = {relic.key: relic for relic in with_rows(held)}
    for row in rows:
        relic = relics.get(row.relic_key)
        row.undo = (
            Undo.TAKEN_BACK
            if relic is None or _undone(row, relic, load, names)
            else Undo.EDITED
        )
    LoadedRow.objects.bulk_update(rows, ["undo"])
    note_rows(LoadedRow, *(row.pk for row in rows))


def _undone(row: LoadedRow, relic: Relic, load: Load, names: Names) -> bool:
    if relic.edit_version != row.left_version:
        return False
    is_new = row.verdict == LoadedRow.Verdict.CREATED
    if is_new and relic.state != Relic.State.DRAFT:
        return False
    relic._history_user = load.undone_by  # type: ignore[attr-defined]
    relic._change_reason = f"undo load {load.key}"  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            if is_new:
                relic.delete()
            else:
                _change_back(row, relic, load, names)
    except (ProtectedError, RestrictedError, *REFUSALS):
        names.forget()  # those that it added are gone again
        return False  # something else leads to it by now, or a room above keeps it
    return True


def _change_back(row: LoadedRow, relic: Relic, load: Load, names: Names) -> None:
    """Strike the acts of the load, then put the fields back that no act decides."""
    kinds = set()
    for label, pk in row.before["acts"]:
        act: Any = apps.get_model(label)._default_manager.filter(pk=pk).first()
        if act is not None and act.stands:
            ask_guards(act, load.undone_by)
            act.struck_at, act.struck_by = timezone.now(), load.undone_by
            act.struck_because = _("The load %(key)s was taken back.") % {
                "key": load.key
            }
            act.save(update_fields=["struck_at", "struck_by", "struck_because"])
            kinds.add(type(act))
    for kind in kinds:
        settle(relic, kind)
    relic = with_rows(Relic.objects.filter(pk=relic.pk)).get()
    before = row.before["values"]
    names.prepare([{k: v for k, v in before.items() if v}])
    values = {k: ([] if v is None and k in _LISTS else v) for k, v in before.items()}
    change(relic, values, names, by=load.undone_by, reason=f"undo load {load.key}")
    SourceRecord.objects.filter(load=load, relic=relic).update(said={})


_LISTS = {"materials", "facets", "dimensions", "numbers", "identifiers", "other_names"}
