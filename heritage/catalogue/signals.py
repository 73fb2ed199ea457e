"""News that travels upward: received in `AppConfig.ready()` of the rooms above."""

from collections.abc import Sequence

from django.db.models import Model
from django.dispatch import Signal

# Sent inside the transaction of the change. instance: the Record, LinkRow or other
# tracked row that changed, or is about to be deleted. Not of what `many_changed` tells.
changed = Signal()

# Sent inside the transaction after many rows were written at once. instances.
many_changed = Signal()

# Sent inside the transaction after a record's state changed. record, old, new.
state_changed = Signal()


def tell_many(rows: Sequence[Model]) -> None:
    """Tell once of rows that were written together."""
    if rows:
        many_changed.send(type(rows[0]), instances=rows)
