"""The report on a set of files before anything is done with it: one for all of them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    ERROR = "error"  # stops the set
    WARNING = "warning"


@dataclass(frozen=True)
class Told:
    """One thing found: in which file, what it is, and what to do about it."""

    file: str
    code: str
    level: Level
    reason: str
    cure: str


@dataclass(frozen=True)
class SetReport:
    """All that was found in a set, errors first."""

    told: Sequence[Told]
    files: int

    @property
    def errors(self) -> list[Told]:
        return [one for one in self.told if one.level == Level.ERROR]

    @property
    def warnings(self) -> list[Told]:
        return [one for one in self.told if one.level == Level.WARNING]

    @property
    def stops(self) -> bool:
        return bool(self.errors)

    def as_json(self) -> dict[str, Any]:
        return {
            "files": self.files,
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "findings": [asdict(one) for one in self.told],
        }
