"""What time does to loads: one whose worker died is rung for again; leftovers go."""

import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from heritage.lib.due import due

from .lease import free_loads
from .models import Load
from .tasks import ring

STAGED_KEPT = timedelta(days=7)
RUNG_AGAIN = timedelta(seconds=60)  # a bell may wait behind others


@due
def ring_for_loads() -> int:
    """Ring for loads whose worker is gone, and for those whose bell was lost."""
    lapsed = free_loads().exclude(state=Load.State.WAITING)
    silent = Load.objects.filter(
        state=Load.State.WAITING, created_at__lt=timezone.now() - RUNG_AGAIN
    )
    found = [*lapsed, *silent]
    for load in found:
        ring(load)
    return len(found)


@due
def drop_staged_rows() -> int:
    """Remove the rows of loads that are over, and of those never begun within a week."""
    State = Load.State  # noqa: N806 - a name for a class
    over = Load.objects.filter(state__in=[State.DONE, State.UNDONE])
    old = Load.objects.filter(
        state=State.STAGED, created_at__lt=timezone.now() - STAGED_KEPT
    )
    root = Path(settings.WORK_ROOT) / "loads"
    folders = {path.name for path in root.iterdir()} if root.is_dir() else set()
    gone = 0
    for load in (*over.filter(key__in=folders), *old.filter(key__in=folders)):
        shutil.rmtree(root / load.key, ignore_errors=True)
        gone += 1
    return gone
