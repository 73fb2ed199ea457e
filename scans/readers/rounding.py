"""Coordinates that a file holds in steps too coarse for its points.

Single precision far from the origin, as on a map grid, or too few decimals: what is left is
a lattice, and no program makes the surface from it again.
"""

import numpy as np
from numpy.typing import NDArray

from scans.geometry.extent import extent
from scans.geometry.scan import Scan
from scans.geometry.spacing import point_spacing

FloatArray = NDArray[np.float64]

COARSE = 0.3  # of the distance between points
LEAST = 100  # points: fewer may well lie at round places
DECIMALS = 7  # as many are looked for
LOOKED_AT = 2_000  # points whose decimals are looked at
SINGLE = 2.0**-23  # what single precision leaves of a number


def told_rounded(scan: Scan) -> Scan:
    """Say of a scan that its coordinates are rounded, if they are."""
    if len(scan.points) < LEAST:
        return scan
    step = _step(scan.points, is_cloud=scan.triangles is None)
    # However they lie, most are farther apart than that.
    if step <= COARSE * extent(scan.points) / len(scan.points):
        return scan
    spacing = point_spacing(scan.points)
    if step <= COARSE * spacing:
        return scan
    step, apart = float(f"{step:.2g}"), float(f"{spacing:.2g}")
    return scan.with_finding(
        "coordinates-rounded",
        f"The coordinates of {scan.name} come in steps of {step:g}, and its points lie "
        f"{apart:g} apart (in the file's unit): detail is lost. Export it with more "
        "digits, or in double precision.",
        file=scan.name,
        step=step,
        apart=apart,
    )


def _step(points: FloatArray, *, is_cloud: bool) -> float:
    """The step in which all coordinates come; nought where none is found."""
    decimal = _decimal_step(points) if is_cloud else 0.0  # drawn models are round
    single = points.astype(np.float32)
    if not np.array_equal(single, points):
        return decimal
    return max(decimal, float(np.spacing(np.abs(single).max())))


def _decimal_step(points: FloatArray) -> float:
    few = points[:: max(1, len(points) // LOOKED_AT)]
    unsure = SINGLE * np.abs(few)
    for decimals in range(DECIMALS):
        step = 10.0**-decimals
        if (
            step > 4 * unsure.max()
            and (np.abs(np.round(few, decimals) - few) <= unsure).all()
        ):
            return step
    return 0.0
