"""Change one relic, or take its change back, through the guard that every door has."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from heritage.catalogue.actions import editing, strike_act
from heritage.catalogue.doors import Door, through
from heritage.catalogue.errors import EditedMeanwhile, NotPermitted
from heritage.catalogue.models import Relic
from heritage.catalogue.models.acts import Act
from heritage.catalogue.policy import Person
from heritage.catalogue.rows_of import keep_rows
from heritage.exchange.models import BulkChange, ChangedRecord
from heritage.exchange.reasons import REFUSALS, reason_of

from .chosen import Chosen
from .looking import Fault, look_at, told_errors, value_of
from .steps import Step
from .targets import TERMS, columns

Verdict, Undo = ChangedRecord.Verdict, ChangedRecord.Undo


class _Leave(Exception):
    """Nothing of this relic is to be saved."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        super().__init__()
        self.faults = list(faults)


def change_one(
    change: BulkChange, chosen: Chosen, steps: Sequence[Step], person: Person
) -> ChangedRecord:
    """Do it to one relic, whole or not at all; tells what came of it."""
    row = ChangedRecord(change=change, place=chosen.place, relic_key=chosen.key)
    try:
        _change(row, chosen, steps, person)
        row.verdict = Verdict.CHANGED
    except _Leave as left:
        row.faults = [list(fault) for fault in left.faults]
        row.verdict = Verdict.REFUSED if left.faults else Verdict.UNCHANGED
    return row


def _change(
    row: ChangedRecord, chosen: Chosen, steps: Sequence[Step], person: Person
) -> None:
    change = row.change
    with _telling(), editing(
        Relic(pk=chosen.pk), seen_version=chosen.version, by=change.created_by,
        door=Door.ADMIN,
    ) as fresh:  # fmt: skip
        look = look_at(fresh, steps, by=change.created_by, person=person)
        if look.faults or not look.is_change:
            raise _Leave(look.faults)
        row.before, row.after = look.values
        for name in look.names:
            column = columns()[name].field.attname
            setattr(fresh, column, getattr(look.after.relic, column))
        if look.relations:
            keep_rows(fresh)
        for name in look.relations:
            _write_rows(fresh, name, look.held.rows[name], look.after.rows[name])
        fresh._change_reason = f"change {change.key}"  # type: ignore[attr-defined]
    row.acts = [[act._meta.label, act.pk] for act in fresh.acts_made]


def take_back(row: ChangedRecord, by: User | None) -> None:
    """Put back what nobody has touched since; what somebody has stays, and is named."""
    try:
        with _telling(), through(Door.ADMIN):
            left, lost, done = _take_back(row, by)
    except _Leave as refused:
        is_gone = all(code == "gone" for code, _facts in refused.faults)
        row.undo = Undo.EDITED if is_gone else Undo.REFUSED
        row.faults = [list(fault) for fault in refused.faults]
        return
    told: list[Fault] = [("left", {"fields": sorted(left)})] if left else []
    row.faults = [list(fault) for fault in [*told, *lost]]
    if done:
        row.undo = Undo.PARTLY if left or lost else Undo.TAKEN_BACK
    else:
        row.undo = Undo.REFUSED if lost else Undo.EDITED if left else Undo.TAKEN_BACK


@transaction.atomic
def _take_back(
    row: ChangedRecord, by: User | None
) -> tuple[set[str], list[Fault], set[str]]:
    """Give the names of what is left as it is, what is lost, and the names of what is put back."""
    relic = Relic.objects.select_for_update().filter(key=row.relic_key).first()
    if relic is None:
        raise _Leave([("gone", {})])
    _check_curates(relic, by)
    before, after = row.before["columns"], row.after["columns"]
    struck, left = _strike(row, by)
    left |= {
        name for name in before
        if name not in struck | left and value_of(relic, name) != after[name]
    }  # fmt: skip
    relic = Relic.objects.get(pk=relic.pk)  # as the acts that still stand leave it
    values = {n: v for n, v in before.items() if n not in left}
    values = {n: v for n, v in values.items() if value_of(relic, n) != v}
    lost = _lost(relic, values)
    values = {n: v for n, v in values.items() if n not in lost}
    back, kept = _rows_back(row, relic)
    if values or back:
        reason = f"undo change {row.change.key}"
        _put_back(relic, values, back, by=by, reason=reason)
    done = (set(before) - left - lost.keys()) | set(back)
    return left | kept, list(lost.values()), done


def _check_curates(relic: Relic, by: User | None) -> None:
    """Ask of who takes it back what was asked of who changed it; nobody is no house."""
    person = Person.of(by)
    if not person.is_administrator and relic.collection_id not in person.curates:
        raise NotPermitted


def _strike(row: ChangedRecord, by: User | None) -> tuple[set[str], set[str]]:
    """Strike the acts of this change; names the fields that follow, and those that stay.

    Where a later act of the same kind stands, it holds, and ours is part of its story.
    """
    struck, left = set[str](), set[str]()
    for label, pk in row.acts:
        kind: Any = apps.get_model(label)
        act: Act | None = kind._default_manager.filter(pk=pk).first()
        if act is None or not act.stands:
            continue  # somebody has struck it: the fields are compared as any other
        if _latest(act).pk != act.pk:
            left |= {name for name in kind.decides if name in row.before["columns"]}
            continue
        told = _("The change %(key)s was taken back.") % {"key": row.change.key}
        act.relic._history_user = by  # type: ignore[attr-defined]
        act.relic._change_reason = f"undo change {row.change.key}"  # type: ignore[attr-defined]
        strike_act(act, by=by, reason=told)
        struck |= set(kind.decides)
    return struck, left


def _latest(act: Act) -> Act:
    rows = type(act)._default_manager.filter(relic=act.relic, struck_at__isnull=True)
    last: Act = list(rows.order_by(*(act._meta.ordering or ())))[-1]
    return last


def _rows_back(
    row: ChangedRecord, relic: Relic
) -> tuple[dict[str, tuple[Any, Any]], set[str]]:
    """Give by relation what is held and what shall be: only what this change did goes."""
    back, kept = {}, set[str]()
    for name, was in row.before["rows"].items():
        then, now = row.after["rows"][name], TERMS[name].held(relic)
        came, went = set(then) - set(was), set(was) - set(then)
        wanted = {term: more for term, more in now.items() if term not in came}
        wanted |= {term: was[term] for term in sorted(went - set(now))}
        # Somebody has taken it away since, or added it: so it is already.
        if came - set(now) or went & set(now):
            kept.add(name)
        if wanted != now:
            back[name] = now, wanted
    return back, kept


def _put_back(
    relic: Relic, values: dict[str, Any], rows: Any, *, by: User | None, reason: str
) -> None:
    with editing(
        relic, seen_version=relic.edit_version, by=by, door=Door.ADMIN
    ) as fresh:
        _set(fresh, values)
        if rows:
            keep_rows(fresh)
        for name, (now, wanted) in rows.items():
            _write_rows(fresh, name, now, wanted)
        fresh._change_reason = reason  # type: ignore[attr-defined]


def _lost(relic: Relic, values: Mapping[str, Any]) -> dict[str, Fault]:
    """Tell by name which links lead nowhere by now: a place or an agent that is gone."""
    links = {n: v for n, v in values.items() if columns()[n].field.is_relation}
    probe = copy(relic)
    _set(probe, links)
    try:
        probe.clean_fields(
            exclude={f.name for f in Relic._meta.fields if f.name not in links}
        )
    except ValidationError as error:
        return {str(fault[1]["field"]): fault for fault in told_errors(error)}
    return {}


def _set(relic: Relic, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        column = columns()[name].field
        setattr(relic, column.attname, column.to_python(value))


def _write_rows(relic: Relic, name: str, held: Any, wanted: Any) -> None:
    target = TERMS[name]
    own = getattr(relic, name)
    for term in held.keys() - wanted.keys():
        own.filter(**{target.column: term}).delete()
    for term in sorted(wanted.keys() - held.keys()):
        values: dict[str, Any] = {"relic": relic, target.column: term, **wanted[term]}
        target.model(**values).save()


@contextmanager
def _telling() -> Iterator[None]:
    """Turn what the register refuses into faults; nothing of the relic is saved then."""
    try:
        with transaction.atomic():
            yield
    except Relic.DoesNotExist as error:
        raise _Leave([("gone", {})]) from error
    except EditedMeanwhile as error:
        told = {"seen": error.seen, "now": error.now}
        raise _Leave([("edited", told)]) from error
    except NotPermitted as error:
        raise _Leave([("not-yours", {})]) from error
    except REFUSALS as error:
        raise _Leave([("refused", {"reason": reason_of(error)})]) from error
