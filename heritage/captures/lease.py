"""Hold a run: only the attempt that holds the lease may write to its row.

The attempt number is the fence. Who takes a run up raises it; every later write names
it and changes nothing if it is no longer the current one, so a worker that slept past
its lease cannot spoil what another has done since.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from .models import Run

MOST_LAPSES = 3  # of attempts in one stage; then something in it kills its worker
LONGEST_LEASES = 10  # of a lease: a clock that is put back by less is waited for
State = Run.State
log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """The run is no longer ours: another attempt holds it, or it is over."""


@dataclass
class Lease:
    """One attempt's hold on a run."""

    run_id: int
    attempt: int
    lost: threading.Event = field(default_factory=threading.Event)

    def save(self, **values: Any) -> None:
        """Write columns that the graph does not show: progress, stage, lease."""
        self._check(_plain_rows().filter(self._ours()).update(**values))

    def conclude(self, **values: Any) -> None:
        """Write what others must hear of: the end of the run, or of this attempt."""
        self._check(
            Run.objects.filter(self._ours()).update(leased_until=None, **values)
        )

    def renew(self) -> None:
        self.save(leased_until=lease_end())

    def give_up(self) -> None:
        """Let the lease lapse at once: this attempt counts as a failed one."""
        self.save(leased_until=timezone.now() - timedelta(seconds=1))

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Renew the lease from a thread, so that long work in the main one keeps it."""
        over = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(over,), name="lease")
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join()

    def _keep(self, over: threading.Event) -> None:
        # Waiting for a third of the lease leaves two more chances to renew it.
        while not over.wait(settings.LEASE_S / 3):
            try:
                self.renew()
            except LeaseLost:
                return
            except DatabaseError:
                log.warning("The lease could not be renewed yet.", exc_info=True)
            finally:
                connection.close()

    def _ours(self) -> Q:
        return Q(pk=self.run_id, attempt=self.attempt, state=State.RUNNING)

    def _check(self, changed: int) -> None:
        if not changed:
            self.lost.set()
            raise LeaseLost


def take_up(key: str, *, worker: str) -> Lease | None:
    """Lease a run that waits or whose lease has lapsed; None if there is nothing to do."""
    close_hopeless(key)
    with transaction.atomic():
        taken = _take(key, worker)
        if not taken:
            return None
        run = Run.objects.only("attempt").get(key=key)
    return Lease(run_id=run.pk, attempt=run.attempt)


def free_runs() -> QuerySet[Run]:
    """Give the runs that some worker should take up."""
    rows: QuerySet[Run] = Run.objects.filter(_waiting() | _lapsed())
    return rows


def close_hopeless(key: str | None = None) -> int:
    """End lapsed runs that nobody shall take up: cancelled ones, and killers of workers."""
    rows = Run.objects.filter(_lapsed(), **({"key": key} if key else {}))
    over = {"leased_until": None, "finished_at": timezone.now(), "eta_s": None}
    closed: int = rows.filter(stop_asked=True).update(state=State.CANCELLED, **over)
    last = rows.filter(stop_asked=False, lapsed_in_stage__gte=MOST_LAPSES - 1)
    for run in last:
        closed += last.filter(pk=run.pk, attempt=run.attempt).update(
            state=State.FAILED,
            lapsed_in_stage=MOST_LAPSES,
            error_code="lapsed-too-often",
            error_facts={"stage": run.stage, "times": MOST_LAPSES},
            **over,
        )
    return closed


def lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.LEASE_S)


def _take(key: str, worker: str) -> int:
    now = timezone.now()
    values = {
        "state": State.RUNNING,
        "worker": worker,
        "attempt": F("attempt") + 1,
        "leased_until": lease_end(),
        "started_at": Coalesce("started_at", Value(now)),
    }
    rows = _plain_rows().filter(key=key, stop_asked=False)
    lapsed = rows.filter(_lapsed()).update(
        lapsed_in_stage=F("lapsed_in_stage") + 1, **values
    )
    return lapsed or rows.filter(_waiting()).update(**values)


def _waiting() -> Q:
    return Q(state=State.WAITING)


def _lapsed() -> Q:
    now = timezone.now()
    # No lease is that long: this one was dated by a clock that was put back since.
    odd = Q(leased_until__gt=now + LONGEST_LEASES * timedelta(seconds=settings.LEASE_S))
    return Q(Q(leased_until__lt=now) | odd, state=State.RUNNING)


def _plain_rows() -> QuerySet[Run]:
    """Rows without news for the graph: these columns change every second."""
    return QuerySet(Run)
