"""What a run's figures say to its checker: by a profile, and by the target accuracy."""

import math
from dataclasses import dataclass
from typing import Any

from .models import FieldSheet, Run
from .quality.sheet import measured_run, quality_of
from .quality.words import PROFILE_OF_GRADE, PROFILE_OF_OTHERS

MM = 1000.0


@dataclass(frozen=True)
class Judged:
    """A run's figures held against what was asked for.

    passed : by the profile; None while a figure is missing or nothing was measured
    target_mm, accuracy_mm : None where not stated, or not known
    """

    profile: str
    passed: bool | None
    lines: list[dict[str, Any]]
    target_mm: float | None
    accuracy_mm: float | None

    @property
    def is_accurate(self) -> bool | None:
        """Whether the target is kept; None where it cannot be told."""
        if self.target_mm is None or self.accuracy_mm is None:
            return None
        return self.accuracy_mm <= self.target_mm

    @property
    def is_well(self) -> bool:
        """Nothing that was asked for is missed."""
        return self.passed is not False and self.is_accurate is not False


def profiles_of(run: Run) -> list[str]:
    """Name the acceptance profiles that this run was judged by."""
    return [str(one.get("profile", "")) for one in _judged_by(run)]


def own_profile(run: Run) -> str:
    """Name the profile that the relic's grade asks for."""
    return PROFILE_OF_GRADE.get(run.capture.relic.grade, PROFILE_OF_OTHERS)


def judge_run(run: Run, profile: str = "") -> Judged:
    """Hold a run against a profile, or the one that the relic's grade asks for."""
    wanted = profile or own_profile(run)
    found = next((one for one in _judged_by(run) if one.get("profile") == wanted), {})
    sheet = FieldSheet.objects.filter(capture=run.capture).select_related("device")
    return Judged(
        wanted,
        found.get("passed"),
        found.get("lines", []),
        getattr(sheet.first(), "target_accuracy_mm", None),
        accuracy_mm(run, sheet.first()),
    )


def accuracy_mm(run: Run, sheet: FieldSheet | None) -> float | None:
    """Give the uncertainty of a length: of the model, with that of its device; mm."""
    dimensions = measured_run(run).report.get("dimensions") or {}
    own = dimensions.get("uncertainty_m")
    if not isinstance(own, int | float):
        return None
    device = sheet.device if sheet else None
    certificate = device.calibration_on(run.capture.captured_on) if device else None
    certified = (certificate.uncertainty_mm if certificate else None) or 0.0
    # Certificates state twice the standard uncertainty (ISO/IEC Guide 98-3, 6.2).
    return math.hypot(own * MM, certified / 2)


def fits_register(run: Run) -> bool | None:
    """Tell whether the model is as large as the register says; None without a size."""
    matches = (quality_of(run).get("scale") or {}).get("matches")
    return matches if isinstance(matches, bool) else None


def _judged_by(run: Run) -> list[dict[str, Any]]:
    return [one for one in quality_of(run).get("acceptance") or [] if one]
