"""Second stage: poses of all scans, and their points in one frame."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.constraints import Constraints, PointPair
from scans.errors import BadConstraints, NothingFits
from scans.geometry.rigid import from_parts, inverse
from scans.geometry.scan import Finding, Scan
from scans.recipe import Parameters
from scans.reconstruction.evidence import Evidence
from scans.reconstruction.pairs import Match, match_pairs
from scans.reconstruction.placing import NotPlaced, Trust, place
from scans.reconstruction.posed import Start, poses_off, settled, start_from
from scans.reconstruction.refine import refine
from scans.reconstruction.seating import moved_between
from scans.reconstruction.surface import Cloud, merge
from scans.reconstruction.views import View, point_spacing, view_of
from scans.runner import Bench, write_json
from scans.scan_store import load_scans, save_cloud
from scans.stages.preparing import Prepared, prepare

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
    said: Constraints = field(default_factory=Constraints)
    name: str = "register"
    version: int = 2

    def depends(self) -> dict[str, Any]:
        chosen = (
            "voxel_share",
            "overlap_min",
            "overlap_in_cycle_min",
            "conflict_max",
            "colour_min",
            "mask_fixture",
            "given_poses",
            "refine_samples",
            "seed",
        )
        held = asdict(self.parameters)
        return {name: held[name] for name in chosen} | {"said": self.said.told}

    def run(self, bench: Bench) -> dict[str, Any]:
        ready = self._prepared(load_scans(bench.output("read")), bench)
        scans = ready.scans
        spacing = float(np.median([point_spacing(s.points) for s in scans]))
        voxel = self.parameters.voxel_share * _diagonal(scans)
        views = []
        for number, scan in enumerate(scans):
            views.append(view_of(scan, coarse_m=voxel, finest_m=spacing * THIN))
            bench.progress(0.2 * (number + 1) / len(scans))
        found = self._placed(scans, views, voxel, bench)
        found = replace(found, poses=[rounded(pose) for pose in found.poses])
        self._save(bench, found, spacing)
        for lost in found.not_placed:
            bench.warn(_lost(lost))
        for moved in _reseated(ready, found, voxel):
            bench.warn(moved)
        figures = found.figures | {"voxel_m": voxel, "spacing_m": spacing}
        return figures | ready.figures()

    def _prepared(self, scans: list[Scan], bench: Bench) -> Prepared:
        """Leave aside what was asked for, and fixtures where poses are not known."""
        p = self.parameters
        ready = prepare(
            scans,
            self.said,
            mask_fixture=bool(p.mask_fixture and not p.given_poses),
            voxel_share=p.voxel_share,
            seed=p.seed,
        )
        ready.save(bench.folder)
        for finding in ready.findings:
            bench.warn(finding)
        return ready

    def _placed(
        self, scans: list[Scan], views: list[View], voxel: float, bench: Bench
    ) -> Registered:
        if len(views) == 1:
            return _alone(views[0])
        p = self.parameters
        if not p.given_poses or all(scan.pose is None for scan in scans):
            return self._many(views, voxel, bench.progress)
        stated = [scan.pose for scan in scans]
        start = start_from(views, stated, voxel=voxel, seed=p.seed)
        if not start.agrees():
            try:
                return self._many(views, voxel, bench.progress)
            except NothingFits:
                if not start.poses:
                    raise
        return self._from_given(views, stated, start, voxel, bench)

    def _from_given(
        self,
        views: list[View],
        stated: list[FloatArray | None],
        start: Start,
        voxel: float,
        bench: Bench,
    ) -> Registered:
        """Refine the poses that files state, all together."""
        index = sorted(start.poses)
        refined = refine(
            [views[k] for k in index],
            [start.poses[k] for k in index],
            voxel=voxel,
            samples=self.parameters.refine_samples,
            progress=lambda f: bench.progress(0.2 + 0.8 * f),
        )
        poses = dict(zip(index, refined.poses, strict=True))
        for off in poses_off(views, stated, poses, voxel=voxel):
            bench.warn(_off(off.name, off.shift_m, off.turn_rad))
        for alone in start.alone:
            bench.warn(_unchecked(views[alone].name))
        kept = [views[k] for k in index]
        figures = {
            "poses_given": sum(pose is not None for pose in stated),
            "registration_rms_m": refined.residual,
            "residuals_m": dict(zip([v.name for v in kept], refined.each, strict=True)),
        }
        lost = [NotPlaced(views[k].name, "", 0.0, 0.0) for k in start.lost]
        return Registered(kept, _near_origin(kept, refined.poses), lost, figures)

    def _many(
        self, views: list[View], voxel: float, progress: Callable[[float], None]
    ) -> Registered:
        p = self.parameters
        matches = match_pairs(
            views, voxel=voxel, seed=p.seed, progress=lambda f: progress(0.2 + 0.6 * f)
        )
        told = _told_matches(views, self.said.pairs, voxel)
        known = {(match.first, match.second) for match in told}
        matches = told + [m for m in matches if (m.first, m.second) not in known]
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
        cloud = _cut(cloud, self.said)
        save_cloud(bench.folder / "cloud.npz", cloud)


def _told_matches(
    views: list[View], pairs: tuple[PointPair, ...], voxel: float
) -> list[Match]:
    """Matches between scans whose common places a person gave: they are believed."""
    index = {view.name: number for number, view in enumerate(views)}
    matches = []
    for pair in pairs:
        if pair.first not in index or pair.second not in index:
            continue  # left out, as the same person asked
        first, second = index[pair.first], index[pair.second]
        motion = settled(views[first], views[second], pair.motion(), voxel)
        if first > second:
            first, second, motion = second, first, inverse(motion)
        matches.append(Match(first, second, motion, Evidence(1.0, 0.0)))
    return matches


def _cut(cloud: Cloud, said: Constraints) -> Cloud:
    """Cut away what a person cut away in the world."""
    kept = said.kept(cloud.points, "")
    if kept.all():
        return cloud
    if not kept.any():
        raise BadConstraints("boxes, planes", "hardly a point is left")
    held = {entry.name: getattr(cloud, entry.name) for entry in fields(cloud)}
    return replace(cloud, **{n: v[kept] for n, v in held.items() if v is not None})


def _reseated(ready: Prepared, found: Registered, voxel: float) -> list[Finding]:
    """Tell where the object was moved against the table it turned with."""
    if ready.fixture is None or ready.fixture.support is None:
        return []
    names = [view.name for view in found.views]
    moved = moved_between(found.poses, ready.fixture.support, voxel=voxel)
    return [_moved(names[k], names[k + 1]) for k in moved]


def _moved(first: str, second: str) -> Finding:
    message = (
        f"The object was moved against its table or clamp between {first} and {second}. "
        "The scans were placed by the object."
    )
    return Finding("moved-fixture", message, {"first": first, "second": second})


def _off(name: str, shift_m: float, turn_rad: float) -> Finding:
    mm, degrees = round(1000 * shift_m, 2), round(float(np.degrees(turn_rad)), 2)
    message = (
        f"The pose that {name} states is off by {mm} mm and {degrees} degrees from "
        "where its points fit. Check the export."
    )
    facts: dict[str, str | int | float] = {"file": name, "mm": mm, "degrees": degrees}
    return Finding("given-pose-off", message, facts)


def _unchecked(name: str) -> Finding:
    message = (
        f"{name} shares no surface with the other scans; its stated pose was taken as "
        "it is."
    )
    return Finding("given-pose-unchecked", message, {"file": name})


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
