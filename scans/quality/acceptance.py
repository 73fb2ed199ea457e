"""Acceptance profiles: limits as data, and the sheet judged by them.

The limits that come along are this project's own defaults, no standard's.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("profiles.toml")


@dataclass(frozen=True)
class Line:
    """One limit.

    measure : where the figure stands in the sheet, its keys joined by dots
    at_least : the limit itself, in `unit`; or
    at_most  : the limit itself, and
    share    : where given, this share of the object's longest side instead of it when
    that is more
    """

    measure: str
    unit: str
    at_most: float = 0.0
    at_least: float | None = None
    share: float = 0.0

    def limit(self, longest_mm: float) -> float:
        """The limit for an object of this size."""
        if self.at_least is not None:
            return self.at_least
        return max(self.at_most, self.share * longest_mm)

    def judge(self, quality: dict[str, Any]) -> dict[str, Any]:
        """Compare the sheet's figure: passed is None where there is none."""
        value = _figure(quality, self.measure)
        limit = self.limit(max(quality["size"]["oriented_mm"]))
        passed: bool | None = None
        if value is not None:
            passed = value >= limit if self.at_least is not None else value <= limit
        return {
            "measure": self.measure,
            "value": value,
            "limit": limit,
            "unit": self.unit,
            "passed": passed,
        }


@dataclass(frozen=True)
class Profile:
    """A named set of limits."""

    name: str
    title: str
    lines: tuple[Line, ...]


@cache
def read_profiles(path: Path = FILE) -> tuple[Profile, ...]:
    """Read the profiles in the file's order."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Profile(name, table["title"], tuple(Line(**line) for line in table["lines"]))
        for name, table in tables.items()
    )


def judge(quality: dict[str, Any], profile: Profile) -> dict[str, Any]:
    """Judge a sheet: failed by one line that fails, open while a figure is missing."""
    lines = [line.judge(quality) for line in profile.lines]
    verdicts = [line["passed"] for line in lines]
    passed: bool | None = True
    if None in verdicts:
        passed = None
    if False in verdicts:
        passed = False
    return {"profile": profile.name, "lines": lines, "passed": passed}


def _figure(quality: dict[str, Any], measure: str) -> float | None:
    value: Any = quality
    for key in measure.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, int | float) else None
