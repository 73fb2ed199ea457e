"""Bring an earlier version of a record's fields and rows back, as a version of its own.

Only what the person may type comes back: neither state nor key, no decided field but a
relic's (which then is an act of today), nothing that only curators decide.
"""

from typing import Any, Final

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Field

from heritage.catalogue.deciding import CURATORS_DECIDE, held_back
from heritage.catalogue.errors import WrongState
from heritage.catalogue.models import Decision, Record, RecordEvent, Relic
from heritage.catalogue.policy import Person, allows
from heritage.catalogue.rows_of import (
    bring_back_rows,
    different,
    keep_rows,
    rows_at,
    rows_of,
)
from heritage.catalogue.rows_told import open_rows

from .editing import editing

READ_AT_ONCE: Final = 20  # versions: nearly always the one before is it


def undo(
    record: Record, *, seen_version: int, by: AbstractBaseUser | None, door: str
) -> Record:
    """Take the last change back. Raises `WrongState` where there is none, else as below."""
    fields, now, closed = _typed(record, by), rows_of(record), _closed(record, by)
    person = _person(by)
    rows = record.history.order_by("-history_date", "-history_id")[1:]
    for row in rows.iterator(chunk_size=READ_AT_ONCE):
        then = rows_at(record, row.edit_version)
        rows_differ = then is not None and different(
            *open_rows(record, now, then, person), closed=closed
        )
        if _changes(record, row, fields) or rows_differ:
            return bring_back(record, row, seen_version=seen_version, by=by, door=door)
    raise WrongState(record.title, record.get_state_display())


def bring_back(
    record: Record,
    version: Any,
    *,
    seen_version: int,
    by: AbstractBaseUser | None,
    door: str,
) -> Record:
    """Give the record the fields and rows of a version. Raises as `save_edit`.

    Rows come back where they were kept: `rows_of.py`.
    """
    changes = _changes(record, version, _typed(record, by))
    then = rows_at(record, version.edit_version)
    with editing(
        record, seen_version=seen_version, by=by, door=door, meant=changes
    ) as saved:
        for name, value in changes.items():
            setattr(saved, name, value)
        saved.full_clean()
        if then is not None:
            keep_rows(saved)
            closed, person = _closed(saved, by), _person(by)
            bring_back_rows(saved, then, closed=closed, person=person)
    RecordEvent.objects.create(
        record_kind=record.kind,
        record_key=record.key,
        verb=RecordEvent.Verb.UNDONE,
        by=by,  # type: ignore[misc]
        reason=f"{version.edit_version} → {saved.edit_version}",
    )
    return saved


def _changes(
    record: Record, version: Any, fields: list[Field[Any, Any]]
) -> dict[str, Any]:
    return {
        field.attname: getattr(version, field.attname)
        for field in fields
        if getattr(version, field.attname) != getattr(record, field.attname)
    }


def _closed(record: Record, by: AbstractBaseUser | None) -> frozenset[str]:
    """Name the kinds of rows of which only curators decide something, for who is none."""
    person = _person(by)
    if person.is_administrator or record.collection_id in person.curates:
        return frozenset()
    return frozenset(
        model._meta.label for model in CURATORS_DECIDE if not issubclass(model, Record)
    )


def _person(by: AbstractBaseUser | None) -> Person:
    return Person(is_administrator=True) if by is None else Person.of(by)


def _typed(record: Record, by: AbstractBaseUser | None) -> list[Field[Any, Any]]:
    """Give the fields that this person may type over."""
    person = _person(by)
    held = held_back(type(record), person, record.collection_id, pk=record.pk)
    closed = {*held, "collection", "release_on", "withdraw_on", *_decided(record)}
    return [
        field
        for field in record._meta.concrete_fields
        if field.editable
        and not field.primary_key
        and field.name not in closed
        and allows(person, record, field.name)
    ]


def _decided(record: Record) -> set[str]:
    """Name the fields that follow from decisions: those come back by striking one."""
    if isinstance(record, Relic):
        return set()
    about = type(record)
    return {
        name
        for kind in _kinds(Decision)
        if kind._meta.get_field(kind.about).related_model is about
        for name in kind.decides
    }


def _kinds(kind: Any) -> list[Any]:
    own = kind.__subclasses__()
    return [one for sub in own for one in _kinds(sub)] if own else [kind]
