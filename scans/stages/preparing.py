"""What is left aside before scans are placed: what a person cuts, and fixtures.

The scans themselves stay as they were read. `aside.npz` in the stage's folder says which
points of which scan were left aside, by index.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.constraints import Constraints
from scans.errors import BadConstraints, NoSurface
from scans.geometry.extent import extent
from scans.geometry.scan import Finding, Scan
from scans.reconstruction.fixture import Fixture, recognise
from scans.reconstruction.strays import strays

FloatArray = NDArray[np.float64]

ASIDE = "aside.npz"
LEAST_LEFT = 4  # points of a scan
LEAST_POINTS = 20  # of a scan among others: fewer do not show where it belongs


@dataclass(frozen=True)
class Prepared:
    """Scans as they are to be placed, and what was left aside on the way.

    aside : for each scan that was read, indices of points left aside
    small : names of scans of too few points to be placed
    """

    scans: list[Scan]
    small: list[str]
    aside: dict[str, NDArray[np.int64]]
    fixture: Fixture | None
    findings: list[Finding]

    def save(self, folder: Path) -> None:
        """Keep the masks."""
        held: dict[str, Any] = {"names": np.array(list(self.aside), dtype=str)}
        held |= {f"{k:04d}": indices for k, indices in enumerate(self.aside.values())}
        np.savez(folder / ASIDE, **held)

    def figures(self) -> dict[str, int]:
        """How many points were left aside, and how many of them are a fixture's."""
        return {
            "points_aside": int(sum(len(each) for each in self.aside.values())),
            "fixture_points": self.fixture.count() if self.fixture else 0,
        }


def prepare(
    scans: list[Scan],
    said: Constraints,
    *,
    mask_fixture: bool,
    voxel_share: float,
    outlier_spacings: float,
    seed: int,
) -> Prepared:
    """Leave scans out, cut points away, and mask what stands still.

    Raises BadConstraints, NoSurface.
    """
    said.check_names([scan.name for scan in scans])
    kept = {scan.name: said.kept(scan.points, scan.name) for scan in scans}
    for name in said.leave_out:
        kept[name][:] = False
    left = [scan for scan in scans if scan.name not in said.leave_out]
    cut = [scan.only(kept[scan.name]) for scan in left]
    for scan, whole in zip(cut, left, strict=True):
        if len(scan.points) < min(LEAST_LEFT, len(whole.points)):
            raise BadConstraints(scan.name, "hardly a point of it is left")
    findings = _asked(said, kept, left)
    cut, small = _large(cut) if len(cut) > 1 else (cut, [])
    cut, swarms = _without_strays(cut, kept, outlier_spacings)
    findings += [_strewn(swarms)] if swarms else []
    fixture = _fixture(cut, voxel_share, seed) if mask_fixture else None
    if fixture is not None:
        findings.append(_masked(fixture, cut))
        for scan, mask in zip(cut, fixture.masks, strict=True):
            kept[scan.name][np.flatnonzero(kept[scan.name])[mask]] = False
        cut = [s.only(~mask) for s, mask in zip(cut, fixture.masks, strict=True)]
    aside = {name: np.flatnonzero(~flags) for name, flags in kept.items()}
    return Prepared(cut, small, aside, fixture, findings)


def _large(scans: list[Scan]) -> tuple[list[Scan], list[str]]:
    """Tell scans that can be placed from those that are too small for it."""
    large = [scan for scan in scans if len(scan.points) >= LEAST_POINTS]
    if not large:
        points = sum(len(scan.points) for scan in scans)
        raise NoSurface(points=points, reason="there are too few points")
    return large, [s.name for s in scans if len(s.points) < LEAST_POINTS]


def _without_strays(
    scans: list[Scan], kept: dict[str, NDArray[np.bool_]], reach_spacings: float
) -> tuple[list[Scan], list[str]]:
    """Leave points strewn about scans aside; the scans, and the names of those that had many."""
    if len(scans) < 2:
        return scans, []  # nothing is to be placed: the surface leaves them out itself
    left, swarms = [], []
    for scan in scans:
        mask = strays(scan.points, reach_spacings=reach_spacings)
        if mask is not None:
            kept[scan.name][np.flatnonzero(kept[scan.name])[mask]] = False
            swarms.append(scan.name)
        left.append(scan if mask is None else scan.only(~mask))
    return left, swarms


def _strewn(names: list[str]) -> Finding:
    files = ", ".join(names)
    message = (
        f"Many points lie by themselves in {files}; they were left aside. Clean these "
        "scans in the scanner's program if something is missing."
    )
    return Finding("strays-aside", message, {"files": files})


def _fixture(scans: list[Scan], voxel_share: float, seed: int) -> Fixture | None:
    size = float(np.median([extent(scan.points) for scan in scans]))
    return recognise(scans, voxel=voxel_share * size, seed=seed)


def _asked(
    said: Constraints, kept: dict[str, NDArray[np.bool_]], left: list[Scan]
) -> list[Finding]:
    cut = int(sum((~kept[scan.name]).sum() for scan in left))
    if not cut and not said.leave_out:
        return []
    return [applied(scans=len(said.leave_out), points=cut)]


def applied(*, scans: int, points: int) -> Finding:
    """Tell what was left out and cut away because a person said so."""
    facts: dict[str, str | int | float] = {"scans": scans, "points": points}
    message = (
        "As asked, {scans} scans were left out and {points} points were cut away."
    ).format(**facts)
    return Finding("constraints-applied", message, facts)


def _masked(fixture: Fixture, scans: list[Scan]) -> Finding:
    count = fixture.count()
    total = sum(len(scan.points) for scan in scans)
    percent = round(100 * count / total, 1)
    message = (
        f"{count} points ({percent} %) stand still while the object turns (a table, a "
        "stand, a clamp) and were left aside. Set mask_fixture to 0 to keep them."
    )
    return Finding("fixture-masked", message, {"points": count, "percent": percent})
