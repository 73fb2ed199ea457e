"""What a person should know of a sheet's figures, each as a code with its facts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from scans.geometry.scan import Finding
from scans.quality.acceptance import read_profiles
from scans.quality.holes import Hole
from scans.quality.outlook import INSIDE

Json = dict[str, Any]

PIN_HOLE = 5.0  # spacings: what a hole must be wider than to be told of
# The slope between two neighbouring points that noise alone gives: from a fifth (11
# degrees) on, relief as fine as the points cannot be told from noise.
NOISE_SLOPE = 0.2
OTHERS = 3.0  # times the noise of the set's median scan: none of ours differ by two
# No relic is longer or smaller; what seems to be has another unit than was taken.
LONGEST_MM, SHORTEST_MM = 100_000.0, 1.0
MM = 1000.0


def find_faults(
    quality: Json,
    holes: Sequence[Hole],
    *,
    odd_units: dict[str, float],
    filled: Sequence[Hole] = (),
) -> list[Finding]:
    """List what is wrong by the figures alone.

    Of what was seen from inside, borders are no holes: that it is so is told instead.
    """
    inside = quality["completeness"]["outlook"] == INSIDE
    return [
        *(_inside() if inside else [*_incomplete(quality), *_holes(quality, holes)]),
        *_filled(quality, filled),
        *_noisy(quality),
        *_noisy_scans(quality),
        *_other_units(odd_units),
        *_size(quality),
        *_doubtful_unit(quality),
    ]


def _incomplete(quality: Json) -> Iterator[Finding]:
    share = quality["completeness"]["share"]
    asked = max(
        line.at_least or 0.0
        for profile in read_profiles()
        for line in profile.lines
        if line.measure == "completeness.share"
    )
    if share >= asked:
        return
    percent = round(100 * share, 1)
    yield Finding(
        "surface-incomplete",
        f"Only {percent} % of the surface was measured. Add scans of what is missing.",
        {"percent": percent},
    )


def _inside() -> Iterator[Finding]:
    yield Finding(
        "seen-from-inside",
        "The surface was seen from inside, as a room is. It ends where the view ended: "
        "holes and completeness say nothing of it and are not judged, and how it stands "
        "is a guess that only a person can confirm.",
        {},
    )


def _holes(quality: Json, holes: Sequence[Hole]) -> Iterator[Finding]:
    if wide := _wide(quality, holes):
        width = _width_mm(wide[0])
        yield Finding(
            "hole",
            f"The surface has holes ({len(wide)}), the largest about {width} mm wide. "
            "Scan that place again unless the object is open there.",
            _gap_facts(wide),
        )


def _filled(quality: Json, filled: Sequence[Hole]) -> Iterator[Finding]:
    if wide := _wide(quality, filled):
        width = _width_mm(wide[0])
        yield Finding(
            "hole-filled",
            f"Places without points were closed ({len(wide)}), the largest about {width} "
            "mm wide: that surface is a guess. Scan it again if it matters.",
            _gap_facts(wide),
        )


def _wide(quality: Json, holes: Sequence[Hole]) -> list[Hole]:
    """Holes that are wider than the points' own gaps."""
    spacing = (quality["points"]["spacing_mm"] or {}).get("mean", 0.0)
    return [hole for hole in holes if hole.width_m() * MM > PIN_HOLE * spacing]


def _gap_facts(wide: Sequence[Hole]) -> dict[str, str | int | float]:
    """How many there are; width, mm, and place, metres, of the first."""
    x, y, z = (round(value, 6) for value in wide[0].centre.tolist())
    place: dict[str, str | int | float] = {"x_m": x, "y_m": y, "z_m": z}
    return {"holes": len(wide), "width_mm": _width_mm(wide[0])} | place


def _width_mm(hole: Hole) -> float:
    return float(f"{hole.width_m() * MM:.3g}")


def _noisy(quality: Json) -> Iterator[Finding]:
    points = quality["points"]
    noise, spacing = points["noise_mm"], points["spacing_mm"]
    if noise is None or not spacing:
        return
    if np.sqrt(2) * noise <= NOISE_SLOPE * spacing["mean"]:
        return
    noise, apart = float(f"{noise:.3g}"), float(f"{spacing['mean']:.3g}")
    yield Finding(
        "noisy",
        f"The points scatter by {noise} mm and lie {apart} mm apart: fine relief is lost. "
        "Check the scanner's distance, exposure and calibration.",
        {"noise_mm": noise, "spacing_mm": apart},
    )


def _noisy_scans(quality: Json) -> Iterator[Finding]:
    usual = quality["points"]["noise_mm"]
    for scan in quality["points"]["scans"]:
        noise = scan["noise_mm"]
        if noise is None or noise <= OTHERS * usual:
            continue
        noise = float(f"{noise:.3g}")
        yield Finding(
            "noisy-scan",
            f"{scan['name']} scatters by {noise} mm, more than the other scans. Scan that "
            "side again, or leave the file out.",
            {"file": scan["name"], "noise_mm": noise},
        )


def _other_units(odd_units: dict[str, float]) -> Iterator[Finding]:
    for name, factor in odd_units.items():
        yield Finding(
            "unit-differs",
            f"{name} is {factor:g} times as large as the other scans, as if in another "
            "unit. Export it again in the unit of the others.",
            {"file": name, "factor": float(f"{factor:.4g}")},
        )


def _size(quality: Json) -> Iterator[Finding]:
    scale = quality["scale"]
    if scale["registered_cm"] is None or scale["matches"]:
        return
    facts = lengths_told(scale["registered_cm"], quality["size"]["oriented_mm"])
    proposal = scale["proposal"]
    if proposal is None:
        yield size_disagrees(facts)
        return
    yield unit_proposed(facts, proposal["unit"])


def lengths_told(
    registered_cm: Sequence[float], sides_mm: Sequence[float]
) -> dict[str, str]:
    """The register's lengths and the model's, as sentences have them."""
    registered = " × ".join(f"{side:g}" for side in registered_cm)
    measured = " × ".join(f"{mm / 10:.3g}" for mm in sides_mm)
    return {"registered_cm": registered, "measured_cm": measured}


def unit_proposed(told: Mapping[str, str], unit: str) -> Finding:
    """The model has the register's size in another unit."""
    return Finding(
        "unit-proposed",
        f"The register says {told['registered_cm']} cm, the model measures "
        f"{told['measured_cm']} cm: the scans seem to be in {unit}.",
        {**told, "unit": unit},
    )


def size_disagrees(told: Mapping[str, str]) -> Finding:
    """The register and the model have other sizes, whatever the unit."""
    return Finding(
        "size-disagrees",
        f"The register says {told['registered_cm']} cm, the model measures "
        f"{told['measured_cm']} cm, and no unit explains it: is it the right object?",
        dict(told),
    )


def _doubtful_unit(quality: Json) -> Iterator[Finding]:
    """Without the register's word there is still common sense."""
    longest = max(quality["size"]["oriented_mm"])
    if quality["scale"]["matches"] or SHORTEST_MM <= longest <= LONGEST_MM:
        return
    metres = float(f"{longest / MM:.3g}")
    yield Finding(
        "unit-doubtful",
        f"The model measures {metres} m in its longest direction. Check the unit in "
        "which the scans were exported.",
        {"longest_m": metres},
    )
