"""News that travels upward: received in `AppConfig.ready()` of the rooms above."""

from django.dispatch import Signal

# Sent inside the transaction of the change. instance: the Record, LinkRow or other
# tracked row that changed, or is about to be deleted.
changed = Signal()

# Sent inside the transaction after a record's state changed. record, old, new.
state_changed = Signal()
