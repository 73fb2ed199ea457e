"""What a run says while it works: one JSON object a line. Standard library only."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal[
    "plan",
    "stage-started",
    "progress",
    "stage-finished",
    "warning",
    "error",
    "done",
]


@dataclass(frozen=True)
class Event:
    """One line of the engine's stdout."""

    kind: Kind
    stage: str = ""
    fraction: float = 0.0  # of the whole run; never goes back
    eta_s: float | None = None
    peak_bytes: int = 0
    detail: dict[str, Any] = field(default_factory=dict)

    def to_line(self) -> str:
        """One line of JSON, without its newline."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_line(cls, line: str) -> "Event":
        """Read what `to_line` wrote; ValueError or TypeError for anything else."""
        return cls(**json.loads(line))


Say = Callable[[Event], None]  # tells whoever follows a run
