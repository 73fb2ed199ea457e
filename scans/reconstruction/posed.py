"""Start from poses that the files state, and find those that cannot be right.

A stated pose is held against what the scans share there. Where it fails, the scan is
fitted to all the others together, as one of unknown pose would be.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import open3d as o3d
from numpy.typing import NDArray

from scans.geometry.rigid import (
    angle_between,
    carry,
    from_parts,
    inverse,
    nearest_rotation,
    turn,
)
from scans.reconstruction.bridging import union_view
from scans.reconstruction.evidence import Evidence, depth_image, weigh
from scans.reconstruction.features import featured
from scans.reconstruction.matching import Prepared, match
from scans.reconstruction.refine import refine
from scans.reconstruction.views import View, thin_indices

FloatArray = NDArray[np.float64]
registration = o3d.pipelines.registration

# Stations share less than scans of one object on a table do.
LEAST_OVERLAP = 0.1
SURE_OVERLAP = 0.3  # for a pose that nobody stated
CONFLICT = 0.05
ROUGH = 3.0  # voxels
ROUGH_SAMPLES = 1000
REACHES = (8.0, 4.0, 2.0, 1.0)  # voxels: a stated pose is near, if it is right at all
MOST_LEFT = 1 / 3  # share of scans that poses may leave by themselves, and be believed
OFF_VOXELS = 1.0  # that a pose may be refined by before it is said to be off
OFF_RAD = np.radians(1.0)
SETTLES_VOXELS = 5.0  # places are picked by a few millimetres on an object of 300


@dataclass(frozen=True)
class PoseOff:
    """A stated pose that the data contradict: how far off, (None: nothing to tell by)."""

    name: str
    shift_m: float
    turn_rad: float


@dataclass(frozen=True)
class Start:
    """Poses to refine, by index; scans that share nothing; scans that fit nowhere."""

    poses: dict[int, FloatArray]
    alone: list[int]
    lost: list[int]

    def agrees(self) -> bool:
        """Tell whether any two scans meet where they are said to be."""
        return len(self.poses) > len(self.alone) + 1

    def sure(self) -> int:
        """Number of scans that share surface with others where they lie."""
        return len(self.poses) - len(self.alone)

    def holds(self) -> bool:
        """Tell whether most scans share surface where they are said to be."""
        left = len(self.lost) + len(self.alone)
        return self.agrees() and left <= MOST_LEFT * (self.sure() + left)

    def beats(self, placed: int, scans: int) -> bool:
        """Tell whether to keep these poses though `placed` scans fit without them."""
        if not self.agrees() or self.sure() > placed:
            return self.agrees()
        return 2 * placed <= scans and len(self.poses) > placed


def alike(stated: list[FloatArray]) -> bool:
    """Tell whether poses are all the same: they say nothing of how scans lie then."""
    return all(np.allclose(pose, stated[0], rtol=0, atol=1e-9) for pose in stated)


def start_from(
    views: list[View], stated: list[FloatArray | None], *, voxel: float, seed: int
) -> Start:
    """Take stated poses that hold; fit the other scans to those; scan to world."""
    poses = {k: pose for k, pose in enumerate(stated) if pose is not None}
    # Stated poses are rough: whether they agree is asked on a coarser scale.
    good = _Fitting(views, ROUGH * voxel).agreeing(poses)
    poses |= _refined(views, poses, sorted(good), ROUGH * voxel)
    fitting = _Fitting(views, voxel)
    lost, alone = [], []
    for index in sorted(set(range(len(views))) - good):
        placed = {k: poses[k] for k in sorted(good) if k != index}
        pose = fitting.fit(index, poses.get(index), placed, seed) if placed else None
        if pose is not None:
            poses[index] = pose
            good = good | {index}
        elif index in poses and fitting.touches_none(index, poses):
            alone.append(index)
        elif placed:
            lost.append(index)
    for index in lost:
        poses.pop(index, None)
    return Start(poses, alone, lost)


def _refined(
    views: list[View], poses: dict[int, FloatArray], index: list[int], voxel: float
) -> dict[int, FloatArray]:
    """Refine the poses of some scans among themselves."""
    if len(index) < 2:
        return {}
    found = refine(
        [views[k] for k in index],
        [poses[k] for k in index],
        voxel=voxel,
        samples=ROUGH_SAMPLES,
        progress=lambda _: None,
    )
    return dict(zip(index, found.poses, strict=True))


def poses_off(
    views: list[View],
    stated: list[FloatArray | None],
    found: dict[int, FloatArray],
    *,
    voxel: float,
) -> list[PoseOff]:
    """List stated poses that the found ones differ from; what all share is no error."""
    known = [k for k in sorted(found) if stated[k] is not None]
    common = _common_motion(
        [(stated[k], found[k], views[k]) for k in known]  # type: ignore[misc]
    )
    off = []
    for index in known:
        expected = common @ stated[index]  # type: ignore[operator]
        points = views[index].points[views[index].coarse]
        apart = carry(points, expected) - carry(points, found[index])
        shift = float(np.sqrt((apart**2).sum(axis=1).mean()))
        turned = angle_between(expected, found[index])
        if shift > OFF_VOXELS * voxel or turned > OFF_RAD:
            off.append(PoseOff(views[index].name, shift, turned))
    return off


def settled(first: View, second: View, motion: FloatArray, voxel: float) -> FloatArray:
    """Let a rough motion from one scan to another settle where their points fit.

    Scans that share little would slide over one another: what moves farther than a
    person can have missed stays where it was put.
    """
    source, target = (
        _cloud(view.points[view.coarse], view.normals[view.coarse])
        for view in (first, second)
    )
    found = _drawn(source, target, motion, voxel)
    points = first.points[first.coarse]
    apart = carry(points, found) - carry(points, motion)
    moved = float(np.sqrt((apart**2).sum(axis=1).mean()))
    return found if moved <= SETTLES_VOXELS * voxel else motion


class _Fitting:
    def __init__(self, views: list[View], voxel: float) -> None:
        self.views = views
        self.voxel = voxel
        self.images = [depth_image(view, voxel) for view in views]

    def agreeing(self, poses: dict[int, FloatArray]) -> set[int]:
        """The largest group of scans that share surface where they are said to be."""
        group = {k: k for k in poses}
        for i, j in combinations(sorted(poses), 2):
            if group[i] != group[j] and self._holds(i, j, poses, LEAST_OVERLAP):
                old = group[i]
                group = {k: group[j] if g == old else g for k, g in group.items()}
        members = [{k for k in group if group[k] == g} for g in set(group.values())]
        # Of two alike the one with the earlier scan, so that it repeats.
        best = max(members, key=lambda each: (len(each), -min(each)), default=set())
        return best if len(best) > 1 else set()

    def fit(
        self,
        index: int,
        stated: FloatArray | None,
        placed: dict[int, FloatArray],
        seed: int,
    ) -> FloatArray | None:
        """Fit a scan to all placed ones, from its stated pose or from nothing."""
        view = self.views[index]
        points, normals = self._union(placed)
        source = _cloud(view.points[view.coarse], view.normals[view.coarse])
        target = _cloud(points, normals)
        if stated is not None:
            near = _drawn(source, target, stated, self.voxel)
            if self._fits(index, near, placed, LEAST_OVERLAP):
                return near
        whole = union_view([(self.views[k], p) for k, p in placed.items()], self.voxel)
        sides = [self._prepared(side) for side in (view, whole)]
        for motion, _ in match(sides[0], sides[1], voxel=self.voxel, seed=seed):
            if self._fits(index, motion, placed, SURE_OVERLAP):
                return motion
        return None

    def touches_none(self, index: int, poses: dict[int, FloatArray]) -> bool:
        """Tell whether a scan shares nothing with the others, and hides nothing."""
        found = [
            self._evidence(index, k, poses[index], poses[k])
            for k in poses
            if k != index
        ]
        return all(
            e.overlap < LEAST_OVERLAP / 2 and e.conflict <= CONFLICT for e in found
        )

    def _fits(
        self,
        index: int,
        pose: FloatArray,
        placed: dict[int, FloatArray],
        least: float,
    ) -> bool:
        found = [self._evidence(index, k, pose, where) for k, where in placed.items()]
        free = all(each.conflict <= CONFLICT for each in found)
        return free and any(each.overlap >= least for each in found)

    def _holds(
        self, i: int, j: int, poses: dict[int, FloatArray], least: float
    ) -> bool:
        found = self._evidence(i, j, poses[i], poses[j])
        return found.overlap >= least and found.conflict <= CONFLICT

    def _evidence(
        self, i: int, j: int, first: FloatArray, second: FloatArray
    ) -> Evidence:
        images = (self.images[i], self.images[j])
        motion = inverse(second) @ first
        return weigh(
            self.views[i], self.views[j], motion, voxel=self.voxel, images=images
        )

    def _prepared(self, view: View) -> Prepared:
        return Prepared(view, featured(view, self.voxel, coloured=False), None)

    def _union(self, placed: dict[int, FloatArray]) -> tuple[FloatArray, FloatArray]:
        chosen = [(self.views[k], pose) for k, pose in placed.items()]
        points = np.vstack([carry(v.points[v.coarse], p) for v, p in chosen])
        normals = np.vstack([turn(v.normals[v.coarse], p) for v, p in chosen])
        keep = thin_indices(points, self.voxel)
        return points[keep], normals[keep]


def _cloud(points: FloatArray, normals: FloatArray) -> o3d.geometry.PointCloud:
    cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points))
    cloud.normals = o3d.utility.Vector3dVector(normals)
    return cloud


def _drawn(
    source: o3d.geometry.PointCloud,
    target: o3d.geometry.PointCloud,
    pose: FloatArray,
    voxel: float,
) -> FloatArray:
    """Draw a scan from its stated pose to where it fits, from far to near."""
    for reach in REACHES:
        found = registration.registration_icp(
            source,
            target,
            reach * voxel,
            pose,
            registration.TransformationEstimationPointToPlane(),
        )
        motion = np.asarray(found.transformation)
        pose = from_parts(nearest_rotation(motion[:3, :3]), motion[:3, 3])
    return pose


def _common_motion(
    pairs: list[tuple[FloatArray, FloatArray, View]],
) -> FloatArray:
    """The motion from the stated world to the found one that most scans agree on."""
    if not pairs:
        return np.eye(4)
    motions = [found @ inverse(stated) for stated, found, _ in pairs]
    middles = np.array([carry(v.points.mean(axis=0)[None], s)[0] for s, _, v in pairs])

    def apart(motion: FloatArray) -> float:
        off = [carry(middles, motion) - carry(middles, other) for other in motions]
        turned = np.array([angle_between(motion, other) for other in motions])
        size = float(np.linalg.norm(np.ptp(middles, axis=0))) or 1.0
        return float(
            np.median(np.linalg.norm(off, axis=2).mean(axis=1) / size + turned)
        )

    return min(motions, key=apart)
