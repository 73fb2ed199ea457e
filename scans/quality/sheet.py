"""The quality sheet: all figures of a reconstruction as one JSON document.

Its shape is in docs/reference/quality.md; a figure that could not be measured is null.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.quality.health import Health
from scans.quality.holes import Hole
from scans.quality.outlook import INSIDE
from scans.quality.spacing import PointFigures, spacing_of

FORMAT = 1
DIGITS = (
    6  # significant ones: a nanometre in a millimetre, and no more bytes than needed
)
MM = 1000.0
PLACES = 10  # of each kind: what a person may look at one by one

Json = dict[str, Any]


def points_part(measured: Sequence[tuple[str, PointFigures]]) -> Json:
    """Points of the set and of each scan; the set's noise is that of its median scan."""
    distances = [figures.distances for _, figures in measured]
    pooled = np.concatenate(distances) if distances else np.zeros(0)
    noises = [f.noise_mm for _, f in measured if f.noise_mm is not None]
    return {
        "count": sum(figures.points for _, figures in measured),
        "spacing_mm": spacing_of(pooled),
        "noise_mm": float(np.median(noises)) if noises else None,
        "scans": [
            {
                "name": name,
                "points": figures.points,
                "spacing_mm": figures.spacing(),
                "noise_mm": figures.noise_mm,
            }
            for name, figures in measured
        ],
    }


def registration_part(figures: Json, found: Json | None, placed: Json) -> Json:
    """Residuals of pairs and scans.

    figures : of the register stage; found : its registration.json, None where there is
    none; placed : its placed.json
    """
    rms = figures.get("registration_rms_m")
    told = found or _from_figures(figures, placed)
    return {
        "rms_mm": None if rms is None else rms * MM,
        "pairs": [
            {
                "first": pair["first"],
                "second": pair["second"],
                "overlap": pair["overlap"],
                "residual_mm": _mm(pair["residual_m"]),
            }
            for pair in told["pairs"]
            if pair.get("used", True)
        ],
        "scans": [
            {
                "name": scan["name"],
                "confidence": scan["confidence"],
                "residual_mm": _mm(scan["residual_m"]),
                "undetermined": scan["undetermined"],
            }
            for scan in told["scans"]
        ],
        "groups": told["groups"],
        "not_placed": [entry["name"] for entry in placed["not_placed"]],
        "undetermined": told["undetermined"],
    }


@dataclass(frozen=True)
class Coverage:
    """What of a surface was measured.

    outlook : of scans.quality.outlook; area_m2 of the whole surface
    holes   : open loops, largest first; filled : patches closed without points
    bare    : (m,) bool, the triangles of those patches
    """

    outlook: str
    area_m2: float
    holes: Sequence[Hole]
    filled: Sequence[Hole]
    bare: NDArray[np.bool_]


def completeness_part(seen: Coverage, *, filled_faces: int | None) -> Json:
    """Share of the surface that was measured: of what there is and what the holes lack.

    What was seen from inside has borders and no holes: null.
    """
    inside = seen.outlook == INSIDE
    open_m2 = sum(hole.area_m2 for hole in seen.holes)
    filled_m2 = sum(hole.area_m2 for hole in seen.filled)
    share = (seen.area_m2 - filled_m2) / (seen.area_m2 + open_m2)
    kinds = {"open": () if inside else seen.holes, "filled": seen.filled}
    return {
        "outlook": seen.outlook,
        "share": None if inside else share,
        "holes": None if inside else len(seen.holes),
        "hole_area_mm2": None if inside else open_m2 * MM**2,
        "filled_area_mm2": filled_m2 * MM**2,
        "filled_faces": filled_faces,
        "places": [
            {
                "kind": kind,
                "width_mm": hole.width_m() * MM,
                "at_m": hole.centre.tolist(),
            }
            for kind, found in kinds.items()
            for hole in found[:PLACES]
        ],
    }


def mesh_part(health: Health) -> Json:
    """What is wrong with the mesh."""
    return asdict(health)


def rounded(value: Any) -> Any:
    """Round every float to the digits that mean something."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") + 0.0
    if isinstance(value, dict):
        return {key: rounded(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(entry) for entry in value]
    return value


NO_DEVIATION: Json = {
    "mean_mm": None,
    "sigma_mm": None,
    "rms_mm": None,
    "p95_mm": None,
    "max_mm": None,
    "beyond": None,
    "histogram": None,
}


def _from_figures(figures: Json, placed: Json) -> Json:
    """What a register stage without registration.json knows: residuals of scans."""
    residuals = figures.get("residuals_m", {})
    names = placed["placed"]
    return {
        "pairs": [],
        "scans": [
            {
                "name": name,
                "confidence": None,
                "residual_m": residuals.get(name),
                "undetermined": [],
            }
            for name in names
        ],
        "groups": [names],
        "undetermined": False,
    }


def _mm(metres: float | None) -> float | None:
    return None if metres is None else metres * MM
