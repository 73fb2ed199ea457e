"""Hold a load: only the attempt that holds it may write, and it writes batch by batch."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.archive.pages import note_rows

from .models import Load

State = Load.State
ATTEMPTS = 3  # at what may pass by itself: a database that restarts, or is busy


class LoadLost(Exception):
    """Another attempt holds the load, or it is over."""


def free_loads() -> QuerySet[Load]:
    """Give the loads that nobody works at."""
    lapsed = Q(leased_until__lt=timezone.now()) | Q(leased_until__isnull=True)
    working = Q(state__in=[State.RUNNING, State.UNDOING]) & lapsed
    return Load.objects.filter(Q(state=State.WAITING) | working)


def take_up(pk: int, *, state: str) -> Load | None:
    """Hold a load that waits, or whose holder is gone; None if somebody has it."""
    source = State.UNDOING if state == State.UNDOING else State.WAITING
    mine = Q(state=source) | Q(state=state)
    taken = (
        free_loads()
        .filter(mine, pk=pk)
        .update(state=state, attempt=F("attempt") + 1, leased_until=lease_end())
    )
    return (
        Load.objects.select_related("collection", "mapping", "created_by").get(pk=pk)
        if taken
        else None
    )


def save(load: Load, **values: Any) -> None:
    """Write columns if the load is still ours; within the batch's transaction."""
    held = Load.objects.filter(pk=load.pk, attempt=load.attempt, state=load.state)
    if not held.update(leased_until=lease_end(), **values):
        raise LoadLost
    for name, value in values.items():
        setattr(load, name, value)
    note_rows(Load, load.pk)


@contextmanager
def telling_failure(load: Load) -> Iterator[None]:
    """Let a load that breaks off be FAILED and say why, instead of being rung for ever."""
    try:
        yield
    except LoadLost:
        raise
    except Exception as error:
        if not isinstance(error, OperationalError) or load.attempt >= ATTEMPTS:
            _fail(load, error)
        raise


def _fail(load: Load, error: Exception) -> None:
    told = _("It broke off after %(rows)d rows: %(reason)s") % {
        "rows": load.cursor, "reason": f"{type(error).__name__}: {error}",
    }  # fmt: skip
    with suppress(DatabaseError, LoadLost), transaction.atomic():
        save(load, state=State.FAILED, error=told[:500])


def lease_end() -> Any:
    return timezone.now() + timedelta(seconds=settings.LEASE_S)
