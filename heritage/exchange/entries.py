"""One row on its way into the register: what it says, what is known, what came of it."""

from dataclasses import dataclass, field
from typing import Any

from heritage.catalogue.models import Relic

from .checking import Fault
from .models import LoadedRow, SourceRecord
from .plain import row_key
from .reading import Reading
from .staging import Staged
from .writing import New

Verdict = LoadedRow.Verdict


@dataclass
class Entry:
    """One row on its way in."""

    place: int
    identifier: str
    row: Staged
    said: Reading
    faults: list[Fault] = field(default_factory=list)
    known: SourceRecord | None = None  # what this table said of it before
    relic: Relic | None = None
    verdict: str = ""
    changes: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    new: New | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """What it says of the record, without what says which record that is."""
        told = self.said.values.items()
        return {k: v for k, v in told if k not in ("key", "edit_version")}


def tidy(said: Reading) -> Reading:
    """Write lists as a plain record has them: sorted, nothing empty, each once."""
    for key in ("materials", "facets"):
        if key in said.values:
            said.values[key] = sorted(set(said.values[key]))
    for key in ("dimensions", "numbers", "identifiers", "other_names"):
        if key in said.values:
            rows = [
                {k: v for k, v in r.items() if v not in (None, "")}
                for r in said.values[key]
            ]
            if key == "dimensions":
                rows = [{"unit": "cm", "origin": "caliper", **r} for r in rows]
            once = {row_key(key, row): row for row in reversed(rows)}
            said.values[key] = [once[name] for name in sorted(once)]
    return said
