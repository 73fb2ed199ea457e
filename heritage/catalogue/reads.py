"""Who was shown what is not for everybody who works here: written down, never changed."""

from typing import Any

from django.db.models import Model

from .doors import door_now
from .models import Record, RestrictedRead
from .rules import PRIVATE_FIELDS


def restricted_fields(model: type[Model]) -> tuple[str, ...]:
    """Name the fields of a model whose reading is written down."""
    return PRIVATE_FIELDS.get(model, ())


def note_read(record: Record, shown: Any, *, by: Any) -> RestrictedRead | None:
    """Write down which of the fields that are shown are restricted and hold something.

    Every door that gives such fields out calls it: the admin's forms, exports, the API.
    """
    told = [
        name
        for name in restricted_fields(type(record))
        if name in shown and getattr(record, name) not in (None, "")
    ]
    if not told:
        return None
    return RestrictedRead.objects.create(
        record_kind=record.kind,
        record_key=record.key,
        by=by,
        fields=told,
        door=door_now(),
    )
