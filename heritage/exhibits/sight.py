"""What is said aloud goes out of sight with its file, and comes back with it."""

from typing import Any

from django.db.models import QuerySet

from heritage.archive.models import StoredFile
from heritage.archive.signals import sight_changed
from heritage.catalogue import signals

from .models import Narration


def follow_sounds() -> None:
    sight_changed.connect(on_sight_changed, dispatch_uid="exhibits-sight")


def on_sight_changed(sender: Any, *, files: QuerySet[StoredFile], **_: Any) -> None:
    """Write records and graphs again whose narrations are heard from these files."""
    heard = Narration.objects.filter(stored_file__in=files)
    for row in heard.select_related("exhibit"):
        signals.changed.send(Narration, instance=row)
