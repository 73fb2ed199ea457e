"""Write down how far a run is: about once a second, and never backwards."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from scans.events import Event

from .lease import Lease
from .models import Run, RunStage

# Saved at the next look after it, a fifth of a second on: a second at the most.
SAVE_EVERY_S = 0.8
ASK_EVERY_S = 0.5  # how often the wish to cancel is looked up: it must work within 2 s
Clock = Callable[[], float]


class ProgressPen:
    """Hears the engine of one attempt and writes to the run's row under its lease."""

    def __init__(
        self,
        run: Run,
        lease: Lease,
        is_stopping: Callable[[], bool],
        clock: Clock = time.monotonic,
    ) -> None:
        self.run, self.lease, self.is_stopping = run, lease, is_stopping
        self.clock = clock
        # Where an earlier attempt had come to: the bar must not go back for a new one.
        self.fraction = run.fraction
        self.pending: dict[str, Any] = {}
        self.saved_at = self.asked_at = -SAVE_EVERY_S
        self.number = 0
        self.taken: Mapping[str, str] = {}  # stages of an earlier run, by its key
        # An attempt that resumes goes through these again, in no time.
        self.finished = set(run.stages.values_list("name", flat=True))

    def hear(self, event: Event) -> None:
        self.fraction = max(self.fraction, min(event.fraction, 1.0))
        self.pending |= {"fraction": self.fraction, "eta_s": event.eta_s}
        if event.peak_bytes:
            self.pending["peak_bytes"] = event.peak_bytes
        if event.kind == "plan":
            self._plan(event)
        elif event.kind == "stage-started" and event.stage not in self.finished:
            self.pending["stage"] = event.stage
            self.flush()  # a lapse is counted against the stage it happened in
        elif event.kind == "stage-finished":
            self._finish_stage(event)
        self._flush_if_due()

    def flush(self) -> None:
        """Write what has been heard since the last time."""
        self.saved_at = self.clock()
        if self.pending:
            self.lease.save(**self.pending)
        self.pending = {}

    def should_stop(self) -> bool:
        """Tell whether the child must end: cancelled, shutting down, or lease lost."""
        self._flush_if_due()
        if self.is_stopping() or self.lease.lost.is_set():
            return True
        if self.clock() - self.asked_at < ASK_EVERY_S:
            return False
        self.asked_at = self.clock()
        return not Run.objects.filter(
            pk=self.run.pk, attempt=self.lease.attempt, stop_asked=False
        ).exists()

    def _flush_if_due(self) -> None:
        if self.clock() - self.saved_at >= SAVE_EVERY_S:
            self.flush()

    def _owner(self, event: Event) -> Run | None:
        """Give the run that a stage was taken over from, if the engine did take it."""
        key = self.taken.get(event.stage) if event.detail.get("resumed") else None
        return Run.objects.filter(key=key).first() if key else None

    def _plan(self, event: Event) -> None:
        estimate = event.detail.get("estimate_s")
        if self.run.estimate_s is None and estimate is not None:
            self.run.estimate_s = self.pending["estimate_s"] = float(estimate)

    def _finish_stage(self, event: Event) -> None:
        self.number += 1
        figures = {
            "number": self.number,
            "seconds": event.detail.get("seconds", 0.0),
            "peak_bytes": event.detail.get("peak_bytes", event.peak_bytes),
            "digest": event.detail.get("digest", ""),
            "attempt": self.lease.attempt,
            "taken_from": self._owner(event),
        }
        with transaction.atomic():
            self.flush()  # first the fence: a lost lease writes no stage
            _, is_new = RunStage.objects.get_or_create(
                run=self.run, name=event.stage, defaults=figures
            )
            self.finished.add(event.stage)
            if is_new:  # the run got on: what lapsed before did so in another stage
                self.lease.save(lapsed_in_stage=0)
