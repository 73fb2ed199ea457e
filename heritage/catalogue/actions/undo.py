"""Bring an earlier version of a record's fields back, as a version of its own.

Only what the person may type comes back: neither state nor key, no decided field but a
relic's (which then is an act of today), nothing that only curators decide.
"""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Field

from heritage.catalogue.deciding import held_back
from heritage.catalogue.errors import WrongState
from heritage.catalogue.models import Decision, Record, RecordEvent, Relic
from heritage.catalogue.policy import Person, allows

from .editing import save_edit


def undo(
    record: Record, *, seen_version: int, by: AbstractBaseUser | None, door: str
) -> Record:
    """Take the last change back. Raises `WrongState` where there is none, else as below."""
    rows = record.history.order_by("-history_date", "-history_id")
    for row in rows[1:]:
        if _changes(record, row, by):
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
    """Give the record the fields of a row of its history. Raises as `save_edit`."""
    changes = _changes(record, version, by)
    saved = save_edit(record, changes, seen_version=seen_version, by=by, door=door)
    RecordEvent.objects.create(
        record_kind=record.kind,
        record_key=record.key,
        verb=RecordEvent.Verb.UNDONE,
        by=by,  # type: ignore[misc]
        reason=f"{version.edit_version} → {saved.edit_version}",
    )
    return saved


def _changes(
    record: Record, version: Any, by: AbstractBaseUser | None
) -> dict[str, Any]:
    return {
        field.attname: getattr(version, field.attname)
        for field in _typed(record, by)
        if getattr(version, field.attname) != getattr(record, field.attname)
    }


def _typed(record: Record, by: AbstractBaseUser | None) -> list[Field[Any, Any]]:
    """Give the fields that this person may type over."""
    person = Person(is_administrator=True) if by is None else Person.of(by)
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
