"""Change many relics: chosen, looked at, then done one by one, each whole or not at all.

The row of the change is the truth: its cursor moves in the transaction of the relics that
it counts, so that a killed change goes on where it was.
"""

import time
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.archive.pages import note_rows
from heritage.catalogue.errors import NotPermitted
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person
from heritage.exchange.bulk.chosen import Chosen, read_chosen, write_chosen
from heritage.exchange.bulk.steps import Step
from heritage.exchange.bulk.writing import change_one, take_back
from heritage.exchange.errors import NothingToDo, WrongMoment
from heritage.exchange.lease import save, take_up, telling_failure
from heritage.exchange.models import BulkChange, ChangedRecord
from heritage.exchange.places import staged_path
from heritage.exchange.tries import MOST_TRIES, is_single, note_try
from heritage.exchange.work import Work
from heritage.lib.batches import REST_S, fitting_rows

State = Work.State
Verdict, Undo = ChangedRecord.Verdict, ChangedRecord.Undo
FIRST: Final = 10
MOST: Final = 200
Rest = Callable[[float], None]


def stage_change(relics: QuerySet[Relic], *, by: User) -> BulkChange:
    """Note which relics are chosen, and at which version. Raises `NotPermitted`."""
    check_curates(by)
    change = BulkChange.objects.create(
        created_by=by
    )  # before its folder: that is found by it
    change.rows, change.public = write_chosen(change, relics)
    change.save(update_fields=["rows", "public"])
    return change


def set_steps(change: BulkChange, steps: Sequence[Step]) -> None:
    """Say what is to be done. Raises `WrongMoment` once it has begun."""
    told = [step.document for step in steps]
    free = BulkChange.objects.filter(pk=change.pk, state=State.STAGED)
    if not free.update(steps=told):
        raise WrongMoment(_state_of(change))
    note_rows(BulkChange, change.pk)
    change.steps = told


def begin_change(change: BulkChange) -> None:
    """Have it done, or go on with it; `ring` is left to the caller.

    Raises `WrongMoment`, `NothingToDo`.
    """
    if not change.steps or not change.rows:
        raise NothingToDo
    if change.is_going_back:
        raise WrongMoment(_state_of(change))
    _move(change, {State.STAGED, State.STOPPED, State.FAILED}, State.WAITING)


def stop(work: Work) -> None:
    """Let no further row be done; what is done stays. Raises `WrongMoment`."""
    _move(work, {State.WAITING, State.RUNNING}, State.STOPPED)


def begin_change_undo(change: BulkChange, *, by: User) -> None:
    """Have it taken back; `ring` is left to the caller. Raises `WrongMoment`, `NotPermitted`."""
    check_curates(by)
    over = {State.DONE, State.STOPPED, State.FAILED}
    if change.refused_undo.exists():
        over.add(State.UNDONE)  # what was refused is tried once more
    _move(change, over, State.UNDOING, undone_by=by)


def run_change(
    pk: int,
    *,
    rest: Rest = time.sleep,
    on_batch: Callable[[Work], None] = lambda _: None,
) -> BulkChange | None:
    """Do what is left of it; None if somebody else is at it.

    Raises `WorkLost`, also when it was stopped, and whatever made it FAILED.
    """
    change = take_up(BulkChange, pk, state=State.RUNNING)
    if change is None:
        return None
    with telling_failure(change):
        _run(change, rest, on_batch)
    return change


def run_change_undo(pk: int, *, rest: Rest = time.sleep) -> BulkChange | None:
    """Take back what is left of it, the last relic first; None if somebody is at it."""
    change = take_up(BulkChange, pk, state=State.UNDOING)
    if change is None:
        return None
    with telling_failure(change):
        _run_undo(change, rest)
    return change


def check_curates(by: User) -> None:
    """Raise `NotPermitted` for who curates nothing; each relic is asked for once more."""
    person = Person.of(by)
    if not person.is_administrator and not person.curates:
        raise NotPermitted


def _run(change: BulkChange, rest: Rest, on_batch: Callable[[Work], None]) -> None:
    if not staged_path(change).is_file():
        told = _("What was chosen is gone from the work folder. Choose again.")
        save(change, state=State.FAILED, error=told)
        return
    steps = [Step.read(told) for told in change.steps]
    chosen = read_chosen(change, change.cursor)
    if note_try(change):
        _refuse(change, list(islice(chosen, 1)))
    size = FIRST
    while batch := list(islice(chosen, 1 if is_single(change) else size)):
        began = time.monotonic()
        with transaction.atomic():
            # Asked anew: nobody goes on with what he may no longer do.
            change.created_by = _still(change.created_by_id)
            person = Person.of(change.created_by)
            _write([change_one(change, one, steps, person) for one in batch])
            save(change, cursor=change.cursor + len(batch))
        size = fitting_rows(len(batch), time.monotonic() - began, most=MOST)
        on_batch(change)
        if connection.vendor == "sqlite":
            rest(REST_S)
    with transaction.atomic():
        save(change, state=State.DONE, finished_at=timezone.now())


def _still(pk: int | None) -> User | None:
    """Read somebody anew: an account may be closed or gone by now."""
    if pk is None:
        return None
    return User.objects.filter(pk=pk, is_active=True).first()


def _run_undo(change: BulkChange, rest: Rest) -> None:
    left = change.results.filter(
        verdict=Verdict.CHANGED, undo__in=[Undo.NOT_YET, Undo.REFUSED]
    ).order_by("-place")
    size, rows = FIRST, list(left[:FIRST])
    while rows:
        began = time.monotonic()
        with transaction.atomic():
            by = _still(change.undone_by_id)
            for row in rows:
                row.change = change
                take_back(row, by)
            ChangedRecord.objects.bulk_update(rows, ["undo", "faults"])
            note_rows(ChangedRecord, *(row.pk for row in rows))
            save(change)
        size = fitting_rows(len(rows), time.monotonic() - began, most=MOST)
        # From there on: those above are not looked at again.
        rows = list(left.filter(place__lt=rows[-1].place)[:size])
        if connection.vendor == "sqlite":
            rest(REST_S)
    with transaction.atomic():
        save(change, state=State.UNDONE, finished_at=timezone.now())


def _refuse(change: BulkChange, chosen: Sequence[Chosen]) -> None:
    """Tell that these have ended the process too often; they are not even read."""
    rows = [
        ChangedRecord(
            change=change, place=one.place, relic_key=one.key, verdict=Verdict.REFUSED,
            faults=[["kills", {"times": MOST_TRIES}]],
        )
        for one in chosen
    ]  # fmt: skip
    with transaction.atomic():
        _write(rows)
        save(change, cursor=change.cursor + len(rows))


def _write(rows: Sequence[ChangedRecord]) -> None:
    made = ChangedRecord.objects.bulk_create(rows)
    note_rows(ChangedRecord, *(row.pk for row in made))


def _move(work: Work, source: set[State], target: State, **values: object) -> None:
    model = type(work)
    free = model._default_manager.filter(pk=work.pk, state__in=source)
    if not free.update(state=target, leased_until=None, error="", **values):
        raise WrongMoment(_state_of(work))
    note_rows(model, work.pk)
    work.refresh_from_db()


def _state_of(work: Work) -> str:
    now = type(work)._default_manager.get(pk=work.pk)
    return str(now.get_state_display())
