"""What time does to loads and changes: one whose worker died is rung for; leftovers go."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from heritage.lib import bells
from heritage.lib.due import due

from .lease import free
from .models import BulkChange, Load
from .tasks import bell_of, ring
from .work import Work

STAGED_KEPT = timedelta(days=7)
RUNG_AGAIN = timedelta(seconds=60)  # a bell may wait behind others
KINDS: Final[tuple[type[Work], ...]] = (Load, BulkChange)


@due
def ring_for_loads() -> int:
    """Ring for works whose worker is gone, and for those whose bell was lost."""
    return sum(_ring_for(kind) for kind in KINDS)


def _ring_for(kind: type[Work]) -> int:
    lapsed = free(kind).exclude(state=Work.State.WAITING)
    silent = kind._default_manager.filter(
        state=Work.State.WAITING, created_at__lt=timezone.now() - RUNG_AGAIN
    )
    rung = bells.keys_rung(bell_of(kind))
    found = [work for work in (*lapsed, *silent) if str(work.pk) not in rung]
    for work in found:
        ring(work)
    return len(found)


@due
def drop_staged_rows() -> int:
    """Remove the rows of works that are over, and of those never begun within a week."""
    root = Path(settings.WORK_ROOT) / "loads"
    folders = {path.name for path in root.iterdir()} if root.is_dir() else set()
    keys = {key for kind in KINDS for key in _over(kind, folders)}
    for key in keys:
        shutil.rmtree(root / key, ignore_errors=True)
    return len(keys) + _forget_choices()


def _over(kind: type[Work], keys: set[str]) -> list[str]:
    over = kind._default_manager.filter(
        state__in=[Work.State.DONE, Work.State.UNDONE], key__in=keys
    )
    old = kind._default_manager.filter(
        state=Work.State.STAGED, created_at__lt=_week_ago(), key__in=keys
    )
    return list((over | old).values_list("key", flat=True))


def _forget_choices() -> int:
    """Forget what was chosen for a change that nobody began: it is in no record."""
    left = BulkChange.objects.filter(
        state=Work.State.STAGED, created_at__lt=_week_ago()
    )
    return left.delete()[0]


def _week_ago() -> object:
    return timezone.now() - STAGED_KEPT
