"""Watches a run: events for whoever listens, progress that never goes back."""

import time
from collections.abc import Callable
from typing import Any

from scans.cost import Clock
from scans.events import Event, Kind
from scans.geometry.scan import Finding
from scans.memory import peak_bytes, reset_peak

QUIET_S = 0.5  # progress is told at most so often


class Monitor:
    """Turns what a run does into events."""

    def __init__(self, say: Callable[[Event], None], clock: Clock) -> None:
        self.say = say
        self.clock = clock
        self.findings: list[Finding] = []
        self.stage = ""
        self.fraction = 0.0
        self._said = 0.0

    def plan(self) -> None:
        """Tell the stages and the estimate, before anything else."""
        stages = list(self.clock.estimates)
        total = round(self.clock.total_s, 2)
        self._tell("plan", stages=stages, estimate_s=total)

    def start(self, stage: str) -> None:
        """Tell that a stage begins, and which span of the whole it is."""
        self.stage = stage
        reset_peak()
        start, end = self.clock.spans[stage]
        seconds = round(self.clock.estimates[stage], 2)
        self._tell("stage-started", estimate_s=seconds, span=[start, end])

    def progress(self, share: float) -> None:
        """Tell the share of the present stage that is done."""
        self._forward(share)
        if time.monotonic() - self._said >= QUIET_S:
            self._tell("progress")

    def finish(self, **detail: Any) -> None:
        """Tell that a stage has ended."""
        self._forward(1.0)
        self._tell("stage-finished", **detail)

    def warn(self, finding: Finding) -> None:
        """Tell what a person should know, and keep it for the report."""
        self.findings.append(finding)
        self._tell(
            "warning",
            code=finding.code,
            facts=finding.facts,
            message=finding.message,
        )

    def done(self, **detail: Any) -> None:
        """Tell that all is done."""
        self.fraction = 1.0
        self._tell("done", **detail)

    def _forward(self, share: float) -> None:
        self.fraction = max(self.fraction, self.clock.fraction(self.stage, share))

    def _tell(self, kind: Kind, **detail: Any) -> None:
        self._said = time.monotonic()
        left = round(self.clock.left_s(self.fraction), 2)
        self.say(
            Event(kind, self.stage, self.fraction, left, peak_bytes(), dict(detail))
        )
