"""A virtual scanner: rays cast against known bodies, with what real scanners do to them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import open3d as o3d
from numpy.typing import NDArray

from scans.geometry.mesh import Mesh
from scans.geometry.rigid import carry, inverse, turn

FloatArray = NDArray[np.float64]

DISTANCE = 3.5  # of the scene's radius, from its middle to the camera
BASELINE = 0.25  # of that distance, from camera to projector: its shadows are holes
NEVER_SEEN = 0.12  # cosine: flatter than 83 degrees nothing comes back
SURELY_SEEN = 0.45  # cosine: steeper than 63 degrees nearly all comes back
LOST = 0.01  # share of good points that are lost all the same
PROBE_SIDE = 64  # rays a side, to see how much of the picture the object fills


class Body:
    """A mesh that rays can be cast against."""

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        self.scene = o3d.t.geometry.RaycastingScene()
        self.scene.add_triangles(
            o3d.core.Tensor.from_numpy(mesh.vertices.astype(np.float32)),
            o3d.core.Tensor.from_numpy(mesh.triangles.astype(np.uint32)),
        )

    def cast(self, rays: FloatArray) -> dict[str, NDArray[Any]]:
        """Cast rays, (n, 6); give reach, normals, triangles and places in them."""
        answer = self.scene.cast_rays(
            o3d.core.Tensor.from_numpy(rays.astype(np.float32))
        )
        return {name: value.numpy() for name, value in answer.items()}


@dataclass(frozen=True)
class Shot:
    """One scan: where the camera stands and what else stands there.

    pose      : camera to the object's frame
    fixtures  : bodies, each with its motion into the object's frame
    radius    : of what the picture must hold, metres
    """

    pose: FloatArray
    radius: float
    fixtures: tuple[tuple[Body, FloatArray], ...] = ()


@dataclass(frozen=True)
class Seen:
    """What one scan gives, in the camera's frame.

    ours : (n,) bool, points of the object and not of a fixture
    """

    points: FloatArray
    colours: NDArray[np.uint8]
    ours: NDArray[np.bool_]


@dataclass(frozen=True)
class _Hits:
    """Where rays meet the nearest body."""

    rays: FloatArray
    reach: FloatArray
    normals: FloatArray
    colours: FloatArray
    ours: NDArray[np.bool_]

    def only(self, kept: NDArray[np.bool_]) -> "_Hits":
        return _Hits(
            self.rays[kept],
            self.reach[kept],
            self.normals[kept],
            self.colours[kept],
            self.ours[kept],
        )


class Scanner:
    """Scans one object.

    points  : wished for on the object in each scan
    noise_m : standard deviation along the ray where it meets the surface squarely
    """

    def __init__(
        self, form: Mesh, *, points: int, noise_m: float, random: np.random.Generator
    ) -> None:
        self.body = Body(form)
        self.points = points
        self.noise_m = noise_m
        self.random = random

    def scan(self, shot: Shot) -> Seen:
        """See the object, and what stands round it."""
        bodies = ((self.body, np.eye(4)), *shot.fixtures)
        probe = _cast(shot, bodies, PROBE_SIDE)
        share = max(float(probe.ours.sum()) / PROBE_SIDE**2, 0.01)
        # A fifth of the hits is lost to shadow and grazing, about.
        hits = _cast(shot, bodies, int(np.sqrt(self.points / share / 0.8)))
        facing = np.abs((hits.rays[:, 3:] * hits.normals).sum(axis=1))
        world = hits.rays[:, :3] + hits.rays[:, 3:] * hits.reach[:, None]
        seen = self._returns(facing) & _lit(shot, bodies, world, hits.normals)
        noise = self.random.normal(size=len(facing)) * self.noise_m
        # A spot that lies flat on the surface is long, and its middle less sure.
        noisy = hits.reach + noise / np.sqrt(np.maximum(facing, NEVER_SEEN))
        placed = hits.rays[:, :3] + hits.rays[:, 3:] * noisy[:, None]
        mixed = hits.colours + self.random.normal(size=hits.colours.shape) * 2
        colours = np.rint(mixed.clip(0, 255)).astype(np.uint8)
        return Seen(
            carry(placed[seen], inverse(shot.pose)), colours[seen], hits.ours[seen]
        )

    def _returns(self, facing: FloatArray) -> NDArray[np.bool_]:
        """Draw which points come back: surely when square, never when grazing."""
        chance = np.clip((facing - NEVER_SEEN) / (SURELY_SEEN - NEVER_SEEN), 0, 1)
        return np.asarray(self.random.random(len(facing)) < chance * (1 - LOST))


Bodies = tuple[tuple[Body, FloatArray], ...]


def _cast(shot: Shot, bodies: Bodies, side: int) -> _Hits:
    """Cast a picture's rays at all bodies, the object first; the nearest one is met."""
    rays = _picture_rays(shot.pose, side)
    reach = np.full(len(rays), np.inf)
    normals = np.zeros((len(rays), 3))
    colours = np.zeros((len(rays), 3))
    ours = np.zeros(len(rays), dtype=bool)
    for number, (body, motion) in enumerate(bodies):
        found = body.cast(_carried(rays, inverse(motion)))
        nearer = found["t_hit"] < reach
        reach[nearer] = found["t_hit"][nearer]
        normals[nearer] = turn(
            found["primitive_normals"][nearer].astype(np.float64), motion
        )
        triangle = found["primitive_ids"][nearer]
        colours[nearer] = _colours(body.mesh, triangle, found["primitive_uvs"][nearer])
        ours[nearer] = number == 0
    met = np.isfinite(reach)
    return _Hits(rays, reach, normals, colours, ours).only(met)


def _picture_rays(pose: FloatArray, side: int) -> FloatArray:
    half = 1.05 / DISTANCE
    even = (np.arange(side) + 0.5) / side * 2 - 1
    x, y = (grid.ravel() * half for grid in np.meshgrid(even, even))
    ahead = np.stack([x, y, -np.ones_like(x)], axis=1)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    lines = turn(ahead, pose)
    return np.hstack([np.broadcast_to(pose[:3, 3], lines.shape), lines])


def _carried(rays: FloatArray, motion: FloatArray) -> FloatArray:
    return np.hstack([carry(rays[:, :3], motion), turn(rays[:, 3:], motion)])


def _lit(
    shot: Shot, bodies: Bodies, world: FloatArray, normals: FloatArray
) -> NDArray[np.bool_]:
    """Tell which points the projector reaches, which stands beside the camera."""
    aside = BASELINE * DISTANCE * shot.radius
    lamp = shot.pose[:3, 3] + shot.pose[:3, 0] * aside
    line = lamp - world
    away = np.linalg.norm(line, axis=1)
    to_camera = ((shot.pose[:3, 3] - world) * normals).sum(axis=1)[:, None]
    outward = np.where(to_camera > 0, normals, -normals)
    lift = 1e-4 * shot.radius
    rays = np.hstack([world + outward * lift, line / away[:, None]])
    free = np.ones(len(world), dtype=bool)
    for body, motion in bodies:
        free &= body.cast(_carried(rays, inverse(motion)))["t_hit"] > away
    return free


def _colours(mesh: Mesh, triangle: NDArray[Any], uv: NDArray[Any]) -> FloatArray:
    if mesh.colours is None:
        return np.full((len(triangle), 3), 200.0)
    corners = mesh.colours[mesh.triangles[triangle]].astype(np.float64)
    weights = np.stack([1 - uv[:, 0] - uv[:, 1], uv[:, 0], uv[:, 1]], axis=1)
    return np.asarray((corners * weights[:, :, None]).sum(axis=1))
