"""Keeps progress moving while the engine is silent. Standard library only."""

import time
from dataclasses import replace

from scans.events import Event

SILENCE_S = 0.5  # after which progress is guessed: with the looks, 0.7 s at most


class Pulse:
    """Keeps progress moving while one long call keeps the engine from speaking."""

    def __init__(self) -> None:
        self.last: Event | None = None
        self.heard = 0.0
        self.fraction = 0.0
        self.span = (0.0, 0.0)
        self.estimate_s = 0.0

    def hear(self, event: Event) -> Event:
        """Take an event in; give it on with a fraction that never goes back."""
        self.fraction = max(self.fraction, event.fraction)
        if event.kind == "stage-started":
            start, end = event.detail.get("span", (0.0, 0.0))
            self.span = (float(start), float(end))
            self.estimate_s = float(event.detail.get("estimate_s", 0.0))
        self.last = replace(event, fraction=self.fraction)
        self.heard = time.monotonic()
        return self.last

    def guess(self) -> Event | None:
        """After a silence, guess how far the stage is from how long it should take."""
        silence = time.monotonic() - self.heard
        if self.last is None or silence < SILENCE_S:
            return None
        if self.last.kind not in ("stage-started", "progress", "warning"):
            return None
        # A stage of which nobody knows how long it takes is heard of, and stands still.
        length = self.span[1] - self.span[0]
        per_s = length / self.estimate_s if self.estimate_s > 0 else 0.0
        most = self.span[1] - 0.05 * (self.span[1] - self.span[0])
        self.fraction = max(self.fraction, min(self.fraction + per_s * silence, most))
        left = self.last.eta_s
        left = None if left is None else max(left - silence, 0.0)
        guessed = replace(
            self.last, kind="progress", fraction=self.fraction, eta_s=left, detail={}
        )
        return self.hear(guessed)
