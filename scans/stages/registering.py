"""Second stage: poses of all scans, and their points in one frame."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.constraints import Constraints, PointPair
from scans.errors import NothingFits
from scans.geometry.extent import extent
from scans.geometry.rigid import from_parts, inverse
from scans.geometry.scan import Scan
from scans.geometry.spacing import point_spacing
from scans.recipe import Parameters
from scans.reconstruction.evidence import Evidence
from scans.reconstruction.joining import Trust
from scans.reconstruction.left_out import NotPlaced
from scans.reconstruction.matching import THREADS, Match
from scans.reconstruction.pair_store import FOLDER as PAIRS
from scans.reconstruction.pair_store import PairStore
from scans.reconstruction.posed import Start, alike, poses_off, settled, start_from
from scans.reconstruction.registration import (
    Registration,
    Rules,
    alone,
    register,
    register_given,
)
from scans.reconstruction.seating import moved_between
from scans.reconstruction.surface import merge
from scans.reconstruction.views import View, view_of
from scans.runner import Bench, write_json
from scans.scan_store import load_scans, save_cloud
from scans.stages import placement_findings as findings
from scans.stages.preparing import Prepared, prepare

FloatArray = NDArray[np.float64]

# A float32 in metres is good to 6e-8 of its size: beyond this the master loses micrometres.
FAR = 100.0  # diagonals from the origin
STEADY = 0.1  # share that scans left out may change what is typical of the set
THIN = 0.5  # spacings: closer points of several scans are one


@dataclass
class RegisterStage:
    """Place scans whose poses nobody knows."""

    parameters: Parameters
    said: Constraints = field(default_factory=Constraints)
    name: str = "register"
    version: int = 18

    def depends(self) -> dict[str, Any]:
        chosen = (
            "voxel_share",
            "overlap_min",
            "overlap_in_cycle_min",
            "conflict_max",
            "colour_min",
            "mask_fixture",
            "given_poses",
            "outlier_spacings",
            "refine_samples",
            "seed",
        )
        held = asdict(self.parameters)
        return {n: held[n] for n in chosen} | {"said": self.said.before_placing()}

    def run(self, bench: Bench) -> dict[str, Any]:
        read = load_scans(bench.output("read"))
        ready = self._prepared(read, bench)
        scans = ready.scans
        left_out = [scan for scan in read if scan.name in self.said.leave_out]
        spacing = steady(_spacing(scans), _spacing([*scans, *left_out]))
        size = steady(_diagonal(scans), _diagonal([*scans, *left_out]))
        voxel = self.parameters.voxel_share * size
        views = _viewed(scans, voxel, spacing * THIN, bench.progress)
        found = self._placed(scans, views, voxel, bench)
        poses = _near_origin(found.views, found.poses)
        small = [NotPlaced(name, "", 0.0, 0.0) for name in ready.small]
        lost = [*found.not_placed, *small]
        found = replace(found, poses=[rounded(p) for p in poses], not_placed=lost)
        self._save(bench, found, spacing)
        for finding in findings.of_registration(found):
            bench.warn(finding)
        for first, second in _reseated(ready, found, voxel):
            bench.warn(findings.moved(first, second))
        figures = _figures(found) | {"voxel_m": voxel, "spacing_m": spacing}
        return figures | ready.figures()

    def _prepared(self, scans: list[Scan], bench: Bench) -> Prepared:
        """Leave aside what was asked for, and fixtures where poses are not known."""
        p = self.parameters
        ready = prepare(
            scans,
            self.said,
            mask_fixture=bool(p.mask_fixture and not self._tells_poses(scans)),
            voxel_share=p.voxel_share,
            outlier_spacings=p.outlier_spacings,
            seed=p.seed,
        )
        ready.save(bench.folder)
        for finding in ready.findings:
            bench.warn(finding)
        return ready

    def _placed(
        self, scans: list[Scan], views: list[View], voxel: float, bench: Bench
    ) -> Registration:
        if len(views) == 1:
            return alone(views[0])
        p, store = self.parameters, PairStore(bench.folder.parent / PAIRS, self.version)
        if not p.given_poses or all(scan.pose is None for scan in scans):
            return self._many(views, voxel, bench.progress, store)
        stated = [scan.pose for scan in scans]
        found = None
        if not self._tells_poses(scans):
            # Where each scan has its own frame these would seem to agree by chance.
            found = self._found(views, voxel, bench, store)
            if found is not None and not _lies_there(found, views, stated, voxel):
                return found
        start = start_from(views, stated, voxel=voxel, seed=p.seed)
        if start.holds():
            return self._from_given(views, stated, start, voxel, bench)
        found = found or self._found(views, voxel, bench, store)
        if found is not None and not start.beats(len(found.views), len(views)):
            if self._tells_poses(scans):
                bench.warn(findings.unused())
            return found
        if not start.poses:
            raise NothingFits(scans=len(views))
        return self._from_given(views, stated, start, voxel, bench)

    def _tells_poses(self, scans: list[Scan]) -> bool:
        """Whether poses that files state tell how scans lie to one another.

        Many programs write the identity for each scan where they know nothing.
        """
        stated = [scan.pose for scan in scans if scan.pose is not None]
        return bool(self.parameters.given_poses) and not alike(stated)

    def _found(
        self, views: list[View], voxel: float, bench: Bench, store: PairStore
    ) -> Registration | None:
        """Place scans as if nothing were stated; None where no two fit."""
        try:
            return self._many(views, voxel, bench.progress, store)
        except NothingFits:
            return None

    def _from_given(
        self,
        views: list[View],
        stated: list[FloatArray | None],
        start: Start,
        voxel: float,
        bench: Bench,
    ) -> Registration:
        """Refine the poses that files state, all together."""
        index = sorted(start.poses)
        found = register_given(
            [views[k] for k in index],
            [start.poses[k] for k in index],
            self._rules(voxel),
            lambda f: bench.progress(0.2 + 0.8 * f),
            [NotPlaced(views[k].name, "", 0.0, 0.0) for k in start.lost],
        )
        poses = dict(zip(index, found.poses, strict=True))
        for off in poses_off(views, stated, poses, voxel=voxel):
            bench.warn(findings.off(off.name, off.shift_m, off.turn_rad))
        for number in start.alone:
            bench.warn(findings.unchecked(views[number].name))
        return replace(found, given=sum(pose is not None for pose in stated))

    def _many(
        self,
        views: list[View],
        voxel: float,
        progress: Callable[[float], None],
        store: PairStore,
    ) -> Registration:
        told = _told_matches(views, self.said.pairs, voxel)
        found = register(
            views, self._rules(voxel), lambda f: progress(0.2 + 0.8 * f), told, store
        )
        if len(found.views) < 2:
            raise NothingFits(scans=len(views))
        return found

    def _rules(self, voxel: float) -> Rules:
        p = self.parameters
        trust = Trust(
            p.overlap_min, p.overlap_in_cycle_min, p.conflict_max, p.colour_min
        )
        return Rules(trust, voxel, p.refine_samples, p.seed)

    def _save(self, bench: Bench, found: Registration, spacing: float) -> None:
        names = [view.name for view in found.views]
        poses = {n: p.tolist() for n, p in zip(names, found.poses, strict=True)}
        write_json(bench.folder / "poses.json", poses)
        lost = [asdict(entry) for entry in found.not_placed]
        write_json(bench.folder / "placed.json", {"placed": names, "not_placed": lost})
        write_json(bench.folder / "registration.json", told_of(found))
        cloud = merge(found.views, found.poses, cell_m=spacing * THIN)
        save_cloud(bench.folder / "cloud.npz", cloud)


def _viewed(
    scans: list[Scan], voxel: float, finest: float, progress: Callable[[float], None]
) -> list[View]:
    """Prepare all scans, each by itself."""
    views = []
    with ThreadPoolExecutor(THREADS) as pool:
        prepared = pool.map(
            lambda scan: view_of(scan, coarse_m=voxel, finest_m=finest), scans
        )
        for view in prepared:
            views.append(view)
            progress(0.2 * len(views) / len(scans))
    return views


def _lies_there(
    found: Registration,
    views: list[View],
    stated: list[FloatArray | None],
    voxel: float,
) -> bool:
    """Tell whether most scans lie where files say: then all have one frame already."""
    said = {view.name: pose for view, pose in zip(views, stated, strict=True)}
    poses = dict(enumerate(found.poses))
    held = [said[view.name] for view in found.views]
    off = poses_off(found.views, held, poses, voxel=voxel)
    return 2 * len(off) < sum(pose is not None for pose in held)


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


def _reseated(
    ready: Prepared, found: Registration, voxel: float
) -> list[tuple[str, str]]:
    """Find between which scans the object was moved against the table it turned with."""
    if ready.fixture is None or ready.fixture.support is None:
        return []
    names = [view.name for view in found.views]
    moved = moved_between(found.poses, ready.fixture.support, voxel=voxel)
    return [(names[k], names[k + 1]) for k in moved]


def told_of(found: Registration) -> dict[str, Any]:
    """What registration.json says: pairs, scans, groups."""
    return {
        "pairs": [asdict(pair) for pair in found.pairs],
        "scans": [asdict(scan) for scan in found.scans],
        "groups": found.groups,
        "undetermined": found.undetermined,
    }


def _figures(found: Registration) -> dict[str, Any]:
    if found.residual_m is None:
        return {"pairs_tried": 0}
    counts = (
        {"poses_given": found.given}
        if found.given
        else {"pairs_tried": found.tried, "pairs_agreeing": found.agreeing}
    )
    return counts | {
        "registration_rms_m": found.residual_m,
        "residuals_m": {scan.name: scan.residual_m for scan in found.scans},
    }


def rounded(pose: FloatArray) -> FloatArray:
    """Round to a nanometre: what sums over several threads leave open lies far below."""
    # Adding zero turns -0.0, which is written otherwise, into 0.0.
    return np.asarray(np.round(pose, 9) + 0.0)


def steady(kept: float, together: float) -> float:
    """A length of this set, with or without scans that were left out.

    The same with them unless they change it much: then pairs that were matched before
    they were left out need not be matched again.
    """
    return together if abs(together - kept) <= STEADY * kept else kept


def _spacing(scans: list[Scan]) -> float:
    return float(np.median([point_spacing(scan.points) for scan in scans]))


def _diagonal(scans: list[Scan]) -> float:
    return float(np.median([extent(scan.points) for scan in scans]))


def _near_origin(views: list[View], poses: list[FloatArray]) -> list[FloatArray]:
    """Keep the first scan's frame as the world, unless it lies far off (map grids)."""
    points = views[0].points
    middle = points.mean(axis=0)
    if np.linalg.norm(middle) < FAR * np.linalg.norm(np.ptp(points, axis=0)):
        return poses
    back = from_parts(np.eye(3), -np.rint(middle))
    return [back @ pose for pose in poses]
