"""A triangle mesh as plain arrays, in metres."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scans.geometry.painting import Painting

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Mesh:
    """A triangle mesh.

    vertices  : (n, 3) float64, metres
    triangles : (m, 3) int32, counter-clockwise seen from outside
    normals   : (n, 3) float64, unit length, or None
    colours   : (n, 3) uint8, sRGB, or None
    filled    : (m,) bool, triangles that close a hole where nothing was seen, or None
    painting  : pictures wrapped round it, or None
    """

    vertices: FloatArray
    triangles: NDArray[np.int32]
    normals: FloatArray | None = None
    colours: NDArray[np.uint8] | None = None
    filled: NDArray[np.bool_] | None = None
    painting: Painting | None = None

    def moved(self, motion: FloatArray) -> "Mesh":
        """Carry vertices and normals through a rigid 4x4 motion."""
        vertices = self.vertices @ motion[:3, :3].T + motion[:3, 3]
        normals = None if self.normals is None else self.normals @ motion[:3, :3].T
        return replace(self, vertices=vertices, normals=normals)

    def diagonal(self) -> float:
        """Length of the bounding box's diagonal, metres."""
        return float(np.linalg.norm(np.ptp(self.vertices, axis=0)))

    def without(self, dropped: NDArray[np.bool_]) -> "Mesh":
        """Leave vertices out, with every triangle that uses one."""
        return self.only(np.asarray(~dropped[self.triangles].any(axis=1)))

    def only(self, kept: NDArray[np.bool_]) -> "Mesh":
        """Keep some triangles and the vertices they use, in their order."""
        triangles = self.triangles[kept]
        used = np.zeros(len(self.vertices), dtype=bool)
        used[triangles] = True
        renumber = np.cumsum(used) - 1
        return Mesh(
            vertices=self.vertices[used],
            triangles=renumber[triangles].astype(np.int32),
            normals=None if self.normals is None else self.normals[used],
            colours=None if self.colours is None else self.colours[used],
            filled=None if self.filled is None else self.filled[kept],
            painting=None if self.painting is None else self.painting.only(kept),
        )

    def areas(self) -> FloatArray:
        """Area of each triangle, (m,), square metres."""
        return np.asarray(np.linalg.norm(self._crossed(), axis=1) / 2)

    def is_closed(self) -> bool:
        """Tell whether every edge belongs to exactly two triangles, once each way."""
        a, b = self.triangles, np.roll(self.triangles, -1, axis=1)
        count = np.int64(len(self.vertices))
        there = np.sort((a.astype(np.int64) * count + b).ravel())
        back = np.sort((b.astype(np.int64) * count + a).ravel())
        once = bool((np.diff(there) > 0).all())
        return once and np.array_equal(there, back)

    def _crossed(self) -> FloatArray:
        a, b, c = (self.vertices[self.triangles[:, k]] for k in range(3))
        return np.asarray(np.cross(b - a, c - a))


def vertex_normals(vertices: FloatArray, triangles: NDArray[np.int32]) -> FloatArray:
    """Give each vertex the mean normal of its triangles, weighed by area, (n, 3)."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    crossed = np.cross(b - a, c - a)
    sums = np.zeros_like(vertices)
    for axis in range(3):
        for corner in range(3):
            sums[:, axis] += np.bincount(
                triangles[:, corner], crossed[:, axis], minlength=len(vertices)
            )
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    # A vertex of no triangle, or of degenerate ones only: any unit vector will do.
    sums[lengths[:, 0] < 1e-30] = [0.0, 1.0, 0.0]
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1)[:, None], 1e-30))
