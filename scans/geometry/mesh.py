"""A triangle mesh as plain arrays, in metres."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Mesh:
    """A triangle mesh.

    vertices  : (n, 3) float64, metres
    triangles : (m, 3) int32, counter-clockwise seen from outside
    normals   : (n, 3) float64, unit length, or None
    colours   : (n, 3) uint8, sRGB, or None
    """

    vertices: FloatArray
    triangles: NDArray[np.int32]
    normals: FloatArray | None = None
    colours: NDArray[np.uint8] | None = None

    def moved(self, motion: FloatArray) -> "Mesh":
        """Carry vertices and normals through a rigid 4x4 motion."""
        vertices = self.vertices @ motion[:3, :3].T + motion[:3, 3]
        normals = None if self.normals is None else self.normals @ motion[:3, :3].T
        return replace(self, vertices=vertices, normals=normals)

    def diagonal(self) -> float:
        """Length of the bounding box's diagonal, metres."""
        return float(np.linalg.norm(np.ptp(self.vertices, axis=0)))
