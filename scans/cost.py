"""How long a run will take: a model of each stage, scaled by how fast the machine is now.

Seconds were measured on two cores of a cloud machine (2026-11); a probe at the start
tells how much slower or faster, and how loaded, this one is.
"""

import time
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.spatial import cKDTree

PROBE_S = 0.032  # what the probe takes on the machine of the figures below, idle
PROBES = 6  # one alone may fall between two time slices of other processes
SPEED_LIMITS = (0.2, 8.0)

# A surface made with two points a cell: 1.3 for the bunny, 1.5 for generated vessels,
# 1.6 where one cloud from all round lies at random.
TRIANGLES_A_POINT = 1.5
FAST_CELLS = 1.25  # how much wider cells are where time counts more than bytes
MOST_TRIANGLES = (
    5.5e6  # 5.1e6 for a vessel at ten levels of octree, the most that is chosen
)


@dataclass(frozen=True)
class Load:
    """What is known before anything is read.

    points : of all scans, as their headers claim
    scans  : how many
    exact  : one thread where more would change bytes
    meshed : the surface is there already
    frames : of a depth sequence, otherwise 0
    """

    points: int
    scans: int
    exact: bool
    meshed: bool = False
    frames: int = 0

    def triangles(self) -> float:
        """Triangles of the master, guessed."""
        if self.meshed:
            return 2.0 * self.points
        wider = 1.0 if self.exact else FAST_CELLS**2
        return min(self.points * TRIANGLES_A_POINT / wider, MOST_TRIANGLES)


def machine_speed() -> float:
    """Measure how many times longer things take here and now than in our figures."""
    points = np.random.default_rng(0).random((20_000, 3))
    started = time.perf_counter()
    for _ in range(PROBES):
        cKDTree(points).query(points, k=8)
    seconds = (time.perf_counter() - started) / PROBES
    return float(np.clip(seconds / PROBE_S, *SPEED_LIMITS))


def estimate(load: Load, names: list[str], *, speed: float) -> dict[str, float]:
    """Give the seconds that each stage will take."""
    triangles = load.triangles()
    known = {
        "read": 0.1 + 0.6e-6 * load.points,
        "register": _register(load),
        "surface": _surface(load),
        "orient": 0.6 + 3.5e-6 * triangles,
        "measure": 0.7 + 0.02 * load.scans + 1.8e-6 * triangles,
        "levels": 0.7 + 2.5e-6 * triangles,
        "pictures": 1.8 + 2.5e-6 * triangles,
        "twins": 2.0,
        "print": 0.5 + 5e-6 * triangles,
        "study": 0.1 + 0.4e-6 * triangles,
        "sides": 12.0 + 5e-6 * triangles,
        "report": 0.2,
    }
    return {name: known[name] * speed for name in names}


def _register(load: Load) -> float:
    if load.frames:
        return 0.3 + 0.2 * load.frames
    if load.meshed:
        return 0.1 + 1e-6 * load.points
    if load.scans == 1:
        return 0.2 + 1.5e-5 * load.points
    pairs = load.scans * (load.scans - 1) / 2
    return 0.2 + 1.0e-5 * load.points + pairs * (0.18 if load.exact else 0.17)


def _surface(load: Load) -> float:
    if load.frames:
        return 0.5 + 0.15 * load.frames
    if load.meshed:
        return 0.1 + 2e-6 * load.points
    return 0.3 + load.triangles() * (1.6e-5 if load.exact else 1.1e-5)


class Clock:
    """Tells the share of the work done and the time left, from estimates and the facts."""

    def __init__(self, estimates: dict[str, float]) -> None:
        self.estimates = estimates
        total = sum(estimates.values()) or 1.0
        ends = np.cumsum([0.0, *estimates.values()]) / total
        self.total_s = total
        self.spans = dict(zip(estimates, pairwise(ends.tolist()), strict=True))
        self.started = time.monotonic()

    def fraction(self, stage: str, share: float) -> float:
        """Share of the whole, from the share of one stage."""
        start, end = self.spans[stage]
        return float(start + (end - start) * min(max(share, 0.0), 1.0))

    def left_s(self, fraction: float) -> float:
        """Seconds left: the estimate, corrected by the pace so far as that grows sure."""
        planned = self.total_s * fraction
        passed = time.monotonic() - self.started
        # The pace of the first tenth says little; that of the whole nearly all.
        trust = min(1.0, fraction * 2)
        pace = 1.0 + trust * (passed / planned - 1.0) if planned > 0 else 1.0
        return float(self.total_s * (1.0 - fraction) * max(pace, 0.1))
