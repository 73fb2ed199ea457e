"""The first row of the history of records that were written many at a time."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from .doors import door_now
from .models import Record


def begin_history(
    records: Sequence[Record], *, by: User | None, reason: str
) -> list[int]:
    """Write the first history row of each of these new records; gives the rows' keys.

    As `bulk_history_create` does, but the database copies what it has just been given:
    values that have come once need not be written and sent a second time. All are of
    one kind, and written already.
    """
    if not records:
        return []
    model: Any = type(records[0])
    history = model.history.model
    if not connection.features.can_return_rows_from_bulk_insert:  # an old SQLite
        rows = model.history.bulk_history_create(
            records, default_user=by, default_change_reason=reason
        )
        return [row.pk for row in rows]
    user = by or history.get_default_history_user(records[0])
    said = {
        "history_date": timezone.now(),
        "history_change_reason": reason,
        "history_type": "+",
        "history_user_id": user.pk if user else None,
        "door": door_now(),
    }
    qn = connection.ops.quote_name
    copied = ", ".join(qn(field.column) for field in history.tracked_fields)
    columns = {history._meta.get_field(name): value for name, value in said.items()}
    own = ", ".join(qn(field.column) for field in columns)
    values = [f.get_db_prep_save(value, connection) for f, value in columns.items()]
    keys = [record.pk for record in records]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {qn(history._meta.db_table)} ({copied}, {own}) "  # noqa: S608 - our own names
            f"SELECT {copied}, {', '.join(['%s'] * len(values))} "
            f"FROM {qn(model._meta.db_table)} WHERE {qn(model._meta.pk.column)} "
            f"IN ({', '.join(['%s'] * len(keys))}) ORDER BY {qn(model._meta.pk.column)} "
            f"RETURNING {qn(history._meta.pk.column)}",
            [*values, *keys],
        )
        return [key for (key,) in cursor.fetchall()]
