"""Who was shown what is not for everybody who works here: written down, never changed."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Model

from heritage.archive.pages import note_rows

from .doors import door_now
from .models import Record, RestrictedRead
from .rules import PRIVATE_FIELDS


def restricted_fields(model: type[Model]) -> tuple[str, ...]:
    """Name the fields of a model whose reading is written down."""
    return PRIVATE_FIELDS.get(model, ())


def note_read(record: Record, shown: Any, *, by: Any) -> None:
    """Write down which of the fields that are shown are restricted and hold something.

    The admin's forms, exports and object files call it or `note_reads`.
    """
    note_reads([(record, shown)], by=by.pk)


def note_reads(
    shown: Iterable[tuple[Record, Any]], *, by: int | None, as_it_was: bool = False
) -> None:
    """Write down many reads at once: records, and the names of what is shown of each.

    `as_it_was` tells that what is shown need not be what the record holds today.
    """
    door = door_now()
    reads = [
        RestrictedRead(
            record_kind=record.kind,
            record_key=record.key,
            by_id=by,
            fields=told,
            door=door,
        )
        for record, names in shown
        if (told := _told(record, names, as_it_was=as_it_was))
    ]
    with transaction.atomic():
        rows = RestrictedRead.objects.bulk_create(reads)
        note_rows(RestrictedRead, *(row.pk for row in rows))


def _told(record: Record, shown: Any, *, as_it_was: bool) -> list[str]:
    return [
        name
        for name in restricted_fields(type(record))
        if name in shown and (as_it_was or getattr(record, name) not in (None, ""))
    ]
