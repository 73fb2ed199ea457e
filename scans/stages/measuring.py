"""Fifth stage: how good the master is, as figures and as pictures."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.geometry.mesh import Mesh
from scans.geometry.scan import METRES, Finding
from scans.imaging.heatmap import Heat, draw_heat_map, draw_histogram, nice_limit
from scans.quality.acceptance import judge, read_profiles
from scans.quality.deviation import Comparison, compare
from scans.quality.findings import find_faults
from scans.quality.health import check_health
from scans.quality.holes import find_bare, find_holes
from scans.quality.scale import match_register, odd_units
from scans.quality.sheet import (
    FORMAT,
    NO_DEVIATION,
    completeness_part,
    mesh_part,
    points_part,
    registration_part,
    rounded,
)
from scans.quality.size import measure_size
from scans.quality.spacing import PointFigures, measure_points
from scans.runner import Bench, write_json
from scans.scan_store import each_scan, load_cloud
from scans.stages.delivering import QUALITY, Source

PICTURES = "quality"
REACH = 5.0  # spacings from the surface: what lies farther off did not make it

Json = dict[str, Any]


@dataclass(frozen=True)
class Claims:
    """What is said of the object's size from outside.

    unit : chosen for files that state none, or ""
    registered_cm : up to three lengths of the register, in any order
    """

    unit: str = ""
    registered_cm: Sequence[float] = ()


@dataclass
class MeasureStage:
    """Measure a reconstruction."""

    source: Source
    claims: Claims
    from_mesh: bool
    name: str = "measure"
    version: int = 1

    def depends(self) -> Json:
        told = {"unit": self.claims.unit, "registered": [*self.claims.registered_cm]}
        return self.source.depends() | told | {"from_mesh": self.from_mesh}

    def run(self, bench: Bench) -> Json:
        master = self.source.master(bench)
        measured, odd = _points(bench)
        bench.progress(0.2)
        quality: Json = {"format": FORMAT, "points": points_part(measured)}
        compared = self._compared(bench, master, quality["points"])
        bench.progress(0.4)
        holes = find_holes(master)
        by_vertex = compared.by_vertex(master) if compared else None
        bare = _bare(master, by_vertex)
        filled = find_bare(master, bare)
        quality["registration"] = _registration(bench)
        quality["completeness"] = completeness_part(
            holes,
            filled,
            area_m2=float(master.areas().sum()),
            filled_faces=int(bare.sum()) if compared else None,
        )
        quality["deviation"] = compared.as_json() if compared else NO_DEVIATION
        quality["mesh"] = mesh_part(check_health(master))
        quality["size"] = measure_size(master, self.source.upright(bench))
        quality["scale"] = self._scale(bench, quality["size"]["oriented_mm"])
        bench.progress(0.7)
        quality = rounded(quality)
        quality["acceptance"] = [judge(quality, p) for p in read_profiles()]
        faults = find_faults(quality, holes, filled=filled, odd_units=odd)
        quality["findings"] = _told(bench, faults)
        quality["pictures"] = self._pictures(bench, master, compared)
        write_json(bench.folder / QUALITY, rounded(quality))
        return {}

    def _pictures(
        self, bench: Bench, master: Mesh, compared: Comparison | None
    ) -> list[Json]:
        if compared is None:
            return []
        folder = bench.folder / PICTURES
        folder.mkdir()
        limit = nice_limit(compared.signed_mm)
        upright = self.source.upright(bench)
        heat = Heat(master, upright, compared.by_vertex(master), limit)
        draw_heat_map(heat, folder / "heat-map.png")
        counts, edges = compared.histogram()
        draw_histogram(counts, edges, limit, folder / "histogram.png")
        return [
            {
                "file": f"{PICTURES}/{kind}.png",
                "kind": kind,
                "caption_code": f"deviation-{kind}",
                "limit_mm": limit,
            }
            for kind in ("heat-map", "histogram")
        ]

    def _compared(self, bench: Bench, master: Mesh, points: Json) -> Comparison | None:
        """Points against the surface; a mesh that was given has no points but its own."""
        spacing = points["spacing_mm"]
        if self.from_mesh or spacing is None:
            return None
        cloud = load_cloud(bench.output("register") / "cloud.npz")
        cell_m = float(bench.finished["surface"].figures["cell_m"])
        reach_m = REACH * max(spacing["mean"] / 1000.0, cell_m)
        compared = compare(cloud.points, master, reach_m=reach_m)
        return compared if len(compared.signed_mm) else None

    def _scale(self, bench: Bench, oriented_mm: Sequence[float]) -> Json:
        rows = bench.finished["read"].figures["inputs"]
        units = {row["unit"] for row in rows}
        taken = units.pop() if len(units) == 1 else ""
        registered = self.claims.registered_cm
        match = None
        if registered and taken:
            sides = [side / 1000.0 for side in oriented_mm]
            match = match_register(sides, registered, taken=taken)
        wrong = match is not None and match.unit != taken
        return {
            "evidence": self._evidence(rows, self._scaling(bench)),
            "unit": taken,
            "registered_cm": [*registered] if registered else None,
            "proposal": {"unit": match.unit, "factor": match.factor}
            if match and wrong
            else None,
            "matches": bool(match and not wrong) if registered else None,
            **_bars(self._scaling(bench)),
        }

    def _scaling(self, bench: Bench) -> Json:
        return bench.finished["read"].figures.get("scaling") or {}

    def _evidence(self, rows: list[Json], scaling: Json) -> str:
        if scaling.get("is_applied"):
            return "measured"
        if all(row["unit_stated"] for row in rows):
            return "stated"
        return "chosen" if self.claims.unit in METRES else "unknown"


def _bars(scaling: Json) -> Json:
    """What scale bars tell; null where there are none, or one that set the scale."""
    in_mm = {
        name: None if value is None else value * 1000.0
        for name, value in (
            ("rmse_mm", scaling.get("rmse_m")),
            ("max_mm", scaling.get("max_m")),
        )
    }
    return {"bars": scaling.get("bars", 0), "factor": scaling.get("factor")} | in_mm


def _points(
    bench: Bench,
) -> tuple[list[tuple[str, PointFigures]], dict[str, float]]:
    """Measure every scan; and name those whose size is another unit's."""
    measured, extents = [], []
    for scan in each_scan(bench.output("read")):
        measured.append((scan.name, measure_points(scan.points)))
        extents.append(float(np.linalg.norm(np.ptp(scan.points, axis=0))))
    odd = odd_units(extents)
    return measured, {measured[k][0]: factor for k, factor in odd.items()}


def _told(bench: Bench, faults: Sequence[Finding]) -> list[Json]:
    """Say what is wrong by the figures, after what earlier stages found."""
    for fault in faults:
        bench.warn(fault)
    earlier = [f for record in bench.finished.values() for f in record.findings]
    own = [{"code": f.code, "facts": f.facts, "message": f.message} for f in faults]
    return earlier + own


def _registration(bench: Bench) -> Json:
    folder = bench.output("register")
    placed = json.loads((folder / "placed.json").read_text())
    told = folder / "registration.json"
    found = json.loads(told.read_text()) if told.exists() else None
    return registration_part(bench.finished["register"].figures, found, placed)


def _bare(master: Mesh, by_vertex: NDArray[np.float64] | None) -> NDArray[np.bool_]:
    """Triangles that close a hole: as the surface was told, or where no point lies near."""
    if master.filled is not None:
        return master.filled
    if by_vertex is None:
        return np.zeros(len(master.triangles), dtype=np.bool_)
    return np.asarray(np.isnan(by_vertex)[master.triangles].all(axis=1))
