"""What files in the archive show of a capture: told of when they go out of sight."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from heritage.archive import erasing
from heritage.archive.models import Deposit, StoredFile
from heritage.archive.signals import sight_changed
from heritage.catalogue import signals

from .clouds import forget_clouds
from .models import Capture, CaptureFile, Derivative, Run
from .stage_shelf import forget_stages


def follow_files() -> None:
    sight_changed.connect(on_sight_changed, dispatch_uid="captures-sight")
    erasing.declare(computed_from)


def on_sight_changed(sender: Any, *, files: QuerySet[StoredFile], **_: Any) -> None:
    """Write records and graphs again that name these files; forget what shows them."""
    parts = CaptureFile.objects.filter(capture=OuterRef("pk"), stored_file__in=files)
    given = Derivative.objects.filter(run=OuterRef("pk"), stored_file__in=files)
    for capture in Capture.objects.filter(Exists(parts)):
        signals.changed.send(Capture, instance=capture)
        transaction.on_commit(partial(forget_clouds, capture))
        transaction.on_commit(partial(forget_stages, capture))
    for run in Run.objects.filter(Exists(given)).select_related("capture"):
        signals.changed.send(Run, instance=run)


def computed_from(files: QuerySet[StoredFile]) -> QuerySet[Deposit]:
    """Give the outputs of all runs of the captures that hold these files.

    Of all runs, whether their reports name the file or not: what a scan shows of a thing
    may stand in a picture of it, and a wrong guess could not be made good.
    """
    captures = CaptureFile.objects.filter(stored_file__in=files).values("capture")
    runs = Run.objects.filter(capture__in=captures, outputs__isnull=False)
    return Deposit.objects.filter(pk__in=runs.values("outputs"))
