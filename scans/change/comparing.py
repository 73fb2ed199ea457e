"""Compare two masters: align, measure, mark regions; a report and three pictures."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scans.change.aligning import Alignment, align
from scans.change.measuring import Deviation, measure
from scans.change.regions import (
    Limits,
    Region,
    Uncertainty,
    find_regions,
    limits_of,
)
from scans.cost import Clock
from scans.delivery.placing import check_master
from scans.delivery.rays import RayScene
from scans.digests import file_digest
from scans.errors import BadParameter, NothingInCommon
from scans.events import Say
from scans.geometry.mesh import FloatArray, Mesh
from scans.geometry.mesh_file import read_master
from scans.imaging.heatmap import Heat, draw_heat_map, draw_histogram, nice_limit
from scans.memory import peak_bytes
from scans.monitor import Monitor
from scans.runner import write_json

STAGES = ("read", "align", "measure-change", "mark", "pictures")
SECONDS_A_MILLION = (0.5, 2.0, 6.0, 1.0, 4.0)  # triangles of both masters, on two cores
LEAST_SECONDS = 0.3
LEAST_SHARE = 0.3  # of the surface must agree, or it is not one object
BARS = 64
MM = 1000.0
MOST_MM = 1000.0  # what is less certain than a metre was not measured
UNCERTAINTY, NOT_TWO = "uncertainty-mm", "it must be two numbers from 0, in millimetres"
VERSION = 4


@dataclass(frozen=True)
class Pair:
    """What is compared.

    first_mm, second_mm : stated standard uncertainties
    start : a motion from the first's frame to the second's that is known to be near
    upright : how the second stands, for the pictures
    free_scale : nobody vouches for the scale of both: it is estimated and taken off
    """

    first: Path
    second: Path
    first_mm: float = 0.0
    second_mm: float = 0.0
    start: FloatArray | None = None
    upright: FloatArray | None = None
    free_scale: bool = False

    @property
    def stated_mm(self) -> float:
        return math.hypot(self.first_mm, self.second_mm)


def compare_masters(pair: Pair, out: Path, say: Say) -> dict[str, Any]:
    """Write report.json, deviation.png, change.png and histogram.png; give the report.

    Raises DegenerateMaster, NothingInCommon.
    """
    out.mkdir(parents=True, exist_ok=True)
    work = _Work(pair, say)
    with work.stage("read"):
        first, second = read_master(pair.first), read_master(pair.second)
        check_master(first)
        check_master(second)
    with work.stage("align"):
        laid = align(
            first,
            second,
            RayScene.of(second),
            start=pair.start,
            scale_share=None
            if pair.free_scale
            else pair.stated_mm / MM / _reach(second),
        )
        if laid.share < LEAST_SHARE:
            raise NothingInCommon(round(100 * laid.share))
    with work.stage("measure-change"):
        found = measure(first.moved(laid.onto), second)
    with work.stage("mark"):
        unsure = Uncertainty(
            pair.first_mm / MM, pair.second_mm / MM, laid.uncertainty_m, found.noise_m
        )
        limits = limits_of(unsure, int(found.known.sum()))
        regions, marked = find_regions(second, found, limits, unsure)
    with work.stage("pictures"):
        shown = np.where(marked, found.median, 0.0)
        limit_mm = _draw(second, found, shown, pair, out)
    report = _report(pair, laid, found, unsure, limits, regions)
    report |= {"limit_mm": limit_mm, "stages": work.done, "version": VERSION}
    write_json(out / "report.json", report)
    work.monitor.done(report=str(out / "report.json"))
    return report


def _reach(mesh: Mesh) -> float:
    """How far an error of scale acts, once both are laid on each other: metres."""
    return mesh.diagonal() / 2


def parse_uncertainties(text: str) -> tuple[float, float]:
    """Read two standard uncertainties in millimetres, such as "0.02,0.05".

    Raises BadParameter.
    """
    try:
        first, second = (float(word) for word in text.split(","))
    except ValueError:
        raise BadParameter(UNCERTAINTY, text, NOT_TWO) from None
    if not all(0 <= value < MOST_MM for value in (first, second)):
        raise BadParameter(UNCERTAINTY, text, NOT_TWO)
    return first, second


class _Work:
    """Tells stages as they go."""

    def __init__(self, pair: Pair, say: Say) -> None:
        size = sum(path.stat().st_size for path in (pair.first, pair.second))
        millions = size / 25e6  # bytes of a million triangles and their vertices
        seconds = (max(LEAST_SECONDS, s * millions) for s in SECONDS_A_MILLION)
        self.monitor = Monitor(say, Clock(dict(zip(STAGES, seconds, strict=True))))
        self.monitor.plan()
        self.done: list[dict[str, Any]] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.monitor.start(name)
        begun = time.perf_counter()
        yield
        seconds = round(time.perf_counter() - begun, 3)
        told = {"seconds": seconds, "peak_bytes": peak_bytes()}
        self.done.append({"name": name, **told})
        self.monitor.finish(**told, digest="", resumed=False)


def _report(
    pair: Pair,
    laid: Alignment,
    found: Deviation,
    unsure: Uncertainty,
    limits: Limits,
    regions: list[Region],
) -> dict[str, Any]:
    known = found.median[found.known] * MM
    counts, edges = _histogram(known)
    return {
        "format": 1,
        "inputs": [
            {"name": path.name, "sha512": file_digest(path), "uncertainty_mm": stated}
            for path, stated in (
                (pair.first, pair.first_mm),
                (pair.second, pair.second_mm),
            )
        ],
        "change": {
            "motion": laid.motion.tolist(),
            "scale": {
                "is_certified": not pair.free_scale,
                "is_taken_off": laid.is_scaled,
                "factor": round(laid.scale, 7),
                "error": round(laid.scale_limit, 7),
            },
            "agreeing_share": round(laid.share, 4),
            "compared_share": round(float(found.known.mean()), 4),
            "uncertainty": {
                "first_mm": pair.first_mm,
                "second_mm": pair.second_mm,
                "alignment_mm": round(unsure.alignment_m * MM, 5),
                "noise_mm": round(unsure.noise_m * MM, 5),
            },
            "limit_of_detection_mm": round(limits.outline_m * MM, 5),
            "seed_limit_mm": round(limits.seed_m * MM, 5),
            "mean_mm": round(float(known.mean()), 5),
            "rms_mm": round(float(np.sqrt((known**2).mean())), 5),
            "p95_mm": round(float(np.percentile(np.abs(known), 95)), 5),
            "max_mm": round(float(np.abs(known).max()), 5),
            "histogram": {"edges_mm": edges.tolist(), "counts": counts.tolist()},
            "regions": [region.as_json() for region in regions],
        },
    }


def _histogram(known_mm: FloatArray) -> tuple[Any, FloatArray]:
    end = max(float(np.percentile(np.abs(known_mm), 99.5)), 1e-6)
    counts, edges = np.histogram(np.clip(known_mm, -end, end), BARS, (-end, end))
    return counts.astype(np.int64), edges


def _draw(
    mesh: Mesh, found: Deviation, shown: FloatArray, pair: Pair, out: Path
) -> float:
    """Draw all that was measured, what is claimed of it, and the histogram; one scale."""
    upright = np.eye(4) if pair.upright is None else pair.upright
    known = found.median[found.known] * MM
    limit = max(nice_limit(known), nice_limit(shown * MM, percentile=99.9))
    scene = RayScene.of(mesh)
    for name, values in (("deviation", found.median), ("change", shown)):
        by_vertex = np.where(found.known, values * MM, np.nan)
        heat = Heat(mesh, upright, by_vertex, limit, scene)
        draw_heat_map(heat, out / f"{name}.png")
    draw_histogram(*_histogram(known), limit, out / "histogram.png")
    return limit
