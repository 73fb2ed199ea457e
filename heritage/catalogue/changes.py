"""Two versions of a record, told field by field in the words of its form."""

from datetime import datetime
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Field, Model
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _

from .form_rows import Rows
from .models import Record
from .policy import Person, allows
from .rows_of import different, rows_at, rows_of
from .rows_told import admitted_rows, told_details, told_rows


class Change(NamedTuple):
    field: str
    label: str
    was: str
    now: str


def find_changes(record: Record, was: Any, now: Any, person: Person) -> list[Change]:
    """Compare two rows of a record's history, as far as this person may read the record."""
    return [
        Change(field.name, str(field.verbose_name), told(field, was), told(field, now))
        for field in record._meta.concrete_fields
        if field.editable
        and getattr(was, field.attname) != getattr(now, field.attname)
        and allows(person, record, field.name)
    ]


def find_row_changes(record: Record, was: Any, person: Person) -> list[Change]:
    """Compare the rows of a version with those of today, where they were kept.

    Of those rows alone that this person may see, as they were then and as they are now.
    """
    then, now = rows_at(record, was.edit_version), rows_of(record)
    if then is None:
        return []
    then, now = (
        admitted_rows(record, now, then, person),
        admitted_rows(record, then, now, person),
    )
    return [
        _row_change(record, then, now, label)
        for label in different(now, then, closed=frozenset())
    ]


def _row_change(record: Record, then: Rows, now: Rows, label: str) -> Change:
    named = str(apps.get_model(label)._meta.verbose_name_plural)
    was, is_now = told_rows(record, then, label), told_rows(record, now, label)
    if was == is_now:  # the same ones, in another order or place
        was = told_details(record, then, now, label)
        is_now = told_details(record, now, then, label)
    return Change(label, named, was, is_now)


def last_public(record: Record) -> Any:
    """Give the version that the public saw last; else the one before the present; or None."""
    rows = record.history.order_by("-history_date", "-history_id")
    if not record.is_released:
        public = rows.filter(state=Record.State.RELEASED).first()
        if public is not None:
            return public
    return rows[1:2].first() if rows.count() > 1 else None


def told(field: Field[Any, Any], row: Any) -> str:
    """Say the value of a field in the words of the form; nothing by nothing."""
    value = getattr(row, field.attname)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.is_relation:
        model: type[Model] = field.related_model  # type: ignore[assignment]
        return str(model._default_manager.filter(pk=value).first() or value)
    if isinstance(value, datetime):
        return str(localize(timezone.localtime(value)))
    return str(dict(field.flatchoices).get(value, value))
