"""Second stage: poses of all scans, and their points in one frame."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.errors import NothingFits
from scans.geometry.rigid import from_parts
from scans.geometry.scan import Finding, Scan
from scans.recipe import Parameters
from scans.reconstruction.pairs import match_pairs
from scans.reconstruction.placing import NotPlaced, Trust, place
from scans.reconstruction.refine import refine
from scans.reconstruction.surface import merge
from scans.reconstruction.views import View, point_spacing, view_of
from scans.runner import Bench, write_json
from scans.scan_store import load_scans, save_cloud

FloatArray = NDArray[np.float64]

# A float32 in metres is good to 6e-8 of its size: beyond this the master loses micrometres.
FAR = 100.0  # diagonals from the origin
THIN = 0.5  # spacings: closer points of several scans are one


@dataclass(frozen=True)
class Registered:
    """What the stage found."""

    views: list[View]
    poses: list[FloatArray]
    not_placed: list[NotPlaced]
    figures: dict[str, Any]


@dataclass
class RegisterStage:
    """Place scans whose poses nobody knows."""

    parameters: Parameters
    name: str = "register"
    version: int = 1

    def depends(self) -> dict[str, Any]:
        chosen = (
            "voxel_share",
            "overlap_min",
            "overlap_in_cycle_min",
            "conflict_max",
            "colour_min",
            "refine_samples",
            "seed",
        )
        held = asdict(self.parameters)
        return {name: held[name] for name in chosen}

    def run(self, bench: Bench) -> dict[str, Any]:
        scans = load_scans(bench.output("read"))
        spacing = float(np.median([point_spacing(s.points) for s in scans]))
        voxel = self.parameters.voxel_share * _diagonal(scans)
        views = []
        for number, scan in enumerate(scans):
            views.append(view_of(scan, coarse_m=voxel, finest_m=spacing * THIN))
            bench.progress(0.2 * (number + 1) / len(scans))
        found = (
            self._many(views, voxel, bench.progress)
            if len(views) > 1
            else _alone(views[0])
        )
        found = replace(found, poses=[rounded(pose) for pose in found.poses])
        self._save(bench, found, spacing)
        for lost in found.not_placed:
            bench.warn(_lost(lost))
        return found.figures | {"voxel_m": voxel, "spacing_m": spacing}

    def _many(
        self, views: list[View], voxel: float, progress: Callable[[float], None]
    ) -> Registered:
        p = self.parameters
        matches = match_pairs(
            views, voxel=voxel, seed=p.seed, progress=lambda f: progress(0.2 + 0.6 * f)
        )
        trust = Trust(
            p.overlap_min, p.overlap_in_cycle_min, p.conflict_max, p.colour_min
        )
        poses, not_placed, agreeing = place(
            views, matches, trust=trust, voxel=voxel, seed=p.seed
        )
        if len(poses) < 2:
            raise NothingFits(scans=len(views))
        kept = [views[index] for index in sorted(poses)]
        refined = refine(
            kept,
            [poses[index] for index in sorted(poses)],
            voxel=voxel,
            samples=p.refine_samples,
            progress=lambda f: progress(0.8 + 0.2 * f),
        )
        figures = {
            "pairs_tried": len(matches),
            "pairs_agreeing": len(agreeing),
            "registration_rms_m": refined.residual,
            "residuals_m": dict(zip([v.name for v in kept], refined.each, strict=True)),
        }
        return Registered(kept, _near_origin(kept, refined.poses), not_placed, figures)

    def _save(self, bench: Bench, found: Registered, spacing: float) -> None:
        names = [view.name for view in found.views]
        poses = {n: p.tolist() for n, p in zip(names, found.poses, strict=True)}
        write_json(bench.folder / "poses.json", poses)
        lost = [asdict(entry) for entry in found.not_placed]
        write_json(bench.folder / "placed.json", {"placed": names, "not_placed": lost})
        cloud = merge(found.views, found.poses, cell_m=spacing * THIN)
        save_cloud(bench.folder / "cloud.npz", cloud)


def _alone(view: View) -> Registered:
    return Registered([view], _near_origin([view], [np.eye(4)]), [], {"pairs_tried": 0})


def rounded(pose: FloatArray) -> FloatArray:
    """Round to a nanometre: what sums over several threads leave open lies far below."""
    # Adding zero turns -0.0, which is written otherwise, into 0.0.
    return np.asarray(np.round(pose, 9) + 0.0)


def _diagonal(scans: list[Scan]) -> float:
    return float(np.median([np.linalg.norm(np.ptp(s.points, axis=0)) for s in scans]))


def _near_origin(views: list[View], poses: list[FloatArray]) -> list[FloatArray]:
    """Keep the first scan's frame as the world, unless it lies far off (map grids)."""
    points = views[0].points
    middle = points.mean(axis=0)
    if np.linalg.norm(middle) < FAR * np.linalg.norm(np.ptp(points, axis=0)):
        return poses
    back = from_parts(np.eye(3), -np.rint(middle))
    return [back @ pose for pose in poses]


def _lost(entry: NotPlaced) -> Finding:
    facts: dict[str, str | int | float] = {
        "file": entry.name,
        "nearest": entry.nearest,
        "overlap": entry.overlap,
        "conflict": entry.conflict,
    }
    message = (
        f"{entry.name} fits nowhere and was left out; it came nearest to "
        f"{entry.nearest or 'none'}. Add scans between them, or leave it away."
    )
    return Finding("scan-not-placed", message, facts)
