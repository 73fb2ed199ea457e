"""Fifth stage: how good the master is, as figures and as pictures."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.delivery.rays import RayScene
from scans.geometry.extent import extent
from scans.geometry.mesh import Mesh
from scans.geometry.rigid import carry
from scans.geometry.scan import METRES, Finding
from scans.imaging.heat_points import write_heat_points
from scans.imaging.heatmap import Heat, draw_heat_map, draw_histogram, nice_limit
from scans.quality.acceptance import judge, read_profiles
from scans.quality.deviation import Comparison, compare
from scans.quality.findings import find_faults
from scans.quality.health import check_health
from scans.quality.holes import find_bare, find_holes
from scans.quality.outlook import outlook
from scans.quality.scale import match_register, odd_units
from scans.quality.sheet import (
    FORMAT,
    NO_DEVIATION,
    Coverage,
    completeness_part,
    mesh_part,
    points_part,
    registration_part,
    rounded,
)
from scans.quality.size import measure_size
from scans.quality.spacing import PointFigures, measure_points, noise_places
from scans.runner import Bench, write_json
from scans.scan_store import count_scans, each_scan, load_cloud
from scans.stages.cutting import placed_cloud
from scans.stages.delivering import QUALITY, Source

PICTURES = "quality"
POINTS = "deviation-points.bin"
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
    version: int = 5

    def depends(self) -> Json:
        told = {"unit": self.claims.unit, "registered": [*self.claims.registered_cm]}
        return self.source.depends() | told | {"from_mesh": self.from_mesh}

    def run(self, bench: Bench) -> Json:
        subject = _Subject.on(bench, self.source)
        bench.progress(0.2)
        compared = self._compared(bench, subject)
        by_vertex = compared.by_vertex(subject.master) if compared else None
        bench.progress(0.4)
        seen = subject.coverage(by_vertex)
        quality = rounded(self._figures(bench, subject, compared, seen))
        bench.progress(0.7)
        quality["acceptance"] = [judge(quality, p) for p in read_profiles()]
        odd = subject.scans.odd_units
        faults = find_faults(quality, seen.holes, filled=seen.filled, odd_units=odd)
        quality["findings"] = _told(bench, faults)
        quality["pictures"] = []
        if compared is not None and by_vertex is not None:
            heat = subject.heat(by_vertex, nice_limit(compared.signed_mm))
            quality["pictures"] = _pictures(bench.folder / PICTURES, heat, compared)
        write_json(bench.folder / QUALITY, rounded(quality))
        return {}

    def _figures(
        self,
        bench: Bench,
        subject: "_Subject",
        compared: Comparison | None,
        seen: Coverage,
    ) -> Json:
        """All that is measured, part by part."""
        size = measure_size(subject.master, subject.upright)
        filled_faces = int(seen.bare.sum()) if compared else None
        return {
            "format": FORMAT,
            "points": points_part(subject.scans.measured),
            "registration": _registration(bench),
            "completeness": completeness_part(seen, filled_faces=filled_faces),
            "deviation": compared.as_json() if compared else NO_DEVIATION,
            "mesh": mesh_part(check_health(subject.master, subject.scene)),
            "size": size,
            "scale": self._scale(bench, size["oriented_mm"]),
        }

    def _compared(self, bench: Bench, subject: "_Subject") -> Comparison | None:
        """Points against the surface; a mesh that was given has no points but its own."""
        spacing = points_part(subject.scans.measured)["spacing_mm"]
        if self.from_mesh or spacing is None:
            return None
        cloud = load_cloud(placed_cloud(bench))
        cell_m = float(bench.finished["surface"].figures["cell_m"])
        reach_m = REACH * max(spacing["mean"] / 1000.0, cell_m)
        compared = compare(
            cloud.points,
            subject.master,
            reach_m=reach_m,
            normals=cloud.normals,
            scene=subject.scene,
        )
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


def _pictures(folder: Path, heat: Heat, compared: Comparison) -> list[Json]:
    folder.mkdir()
    draw_heat_map(heat, folder / "heat-map.png")
    write_heat_points(heat, folder / POINTS)
    counts, edges = compared.histogram()
    draw_histogram(counts, edges, heat.limit_mm, folder / "histogram.png")
    return [
        {
            "file": f"{PICTURES}/{kind}.png",
            "kind": kind,
            "caption_code": f"deviation-{kind}",
            "limit_mm": heat.limit_mm,
        }
        for kind in ("heat-map", "histogram")
    ]


@dataclass(frozen=True)
class _Scans:
    """The scans as they were read, one after the other.

    odd_units : by name, where the size is another unit's
    viewpoints : by name, (3,) in the scan's own frame, where it is known
    """

    measured: list[tuple[str, PointFigures]]
    odd_units: dict[str, float]
    viewpoints: dict[str, NDArray[np.float64]]

    def cameras(self, poses: Json) -> NDArray[np.float64]:
        """Where placed scans were seen from, (n, 3), in the master's frame."""
        found = [
            carry(place[None], np.array(poses[name]))
            for name, place in self.viewpoints.items()
            if name in poses
        ]
        return np.vstack(found) if found else np.zeros((0, 3))


def _scans(folder: Path) -> _Scans:
    measured, extents, viewpoints = [], [], {}
    places = noise_places(count_scans(folder))
    for scan in each_scan(folder):
        measured.append((scan.name, measure_points(scan.points, places)))
        extents.append(extent(scan.points))
        if scan.viewpoint is not None:
            viewpoints[scan.name] = scan.viewpoint
    odd = {measured[k][0]: factor for k, factor in odd_units(extents).items()}
    return _Scans(measured, odd, viewpoints)


@dataclass(frozen=True)
class _Subject:
    """What is measured: the master as it stands, and what it was made of.

    scene : of the master, one for the points, the edges and the pictures
    cameras : (n, 3) where its scans were seen from, in its frame
    """

    master: Mesh
    upright: NDArray[np.float64]
    scene: RayScene
    scans: _Scans
    cameras: NDArray[np.float64]

    @classmethod
    def on(cls, bench: Bench, source: Source) -> "_Subject":
        master = source.master(bench)
        scans = _scans(bench.output("read"))
        poses = json.loads((bench.output("register") / "poses.json").read_text())
        return cls(
            master,
            source.upright(bench),
            RayScene.of(master),
            scans,
            scans.cameras(poses),
        )

    def coverage(self, by_vertex: NDArray[np.float64] | None) -> Coverage:
        """What of the surface was measured."""
        bare = _bare(self.master, by_vertex)
        return Coverage(
            outlook=outlook(self.master, self.cameras),
            area_m2=float(self.master.areas().sum()),
            holes=find_holes(self.master),
            filled=find_bare(self.master, bare),
            bare=bare,
        )

    def heat(self, by_vertex: NDArray[np.float64], limit_mm: float) -> Heat:
        """The master with a value at each vertex, mm, to be drawn."""
        return Heat(self.master, self.upright, by_vertex, limit_mm, self.scene)


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
