"""A virtual scanner: rays cast against a known surface, with what real scanners do to it.

Each scan is a PLY in its own camera frame (the camera at the origin, looking down -Z),
as if nobody had kept the poses; the truth lies beside them in `truth/`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import open3d as o3d
from numpy.typing import NDArray

from scans.errors import BadParameter
from scans.forms import KINDS, build_form
from scans.geometry.mesh import Mesh
from scans.geometry.mesh_file import write_master
from scans.geometry.rigid import carry, from_parts, inverse, turn, turning_axis
from scans.readers.ply import write_cloud

FloatArray = NDArray[np.float64]

DISTANCE = 3.5  # of the object's radius, from its middle to the camera
BASELINE = 0.25  # of that distance, from camera to projector: its shadows are holes
NEVER_SEEN = 0.12  # cosine: flatter than 83 degrees nothing comes back
SURELY_SEEN = 0.45  # cosine: steeper than 63 degrees nearly all comes back
LOST = 0.01  # share of good points that are lost all the same
PROBE_SIDE = 64  # rays a side, to see how much of the picture the object fills


@dataclass(frozen=True)
class Scanning:
    """How an object is scanned.

    points  : wished for in each scan
    noise_m : standard deviation along the ray where it meets the surface squarely
    """

    scans: int = 10
    points: int = 15_000
    noise_m: float = 0.00005
    coloured: bool = True


def synthesize(
    kind: str, out: Path, *, seed: int, scanning: Scanning
) -> dict[str, Any]:
    """Build an object of a kind, scan it, and write scans and truth; say what was made.

    Raises BadParameter.
    """
    if kind not in KINDS:
        raise BadParameter("kind", kind, f"known kinds are {', '.join(KINDS)}")
    if not 1 <= scanning.scans <= 100:
        raise BadParameter("scans", str(scanning.scans), "it must lie from 1 to 100")
    form = build_form(kind, seed)
    scanner = _Scanner(form, scanning, np.random.default_rng([seed, 1]))
    out.mkdir(parents=True, exist_ok=True)
    (out / "truth").mkdir(exist_ok=True)
    poses = {}
    for number, pose in enumerate(_camera_poses(form, scanning.scans, seed)):
        name = f"{kind}-{number:02d}.ply"
        points, colours = scanner.scan(pose)
        write_cloud(out / name, points, colours if scanning.coloured else None)
        poses[name] = pose.tolist()
    (out / "truth" / "poses.json").write_text(json.dumps(poses, indent=1))
    write_master(out / "truth" / "surface.ply", form)
    return {"kind": kind, "seed": seed, "scans": list(poses), "unit": "m"}


class _Scanner:
    def __init__(
        self, form: Mesh, scanning: Scanning, random: np.random.Generator
    ) -> None:
        self.form = form
        self.scanning = scanning
        self.random = random
        self.radius = _radius(form)
        self.scene = o3d.t.geometry.RaycastingScene()
        self.scene.add_triangles(
            o3d.core.Tensor.from_numpy(form.vertices.astype(np.float32)),
            o3d.core.Tensor.from_numpy(form.triangles.astype(np.uint32)),
        )

    def scan(self, pose: FloatArray) -> tuple[FloatArray, NDArray[np.uint8]]:
        """See the object from a pose (camera to world); points in the camera's frame."""
        hits = self._cast(pose, PROBE_SIDE)
        share = max(float(np.isfinite(hits["t_hit"]).mean()), 0.01)
        # A fifth of the hits is lost to shadow and grazing, about.
        side = int(np.sqrt(self.scanning.points / share / 0.8))
        hits = self._cast(pose, side)
        met = np.isfinite(hits["t_hit"])
        rays, reach = hits["rays"][met], hits["t_hit"][met].astype(np.float64)
        facing = np.abs((rays[:, 3:] * hits["primitive_normals"][met]).sum(axis=1))
        world = rays[:, :3] + rays[:, 3:] * reach[:, None]
        seen = self._returns(facing) & self._lit(
            world, hits["primitive_normals"][met], pose
        )
        noise = self.random.normal(size=len(reach)) * self.scanning.noise_m
        # A spot that lies flat on the surface is long, and its middle less sure.
        noisy = reach + noise / np.sqrt(np.maximum(facing, NEVER_SEEN))
        placed = rays[:, :3] + rays[:, 3:] * noisy[:, None]
        colours = self._colours(hits["primitive_ids"][met], hits["primitive_uvs"][met])
        return carry(placed[seen], inverse(pose)), colours[seen]

    def _cast(self, pose: FloatArray, side: int) -> dict[str, NDArray[Any]]:
        half = self.radius * 1.05 / (DISTANCE * self.radius)
        even = (np.arange(side) + 0.5) / side * 2 - 1
        x, y = (grid.ravel() * half for grid in np.meshgrid(even, even))
        ahead = np.stack([x, y, -np.ones_like(x)], axis=1)
        ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
        lines = turn(ahead, pose)
        starts = np.broadcast_to(pose[:3, 3], lines.shape)
        rays = np.hstack([starts, lines])
        answer = self.scene.cast_rays(
            o3d.core.Tensor.from_numpy(rays.astype(np.float32))
        )
        return {name: value.numpy() for name, value in answer.items()} | {"rays": rays}

    def _returns(self, facing: FloatArray) -> NDArray[np.bool_]:
        """Draw which points come back: surely when square, never when grazing."""
        chance = np.clip((facing - NEVER_SEEN) / (SURELY_SEEN - NEVER_SEEN), 0, 1)
        return np.asarray(self.random.random(len(facing)) < chance * (1 - LOST))

    def _lit(
        self, world: FloatArray, normals: NDArray[Any], pose: FloatArray
    ) -> NDArray[np.bool_]:
        """Tell which points the projector reaches, which stands beside the camera."""
        aside = BASELINE * DISTANCE * self.radius
        lamp = pose[:3, 3] + pose[:3, 0] * aside
        line = lamp - world
        away = np.linalg.norm(line, axis=1)
        outward = np.where(
            ((pose[:3, 3] - world) * normals).sum(axis=1)[:, None] > 0,
            normals,
            -normals,
        )
        lift = 1e-4 * self.radius
        rays = np.hstack([world + outward * lift, line / away[:, None]])
        hit = self.scene.cast_rays(o3d.core.Tensor.from_numpy(rays.astype(np.float32)))
        return np.asarray(hit["t_hit"].numpy() > away)

    def _colours(self, triangle: NDArray[Any], uv: NDArray[Any]) -> NDArray[np.uint8]:
        if self.form.colours is None:
            return np.full((len(triangle), 3), 200, dtype=np.uint8)
        corners = self.form.colours[self.form.triangles[triangle]].astype(np.float64)
        weights = np.stack([1 - uv[:, 0] - uv[:, 1], uv[:, 0], uv[:, 1]], axis=1)
        mixed = (corners * weights[:, :, None]).sum(axis=1)
        mixed += self.random.normal(size=mixed.shape) * 2
        return np.asarray(np.rint(mixed.clip(0, 255)), dtype=np.uint8)


def _camera_poses(form: Mesh, count: int, seed: int) -> list[FloatArray]:
    """Cameras round about, above and below, each turned about its own axis at random."""
    random = np.random.default_rng([seed, 2])
    low, high = form.vertices.min(axis=0), form.vertices.max(axis=0)
    middle, away = (low + high) / 2, DISTANCE * _radius(form)
    return [
        _looking(middle, *direction, away, random.uniform(0, 2 * np.pi))
        for direction in _directions(count, random)
    ]


def _directions(count: int, random: np.random.Generator) -> list[tuple[float, float]]:
    """Azimuth and elevation, radians: a ring that nods up and down, then both ends."""
    ends = [(0.4, 1.0), (1.0, -0.8), (4.1, -0.8)][: max(0, count - 5)]
    ring = count - len(ends)
    around = [
        (2 * np.pi * k / ring, np.radians(32.0 if k % 2 else 12.0)) for k in range(ring)
    ]
    jitter = random.normal(size=(count, 2)) * 0.06
    return [
        (azimuth + float(a), elevation + float(b))
        for (azimuth, elevation), (a, b) in zip(around + ends, jitter, strict=True)
    ]


def _looking(
    middle: FloatArray, azimuth: float, elevation: float, away: float, roll: float
) -> FloatArray:
    """Pose of a camera that looks at the middle down its own -Z."""
    flat = np.cos(elevation)
    back = np.array([flat * np.sin(azimuth), np.sin(elevation), flat * np.cos(azimuth)])
    right = np.cross([0.0, 1.0, 0.0], back)
    right /= np.linalg.norm(right)
    frame = np.stack([right, np.cross(back, right), back], axis=1)
    rolled = frame @ turning_axis(np.array([0.0, 0.0, 1.0]), roll)[:3, :3]
    return from_parts(rolled, middle + back * away)


def _radius(form: Mesh) -> float:
    low, high = form.vertices.min(axis=0), form.vertices.max(axis=0)
    return float(np.linalg.norm(form.vertices - (low + high) / 2, axis=1).max())
