"""Third and fourth stage: the master, and how it is proposed to stand."""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from scans.constraints import Constraints
from scans.cost import FAST_CELLS
from scans.errors import NoSurface
from scans.geometry.mesh import Mesh, vertex_normals
from scans.geometry.mesh_file import read_master, write_master
from scans.geometry.scan import Scan
from scans.geometry.spacing import point_spacing
from scans.painting_store import save_painting
from scans.recipe import Parameters
from scans.reconstruction.capacity import (
    Fineness,
    allowed_bytes,
    cell_width,
    surface_bytes,
)
from scans.reconstruction.cleaning import without_outliers
from scans.reconstruction.orient import propose_upright
from scans.reconstruction.surface import LEAST_POINTS, SurfaceRule, make_surface
from scans.reconstruction.trimming import drop_islands
from scans.runner import Bench, write_json
from scans.scan_store import load_cloud, load_scans
from scans.stages.cutting import CLOUD, cut_in_world

MASTER = "master.ply"
PAINTED = "master"  # stem of the files that hold its pictures
UPRIGHT = "upright.json"
CHOSEN = (
    "depth",
    "depth_max",
    "cells",
    "support",
    "closed_share",
    "closed_reach",
    "island_share",
    "outlier_spacings",
    "memory_mb",
)


def take_mesh(scan: Scan, poses: Path, island_share: float) -> Mesh:
    """Take a mesh as it was given, in the master's frame, without its loose crumbs.

    Raises NoSurface.
    """
    if scan.triangles is None or not len(scan.triangles):
        reason = "the file holds no triangles"
        raise NoSurface(points=len(scan.points), reason=reason)
    pose = np.array(json.loads(poses.read_text())[scan.name])
    mesh = Mesh(
        scan.points, scan.triangles, colours=scan.colours, painting=scan.painting
    )
    mesh = mesh.moved(pose)
    mesh = mesh.only(np.asarray(mesh.areas() > 0))
    if not len(mesh.triangles):
        raise NoSurface(points=len(scan.points), reason="it holds no triangles")
    mesh = drop_islands(mesh, island_share) if island_share else mesh
    normals = vertex_normals(mesh.vertices, mesh.triangles)
    return replace(mesh, normals=normals)


@dataclass
class SurfaceStage:
    """Make the master from all points; or take the mesh that was given."""

    parameters: Parameters
    exact: bool
    from_mesh: bool
    said: Constraints = field(default_factory=Constraints)
    name: str = "surface"
    version: int = 8

    def depends(self) -> dict[str, Any]:
        held = asdict(self.parameters)
        own = {name: held[name] for name in CHOSEN}
        own |= {"exact": self.exact, "from_mesh": self.from_mesh}
        return own | {"said": self.said.in_the_world()}

    def run(self, bench: Bench) -> dict[str, Any]:
        mesh, figures = self._taken(bench) if self.from_mesh else self._made(bench)
        write_master(bench.folder / MASTER, mesh)
        if mesh.painting is not None:
            save_painting(bench.folder, mesh.painting, stem=PAINTED)
        areas = mesh.areas()
        filled = np.zeros(len(areas), bool) if mesh.filled is None else mesh.filled
        return figures | {
            "triangles": len(mesh.triangles),
            "vertices": len(mesh.vertices),
            "watertight": mesh.is_closed(),
            "coverage": round(1.0 - float(areas[filled].sum() / areas.sum()), 5),
            "filled_faces": int(filled.sum()),
            "filled_area_m2": float(areas[filled].sum()),
            "area_m2": float(areas.sum()),
        }

    def _made(self, bench: Bench) -> tuple[Mesh, dict[str, Any]]:
        p = self.parameters
        cloud = load_cloud(bench.output("register") / CLOUD)
        cloud = cut_in_world(cloud, self.said, bench)
        spacing = float(bench.finished["register"].figures["spacing_m"])
        cleaned = without_outliers(cloud, reach_m=p.outlier_spacings * spacing)
        if len(cleaned.points) < LEAST_POINTS:
            reason = "there are too few points"
            raise NoSurface(points=len(cloud.points), reason=reason)
        removed, cloud = len(cloud.points) - len(cleaned.points), cleaned
        asked = Fineness(
            # All scans together lie closer than one, as far as they overlap.
            spacing_m=min(spacing, point_spacing(cloud.points, cloud.tree)),
            cells=p.cells * (1.0 if self.exact else FAST_CELLS),
            depth=p.depth,
            depth_max=p.depth_max,
            memory_bytes=allowed_bytes(p.memory_mb),
        )
        cell = cell_width(cloud.points, asked)
        figures = {
            "cell_m": cell,
            "outliers_removed": removed,
            "surface_bytes_expected": surface_bytes(cloud.points, cell),
        }
        return make_surface(cloud, self._rule(cell, spacing)), figures

    def _rule(self, cell: float, spacing: float) -> SurfaceRule:
        p = self.parameters
        return SurfaceRule(
            cell_m=cell,
            spacing_m=max(spacing, cell / 2),
            support=p.support,
            closed_share=p.closed_share,
            closed_reach=p.closed_reach,
            island_share=p.island_share,
            threads=1 if self.exact else -1,
        )

    def _taken(self, bench: Bench) -> tuple[Mesh, dict[str, Any]]:
        scan = load_scans(bench.output("read"))[0]
        poses = bench.output("register") / "poses.json"
        return take_mesh(scan, poses, self.parameters.island_share), {
            "cell_m": point_spacing(scan.points)
        }


@dataclass
class OrientStage:
    """Propose how the object stands."""

    name: str = "orient"
    version: int = 4

    def depends(self) -> dict[str, Any]:
        return {}

    def run(self, bench: Bench) -> dict[str, Any]:
        motion = propose_upright(read_master(bench.output("surface") / MASTER))
        write_json(bench.folder / UPRIGHT, {"matrix": motion.tolist()})
        return {}
