"""Second and third stage for depth pictures: find the camera, fuse what it saw."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.errors import NothingFits
from scans.geometry.mesh_file import write_master
from scans.geometry.rigid import carry, turn
from scans.geometry.scan import Finding
from scans.readers.cameras import Camera
from scans.recipe import Parameters
from scans.reconstruction.capacity import allowed_bytes
from scans.reconstruction.fusion import Rule, View, choose_voxel, fuse
from scans.reconstruction.odometry import Grid, build_grids
from scans.reconstruction.surface import Cloud
from scans.reconstruction.tracking import Path as CameraPath
from scans.reconstruction.tracking import contradicts, track
from scans.reconstruction.trimming import drop_islands
from scans.reconstruction.views import thin_indices
from scans.runner import Bench, write_json
from scans.scan_store import save_cloud
from scans.stages.frames import EVERY, Stored, frame_pictures, stored_frames
from scans.stages.placement_findings import unused
from scans.stages.registering import rounded
from scans.stages.surfacing import MASTER

FloatArray = NDArray[np.float64]

SEEN = 3  # pictures that must have seen a voxel, where there are enough
DEEPEST = 65_535  # what depth pictures can say; what lies beyond far_m was taken out
GREY = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601


@dataclass
class TrackStage:
    """Find where the camera stood."""

    parameters: Parameters
    name: str = "register"
    version: int = 2

    def depends(self) -> dict[str, Any]:
        return {"given_poses": self.parameters.given_poses}

    def run(self, bench: Bench) -> dict[str, Any]:
        stored, camera = stored_frames(bench)
        grids = []
        for number, frame in enumerate(stored):
            grids.append(_grids(bench, frame, camera))
            bench.progress(0.3 * (number + 1) / len(stored))
        told_poses = self.parameters.given_poses
        given = [frame.pose if told_poses else None for frame in stored]
        path = track(grids, given, camera, lambda f: bench.progress(0.3 + 0.6 * f))
        if any(pose is not None for pose in given):
            depth = _depth(grids)
            if contradicts(path, given, depth):
                path, given = self._without(path, given, grids, camera, bench)
        if len(path.poses) < 2:
            raise NothingFits(scans=len(stored))
        names = [frame.name for frame in stored]
        poses = {number: rounded(pose) for number, pose in path.poses.items()}
        lost = _not_placed(path, names, bench)
        placed = {"placed": [names[n] for n in poses], "not_placed": lost}
        write_json(bench.folder / "placed.json", placed)
        told = {names[n]: pose.tolist() for n, pose in poses.items()}
        write_json(bench.folder / "poses.json", told)
        write_json(bench.folder / "registration.json", _told(path, names))
        spacing = _spacing(grids, camera)
        save_cloud(bench.folder / "cloud.npz", _cloud(bench, grids, poses, spacing))
        residuals = [edge.fit.residual_m for edge in path.edges if edge.used]
        moved = [_moved(pose, given[n]) for n, pose in poses.items()]
        return {
            "pairs_tried": len(path.edges),
            "key_frames": len(path.keys),
            "registration_rms_m": float(np.sqrt(np.mean(np.square(residuals)))),
            "given_poses_moved_m": max(
                (m for m in moved if m is not None), default=None
            ),
            "spacing_m": spacing,
        }

    def _without(
        self,
        path: CameraPath,
        given: list[FloatArray | None],
        grids: list[tuple[Grid, ...]],
        camera: Camera,
        bench: Bench,
    ) -> tuple[CameraPath, list[FloatArray | None]]:
        """Find the path by the pictures alone, unless they place fewer frames."""
        nothing: list[FloatArray | None] = [None] * len(given)
        found = track(grids, nothing, camera, lambda f: bench.progress(0.3 + 0.6 * f))
        if len(found.poses) < len(path.poses):
            return path, given
        bench.warn(unused())
        return found, nothing


@dataclass
class FuseStage:
    """Fuse all placed frames into the master."""

    parameters: Parameters
    name: str = "surface"
    version: int = 1

    def depends(self) -> dict[str, Any]:
        held = asdict(self.parameters)
        return {name: held[name] for name in ("voxel_m", "memory_mb", "island_share")}

    def run(self, bench: Bench) -> dict[str, Any]:
        stored, camera = stored_frames(bench)
        poses = json.loads((bench.output("register") / "poses.json").read_text())
        placed = [frame for frame in stored if frame.name in poses]
        voxel = self.parameters.voxel_m or self._voxel(bench, placed, camera)
        rule = Rule(
            voxel, DEEPEST / camera.depth_scale, min(SEEN, max(1.0, len(placed) / 4))
        )
        views = _views(bench, placed, poses)
        mesh = fuse(
            views, camera, rule, lambda done: bench.progress(0.9 * done / len(placed))
        )
        if self.parameters.island_share:
            mesh = drop_islands(mesh, self.parameters.island_share)
        write_master(bench.folder / MASTER, mesh)
        return {
            "cell_m": voxel,
            "triangles": len(mesh.triangles),
            "vertices": len(mesh.vertices),
            "watertight": mesh.is_closed(),
            "coverage": 1.0,  # a voxel that no picture saw makes no surface
            "area_m2": float(mesh.areas().sum()),
        }

    def _voxel(self, bench: Bench, placed: list[Stored], camera: Camera) -> float:
        every = max(1, len(placed) // 20)
        depths = [
            frame_pictures(bench, f)[0][::8, ::8].ravel() for f in placed[::every]
        ]
        metres = np.concatenate(depths) / camera.depth_scale
        with np.load(bench.output("register") / "cloud.npz") as held:
            points = held["points"]
        memory = allowed_bytes(self.parameters.memory_mb)
        return choose_voxel(metres[metres > 0], camera, points, memory_bytes=memory)


def _views(bench: Bench, placed: list[Stored], poses: dict[str, Any]) -> Iterator[View]:
    for frame in placed:
        depth, colour = frame_pictures(bench, frame)
        yield View(depth, colour, np.array(poses[frame.name]))


def _grids(bench: Bench, frame: Stored, camera: Camera) -> tuple[Grid, ...]:
    depth, colour = frame_pictures(bench, frame)
    grey = None if colour is None else colour @ GREY / 255
    return build_grids(depth / camera.depth_scale, grey, camera)


def _not_placed(
    path: CameraPath, names: list[str], bench: Bench
) -> list[dict[str, Any]]:
    lost = []
    for number in path.lost:
        before = max((n for n in path.poses if n < number), default=0)
        entry = {"name": names[number], "nearest": names[before]}
        lost.append(entry | {"overlap": 0.0, "conflict": 0.0})
        facts: dict[str, str | int | float] = {
            "file": names[number],
            "nearest": names[before],
        }
        message = (
            f"{names[number]} fits nowhere and was left out; it came nearest to "
            f"{names[before]}."
        )
        bench.warn(Finding("scan-not-placed", message, facts))
    return lost


def _told(path: CameraPath, names: list[str]) -> dict[str, Any]:
    """What registration.json says."""
    pairs = [
        {
            "first": names[edge.first],
            "second": names[edge.second],
            "overlap": round(edge.fit.overlap, 4),
            "residual_m": edge.fit.residual_m,
            "used": edge.used,
        }
        for edge in path.edges
    ]
    best = {
        number: max(
            (e.fit.overlap for e in path.edges if number in (e.first, e.second)),
            default=0.0,
        )
        for number in path.poses
    }
    scans = [
        {
            "name": names[number],
            "confidence": round(best[number], 3),
            "residual_m": float(
                np.median(
                    [
                        e.fit.residual_m
                        for e in path.edges
                        if number in (e.first, e.second)
                    ]
                    or [0.0]
                )
            ),
            "undetermined": [],
        }
        for number in path.poses
    ]
    groups = [[names[number] for number in path.poses]]
    return {"pairs": pairs, "scans": scans, "groups": groups, "undetermined": False}


def _spacing(grids: list[tuple[Grid, ...]], camera: Camera) -> float:
    """Width of the measuring grid's step where the scene typically is."""
    return _depth(grids) * EVERY / min(camera.fx, camera.fy)


def _depth(grids: list[tuple[Grid, ...]]) -> float:
    """How far off the scene typically is, metres."""
    depths = np.concatenate([levels[0].points[..., 2].ravel() for levels in grids])
    return float(np.nanmedian(depths))


def _cloud(
    bench: Bench,
    grids: list[tuple[Grid, ...]],
    poses: dict[int, FloatArray],
    spacing: float,
) -> Cloud:
    """Points of all placed frames, thinned; the master is measured against them."""
    points, normals = [], []
    for number, pose in poses.items():
        fine = grids[number][-1]
        good = np.asarray(np.isfinite(fine.normals).all(axis=2))
        good[1::2], good[:, 1::2] = False, False
        points.append(carry(fine.points[good], pose))
        normals.append(turn(fine.normals[good], pose))
    places, facing = np.vstack(points), np.vstack(normals)
    few = thin_indices(places, spacing / 2)
    return Cloud(places[few], facing[few], None)


def _moved(pose: FloatArray, given: FloatArray | None) -> float | None:
    """How far a camera lies from where it was given."""
    return None if given is None else float(np.linalg.norm(pose[:3, 3] - given[:3, 3]))
