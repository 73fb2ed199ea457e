"""Hold a work: only the attempt that holds it may write, and it writes batch by batch."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import DatabaseError, OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.archive.pages import note_rows

from .work import Work

W = TypeVar("W", bound=Work)
State = Work.State
ATTEMPTS = 3  # at what may pass by itself: a database that restarts, or is busy


class WorkLost(Exception):
    """Another attempt holds the work, or it is over, or somebody has stopped it."""


def free(model: type[W]) -> QuerySet[W]:
    """Give the works of this kind that nobody is at."""
    lapsed = Q(leased_until__lt=timezone.now()) | Q(leased_until__isnull=True)
    working = Q(state__in=[State.RUNNING, State.UNDOING]) & lapsed
    return model._default_manager.filter(Q(state=State.WAITING) | working)


def take_up(model: type[W], pk: int, *, state: str) -> W | None:
    """Hold a work that waits, or whose holder is gone; None if somebody has it."""
    source = State.UNDOING if state == State.UNDOING else State.WAITING
    mine = Q(state=source) | Q(state=state)
    taken = (
        free(model)
        .filter(mine, pk=pk)
        .update(state=state, attempt=F("attempt") + 1, leased_until=lease_end())
    )
    rows = model._default_manager.select_related(*model.fetched)
    return rows.get(pk=pk) if taken else None


def save(work: Work, **values: Any) -> None:
    """Write columns if the work is still ours; within the batch's transaction."""
    model = type(work)
    held = model._default_manager.filter(
        pk=work.pk, attempt=work.attempt, state=work.state
    )
    if not held.update(leased_until=lease_end(), **values):
        raise WorkLost
    for name, value in values.items():
        setattr(work, name, value)
    note_rows(model, work.pk)


@contextmanager
def telling_failure(work: Work) -> Iterator[None]:
    """Let a work that breaks off be FAILED and say why, instead of being rung for ever."""
    try:
        yield
    except WorkLost:
        raise
    except Exception as error:
        if not isinstance(error, OperationalError) or work.attempt >= ATTEMPTS:
            _fail(work, error)
        raise


def _fail(work: Work, error: Exception) -> None:
    told = _("It broke off after %(rows)d rows: %(reason)s") % {
        "rows": work.cursor, "reason": f"{type(error).__name__}: {error}",
    }  # fmt: skip
    with suppress(DatabaseError, WorkLost), transaction.atomic():
        save(work, state=State.FAILED, error=told[:500])


def lease_end() -> Any:
    return timezone.now() + timedelta(seconds=settings.LEASE_S)
