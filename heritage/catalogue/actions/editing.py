"""Save an edit only on top of what its author has read: one guard for every door.

The admin's forms, the API, a bulk edit and an import change a record through one of:

- `save_edit(relic, {"name_zh": "鼎"}, seen_version=4, by=user, door=Door.API)` for
  fields: validated, refused with `EditedMeanwhile` when the record is no longer at the
  version that was read (`record.edit_version` of then);
- `with editing(relic, seen_version=4, by=user, door=Door.IMPORT) as fresh:` for fields and
  rows together: `fresh` is the record as it is now, locked; set its fields, write its
  rows, and it is saved once, as one version more, when the block ends. Nothing of it
  stays when the block raises. Afterwards `fresh.acts_made` are the acts that came of it.

A new record needs neither: nobody has read it. Wrap its `save` in `through(door)`, and
give many at once to `bulk_create_with_history`: the history names the door by itself.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import Any, TypeVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from heritage.catalogue.deciding import held_back
from heritage.catalogue.doors import through
from heritage.catalogue.errors import EditedMeanwhile, NotPermitted
from heritage.catalogue.models import Record, Relic
from heritage.catalogue.policy import Person, allows

from .acts import record_edit

R = TypeVar("R", bound=Record)


def save_edit(
    record: R,
    changes: Mapping[str, Any],
    *,
    seen_version: int,
    by: AbstractBaseUser | None,
    door: str,
) -> R:
    """Set fields of a record that is still at the version its editor has read.

    Gives the record as saved. Raises `EditedMeanwhile` (which names the fields that
    differ), `NotPermitted`, `ValidationError`; then nothing is saved.
    """
    guard = editing(record, seen_version=seen_version, by=by, door=door, meant=changes)
    with guard as fresh:
        for name, value in changes.items():
            setattr(fresh, name, value)
        fresh.full_clean()
    return fresh


@contextmanager
def editing(
    record: R,
    *,
    seen_version: int,
    by: AbstractBaseUser | None,
    door: str,
    meant: Mapping[str, Any] | None = None,
) -> Iterator[R]:
    """Hold a record for one edit of its fields and rows; see the head of this file."""
    with through(door), transaction.atomic():
        fresh = type(record)._default_manager.select_for_update().get(pk=record.pk)
        check_writer(fresh, by)
        _check_not_public(fresh, by)
        if fresh.edit_version != seen_version:
            raise EditedMeanwhile(
                fresh.title,
                seen_version,
                fresh.edit_version,
                differing_since(fresh, seen_version, meant or {}),
            )
        before = copy(fresh)
        yield fresh
        _check_decided(before, fresh, by)
        if by is not None:
            fresh._history_user = by
        fresh.save()
        if isinstance(fresh, Relic) and isinstance(before, Relic):
            fresh.acts_made = tuple(record_edit(before, fresh, by=by))


def check_writer(record: Record, by: AbstractBaseUser | None) -> None:
    """Raise `NotPermitted` unless this person may save this record."""
    if by is None:
        return
    person = Person.of(by)
    if not person.is_administrator and record.collection_id not in person.works_in:
        raise NotPermitted


def _check_not_public(record: Record, by: AbstractBaseUser | None) -> None:
    """Leave what the public sees to curators: others propose (`propose`)."""
    if by is None or not record.is_released:
        return
    person = Person.of(by)
    if not person.is_administrator and record.collection_id not in person.curates:
        raise NotPermitted


def differing_since(
    record: Record, version: int, meant: Mapping[str, Any]
) -> list[str]:
    """Name the fields that somebody else changed since, and this editor means to."""
    read = record.history.filter(edit_version=version).first()
    if read is None:
        return list(meant)
    columns = {name: record._meta.get_field(name).attname for name in meant}  # type: ignore[union-attr]
    return [
        name
        for name, column in columns.items()
        if getattr(read, column) != getattr(record, column)
    ]


def _check_decided(before: Record, after: Record, by: AbstractBaseUser | None) -> None:
    """Hold what only curators decide, and what is out of sight, against all others."""
    if by is None:
        return
    person = Person.of(by)
    changed = {
        field.name
        for field in after._meta.concrete_fields
        if getattr(before, field.attname) != getattr(after, field.attname)
    }
    held = held_back(type(after), person, before.collection_id, pk=before.pk)
    unseen = {name for name in changed if not allows(person, before, name)}
    if changed & set(held) or unseen:
        raise NotPermitted
    if "collection" in changed:
        check_writer(after, by)
