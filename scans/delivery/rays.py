"""Rays and nearest points against one triangle mesh: Open3D's scene, numpy in and out."""

from dataclasses import dataclass

import numpy as np
import open3d as o3d
from numpy.typing import NDArray

from scans.geometry.mesh import Mesh

Floats = NDArray[np.float32]
Triangles = NDArray[np.uint32]


@dataclass(frozen=True)
class Hits:
    """Where rays met the mesh, for the rays that did.

    rays      : (k,) their numbers
    distances : (k,) along the ray, in lengths of its direction
    triangles : (k,) which triangle
    weights   : (k, 3) of the triangle's corners
    facing    : (k, 3) the triangle's own unit normal
    """

    rays: NDArray[np.intp]
    distances: Floats
    triangles: Triangles
    weights: Floats
    facing: Floats


@dataclass(frozen=True)
class Nearest:
    """The places on the mesh that are nearest to points.

    places    : (n, 3) metres
    triangles : (n,) which triangle
    weights   : (n, 3) of the triangle's corners
    facing    : (n, 3) the triangle's own unit normal
    """

    places: Floats
    triangles: NDArray[np.int64]
    weights: Floats
    facing: Floats


class RayScene:
    """A mesh that can be asked with rays."""

    def __init__(self, positions: Floats, triangles: Triangles) -> None:
        self._scene = o3d.t.geometry.RaycastingScene()
        self._scene.add_triangles(_tensor(positions), _tensor(triangles))

    @classmethod
    def of(cls, mesh: Mesh) -> "RayScene":
        """Make one of a mesh, in its own frame."""
        places = mesh.vertices.astype(np.float32)
        return cls(places, mesh.triangles.astype(np.uint32))

    def distances(self, points: Floats) -> NDArray[np.float64]:
        """Distance of each point to the nearest place on the mesh."""
        answer = self._scene.compute_distance(_tensor(points))
        return np.asarray(answer.numpy(), np.float64)

    def nearest(self, points: Floats) -> Nearest:
        """The nearest place on the mesh to each point."""
        answer = self._scene.compute_closest_points(_tensor(points))
        uvs = answer["primitive_uvs"].numpy()
        return Nearest(
            places=answer["points"].numpy(),
            triangles=answer["primitive_ids"].numpy().astype(np.int64),
            weights=np.column_stack([1 - uvs.sum(axis=1), uvs]),
            facing=answer["primitive_normals"].numpy(),
        )

    def all_hits(
        self, origins: Floats, directions: Floats, *, reach: float
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Every hit of each ray within `reach`: numbers of rays, and of triangles."""
        if not len(origins):  # Open3D 0.20 crashes on no rays at all
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        rays = _tensor(np.hstack([origins, directions]))
        answer = self._scene.list_intersections(rays)
        near = answer["t_hit"].numpy() <= reach
        hits = (answer[name].numpy()[near] for name in ("ray_ids", "primitive_ids"))
        found, triangles = (np.asarray(part, np.int64) for part in hits)
        return found, triangles

    def cast(self, origins: Floats, directions: Floats) -> Hits:
        """First hit of each ray."""
        answer = self._scene.cast_rays(_tensor(np.hstack([origins, directions])))
        distances = answer["t_hit"].numpy()
        rays = np.flatnonzero(np.isfinite(distances))
        uvs = answer["primitive_uvs"].numpy()[rays]
        return Hits(
            rays=rays,
            distances=distances[rays],
            triangles=answer["primitive_ids"].numpy()[rays],
            weights=np.column_stack([1 - uvs.sum(axis=1), uvs]),
            facing=answer["primitive_normals"].numpy()[rays],
        )

    def count(self, origins: Floats, directions: Floats) -> NDArray[np.int32]:
        """How many triangles each ray meets."""
        if not len(origins):  # Open3D 0.20 crashes on no rays at all
            return np.zeros(0, np.int32)
        rays = _tensor(np.hstack([origins, directions]))
        return np.asarray(self._scene.count_intersections(rays).numpy(), np.int32)

    def blocked(
        self, origins: Floats, directions: Floats, *, reach: float
    ) -> NDArray[np.bool_]:
        """Whether anything lies within `reach` along each ray."""
        rays = _tensor(np.hstack([origins, directions]))
        return np.asarray(
            self._scene.test_occlusions(rays, 0.0, reach).numpy(), np.bool_
        )


def _tensor(values: NDArray[np.float32] | NDArray[np.uint32]) -> o3d.core.Tensor:
    return o3d.core.Tensor.from_numpy(np.ascontiguousarray(values))
