"""News of the archive for the rooms above: received in `AppConfig.ready()`."""

from django.dispatch import Signal

# Sent inside the transaction in which files go out of sight, come back or are erased.
# files: a QuerySet of StoredFile.
sight_changed = Signal()
