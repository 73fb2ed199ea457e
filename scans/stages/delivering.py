"""Levels, pictures and the report: what a run hands over."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.delivery.dimensions import measure_dimensions
from scans.delivery.levels import build_levels
from scans.delivery.likeness import NOMINAL_PX
from scans.delivery.placing import ground
from scans.delivery.profiles import Profile, choose_profiles, read_profiles
from scans.delivery.provenance import Provenance
from scans.digests import file_digest
from scans.geometry.mesh import Mesh, vertex_normals
from scans.geometry.mesh_file import read_master
from scans.imaging.views import render_views
from scans.painting_store import hand_over_painting, load_painting
from scans.recipe import Recipe
from scans.runner import Bench, publish, write_json
from scans.scan_store import load_scans
from scans.stages.extra_files import (
    SIDES,
    pictures_in,
    publish_extras,
    told_of_extras,
    with_twins,
)
from scans.stages.leftovers import remove_leftovers
from scans.stages.surfacing import MASTER, PAINTED, UPRIGHT
from scans.versions import versions

FORMAT = 1  # of report.json
LEVELS = "levels.json"
QUALITY = "quality.json"
SHELF = "derivatives"  # beside the stages: finished files, by what they depend on
FINEST_M = 1e-5  # no scanner of objects is truer, however little its points scatter


@dataclass(frozen=True)
class Source:
    """Where the later stages find the master and how it stands.

    given : the confirmed upright transform, or None for the proposed one
    """

    reconstructed: bool
    given: NDArray[np.float64] | None

    def master(self, bench: Bench) -> Mesh:
        """The master, in its own frame."""
        if self.reconstructed:
            painting = load_painting(bench.output("surface"), stem=PAINTED)
            return replace(read_master(self.master_file(bench)), painting=painting)
        return stored_mesh(bench.output("read"))

    def master_file(self, bench: Bench) -> Path:
        """The master's file, when this run made it."""
        return bench.output("surface") / MASTER

    def upright(self, bench: Bench) -> NDArray[np.float64]:
        """The motion that everything delivered goes through."""
        return self.proposed(bench) if self.given is None else self.given

    def proposed(self, bench: Bench) -> NDArray[np.float64]:
        """The motion that was proposed (for `deliver` that of its read stage)."""
        place = bench.output("orient" if self.reconstructed else "read") / UPRIGHT
        return np.array(json.loads(place.read_text())["matrix"])

    def depends(self) -> dict[str, Any]:
        """The given transform, to name outputs by."""
        return {"upright": None if self.given is None else self.given.tolist()}


def stored_mesh(folder: Path) -> Mesh:
    """The one mesh that a read stage stored."""
    scan = load_scans(folder)[0]
    triangles = scan.triangles
    if triangles is None:
        triangles = np.zeros((0, 3), dtype=np.int32)
    normals = vertex_normals(scan.points, triangles)
    return Mesh(scan.points, triangles, normals, scan.colours, painting=scan.painting)


@dataclass(frozen=True)
class Wanted:
    """Which files are made, and what they say of themselves.

    profiles : none for those that are always made
    said     : without the master's digest
    looked_at_px : side of the pictures by which levels are compared with the master
    """

    profiles: tuple[Profile, ...] = ()
    said: Provenance = field(default_factory=Provenance)
    looked_at_px: int = NOMINAL_PX

    def about(self, digest: str) -> Provenance:
        """What is said, with the master's digest."""
        return replace(self.said, master_sha512=digest)

    def chosen(self) -> tuple[Profile, ...]:
        """The profiles, in the order of their file."""
        return self.profiles or choose_profiles(read_profiles())


@dataclass
class LevelsStage:
    """Write the GLB files."""

    source: Source
    wanted: Wanted = field(default_factory=Wanted)
    name: str = "levels"
    version: int = 11

    def depends(self) -> dict[str, Any]:
        return self.source.depends() | {
            "profiles": [profile.as_json() for profile in self.wanted.chosen()],
            "said": asdict(self.wanted.said),
            "looked_at_px": self.wanted.looked_at_px,
        }

    def run(self, bench: Bench) -> dict[str, Any]:
        master, said = self.source.master(bench), self.wanted.said
        reports = build_levels(
            master,
            self.source.upright(bench),
            bench.folder,
            bench.progress,
            profiles=self.wanted.chosen(),
            provenance=replace(
                said,
                master_sha512=master_digest(self.source, bench),
                accuracy_m=said.accuracy_m or _measured_accuracy_m(bench),
            ),
            painting=master.painting,
            shelf=bench.folder.parent / SHELF,
            looked_at_px=self.wanted.looked_at_px,
        )
        write_json(bench.folder / LEVELS, [report.as_json() for report in reports])
        return {}


@dataclass
class PicturesStage:
    """Draw the eight sides and the thumbnail."""

    source: Source
    name: str = "pictures"
    version: int = 5

    def depends(self) -> dict[str, Any]:
        return self.source.depends()

    def run(self, bench: Bench) -> dict[str, Any]:
        master, upright = self.source.master(bench), self.source.upright(bench)
        render_views(master, upright, bench.folder, bench.progress)
        return {}


@dataclass
class ReportStage:
    """Write report.json."""

    source: Source
    recipe: Recipe
    parameters: dict[str, Any]
    warnings: Callable[[], list[dict[str, Any]]]
    name: str = "report"
    version: int = 1

    def depends(self) -> dict[str, Any]:
        return {"recipe": self.recipe.name, "version": self.recipe.version}

    def run(self, bench: Bench) -> dict[str, Any]:
        write_json(bench.folder / "report.json", self._report(bench))
        return {}

    def _report(self, bench: Bench) -> dict[str, Any]:
        figures: dict[str, Any] = {}
        for record in bench.finished.values():
            figures |= record.figures
        inputs = figures.pop("inputs")
        given = self.source.given is not None
        master, upright = self.source.master(bench), self.source.upright(bench)
        error = float(figures.get("registration_rms_m", 0.0))
        size = measure_dimensions(master, upright, surface_error_m=error)
        digest = master_digest(self.source, bench)
        return {
            "format": FORMAT,
            "recipe": {
                "name": self.recipe.name,
                "version": self.recipe.version,
                "parameters": self.parameters,
            },
            "inputs": inputs,
            "stages": [
                {"name": r.name, "seconds": r.seconds, "peak_bytes": r.peak_bytes}
                for r in bench.finished.values()
            ],
            "libraries": versions(),
            "seed": self.recipe.parameters.seed,
            "figures": figures,
            **self._placed(bench, inputs),
            "upright": {
                "proposed": self.source.proposed(bench).tolist(),
                "used": ground(upright, master.vertices).tolist(),
                "confirmed": given,
            },
            "dimensions": size.as_json(),
            "master": {"file": MASTER, "sha512": digest},
            "derivatives": with_twins(_derivatives(bench), bench.finished),
            "pictures": pictures_in(_pictured(bench)),
            **told_of_extras(bench.finished),
            **self._quality(bench),
            "warnings": self.warnings(),
        }

    def _quality(self, bench: Bench) -> dict[str, Any]:
        """The quality sheet; a delivery made again has none of its own."""
        if not self.source.reconstructed:
            return {}
        sheet = bench.output("measure") / QUALITY
        return {"quality": json.loads(sheet.read_text())}

    def _placed(self, bench: Bench, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        if not self.source.reconstructed:
            return {"placed": [row["name"] for row in inputs], "not_placed": []}
        found = json.loads((bench.output("register") / "placed.json").read_text())
        for lost in found["not_placed"]:
            lost["reason"] = "it shares too little surface with the placed scans"
            if lost["conflict"] > self.recipe.parameters.conflict_max:
                lost["reason"] = "where it would fit, another scan saw empty space"
        return dict(found)


def hand_over(bench_folders: dict[str, Path], out: Path) -> None:
    """Publish what stages made; report.json last, so that it vouches for the rest.

    What the folder holds of another object is taken away first.
    """
    remove_leftovers(out, bench_folders["report"] / "report.json")
    if "surface" in bench_folders:
        publish(bench_folders["register"] / "poses.json", out / "poses.json")
        publish(bench_folders["surface"] / MASTER, out / MASTER)
        hand_over_painting(bench_folders["surface"], out, stem=PAINTED)
    if "measure" in bench_folders:
        quality = bench_folders["measure"]
        publish(quality / QUALITY, out / QUALITY)
        for path in sorted(quality.rglob("*.png")):
            publish(path, out / path.relative_to(quality))
    if "levels" in bench_folders:
        levels = bench_folders["levels"]
        for path in (*sorted(levels.glob("*.glb")), *sorted(levels.rglob("*.png"))):
            publish(path, out / path.relative_to(levels))
    if "pictures" in bench_folders:
        pictures = bench_folders["pictures"]
        for path in sorted(pictures.rglob("*.png")):
            publish(path, out / path.relative_to(pictures))
    publish_extras(bench_folders, out)
    publish(bench_folders["report"] / "report.json", out / "report.json")


def _derivatives(bench: Bench) -> list[dict[str, Any]]:
    """What the levels told of themselves; none where none were asked for."""
    if "levels" not in bench.finished:
        return []
    told: list[dict[str, Any]] = json.loads(
        (bench.output("levels") / LEVELS).read_text()
    )
    return told


def _pictured(bench: Bench) -> dict[str, Path]:
    there = [name for name in ("pictures", SIDES) if name in bench.finished]
    return {name: bench.output(name) for name in there}


def _measured_accuracy_m(bench: Bench) -> float:
    """How exactly a reconstruction is known, or 0 where nobody measured it."""
    if "measure" not in bench.finished:
        return 0.0
    quality = json.loads((bench.output("measure") / QUALITY).read_text())
    noise_mm = quality["points"]["noise_mm"]
    return max(noise_mm / 1000, FINEST_M) if noise_mm else 0.0


def master_digest(source: Source, bench: Bench) -> str:
    """SHA-512 of the master's file."""
    if source.reconstructed:
        return file_digest(source.master_file(bench))
    digest: str = bench.finished["read"].figures["inputs"][0]["sha512"]
    return digest
