"""What a run's figures say to its checker: by a profile, and by the target accuracy."""

import math
from dataclasses import dataclass
from typing import Any

from scans.recipe import MESH_ONLY

from .models import Device, FieldSheet, Run
from .quality.sheet import measured_run, quality_of
from .quality.words import PROFILE_OF_GRADE, PROFILE_OF_OTHERS

MM = 1000.0
COVERAGE = 2.0  # ISO/IEC Guide 98-3, 6.2
SIDES = ("height", "width", "depth")


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
    """Give the uncertainty of a length: of the model, with that of its device; mm.

    Expanded, coverage factor 2, as the quality sheet and certificates state theirs.
    """
    dimensions = measured_run(run).report.get("dimensions") or {}
    own = dimensions.get("uncertainty_m")
    if not isinstance(own, int | float):
        return None
    return math.hypot(own * MM, COVERAGE * _certified_mm(run, sheet))


def surface_mm(run: Run, sheet: FieldSheet | None) -> float | None:
    """Give how far off the surface may lie, as a standard uncertainty; mm.

    A length ends somewhere between two points; a surface is known there by all around it.
    So it is as sure as its scans agree, or as they are noisy if that is more, and as its
    scale holds from the middle to the edge, once two models were laid on each other.
    What is not known of these adds nothing: `is_surface_known` and `is_scale_known` tell.
    None where nothing is known.
    """
    sizes = measured_run(run).report.get("dimensions") or {}
    reach_mm = math.hypot(*(sizes.get(f"{k}_m") or 0.0 for k in SIDES)) / 2 * MM
    share = _scale_share(run, sheet)
    scaled = [] if share is None else [share * reach_mm]
    known = _spreads_mm(run)
    if not known and not scaled:
        return None
    return math.hypot(max(known, default=0.0), *scaled)


def is_surface_known(run: Run) -> bool:
    """Tell whether it was measured how well this model's surface is known."""
    return bool(_spreads_mm(run))


def is_scale_known(run: Run, sheet: FieldSheet | None) -> bool:
    """Tell whether a certificate, or bars that the unit was checked by, vouch for it.

    One that had expired by then does not, though what it stated still counts. Of a model
    that was handed in as a mesh nobody knows what made it.
    """
    vouches = _is_certificate_valid(run, sheet) or _bars_share(run) is not None
    return vouches and not _is_made_of_mesh(run)


def _spreads_mm(run: Run) -> list[float]:
    """Give how far its scans lie apart and how noisy they are, as far as measured; mm.

    A mesh that was handed in is smooth: its own vertices tell nothing of the noise.
    """
    report = measured_run(run).report
    apart_m = (report.get("figures") or {}).get("registration_rms_m")
    noise_mm = (quality_of(run).get("points") or {}).get("noise_mm")
    known = [apart_m * MM] if isinstance(apart_m, int | float) else []
    if isinstance(noise_mm, int | float) and not _is_made_of_mesh(run):
        known.append(noise_mm)
    return known


def _is_made_of_mesh(run: Run) -> bool:
    recipe = measured_run(run).report.get("recipe") or {}
    return bool(recipe.get("name") == MESH_ONLY)


def _scale_share(run: Run, sheet: FieldSheet | None) -> float | None:
    """Give the standard uncertainty of the scale, a share of one; None if not known."""
    known = [share for share in (_bars_share(run),) if share is not None]
    if _certificate_mm(run, sheet) is not None:
        known.append(_certified_mm(run, sheet) / MM)
    return math.hypot(*known) if known else None


def _bars_share(run: Run) -> float | None:
    """Give how far scale bars come out from what they are; None without any.

    Bars that set the scale are used up: they no longer tell how well it holds.
    """
    scale = quality_of(run).get("scale") or {}
    if not scale.get("bars") or scale.get("evidence") == "measured":
        return None
    factor = scale.get("factor")
    return abs(factor - 1.0) if factor else None


def _is_certificate_valid(run: Run, sheet: FieldSheet | None) -> bool:
    if _certificate_mm(run, sheet) is None or sheet is None or sheet.device is None:
        return False
    return sheet.device.trust_on(run.capture.captured_on) is Device.Trust.VALID


def _certified_mm(run: Run, sheet: FieldSheet | None) -> float:
    """Give what the device's certificate states, as a standard uncertainty of a metre."""
    return (_certificate_mm(run, sheet) or 0.0) / COVERAGE


def _certificate_mm(run: Run, sheet: FieldSheet | None) -> float | None:
    device = sheet.device if sheet else None
    certificate = device.calibration_on(run.capture.captured_on) if device else None
    return certificate.uncertainty_mm if certificate else None


def fits_register(run: Run) -> bool | None:
    """Tell whether the model is as large as the register says; None without a size."""
    matches = (quality_of(run).get("scale") or {}).get("matches")
    return matches if isinstance(matches, bool) else None


def _judged_by(run: Run) -> list[dict[str, Any]]:
    return [one for one in quality_of(run).get("acceptance") or [] if one]
