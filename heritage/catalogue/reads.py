"""Who was shown what is not for everybody who works here: written down, never changed."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

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


def note_reads(shown: Iterable[tuple[Record, Any]], *, by: int | None) -> None:
    """Write down many reads at once: records, and the names of what is shown of each."""
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
        if (told := _told(record, names))
    ]
    RestrictedRead.objects.bulk_create(reads)


def _told(record: Record, shown: Any) -> list[str]:
    return [
        name
        for name in restricted_fields(type(record))
        if name in shown and getattr(record, name) not in (None, "")
    ]
