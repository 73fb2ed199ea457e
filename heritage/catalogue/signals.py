"""News that travels upward: received in `AppConfig.ready()` of the rooms above."""

from collections.abc import Sequence

from django.db.models import Model
from django.dispatch import Signal

# Sent inside the transaction of the change. instance: the Record, LinkRow or other
# tracked row that changed, or is about to be deleted. in_many: `many_changed` has told
# of it before; whoever hears that leaves this one alone.
changed = Signal()

# Sent inside the transaction after many rows were written at once. instances.
many_changed = Signal()

# Sent inside the transaction after a record's state changed. record, old, new.
state_changed = Signal()


def tell_many(rows: Sequence[Model]) -> None:
    """Tell of rows that were written together: once, and one by one to whoever needs that."""
    if not rows:
        return
    many_changed.send(type(rows[0]), instances=rows)
    for row in rows:
        changed.send(type(row), instance=row, in_many=True)
