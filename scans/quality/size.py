"""Size of an object that stands upright: sides, area, volume. Metres in, millimetres out."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from scans.geometry.mesh import Mesh

FloatArray = NDArray[np.float64]

MM = 1000.0


def measure_size(mesh: Mesh, upright: FloatArray) -> dict[str, Any]:
    """Sides of the box it fits in as it stands, area, and volume when it is closed."""
    sides = oriented_sides(mesh.moved(upright).vertices)
    volume = volume_of(mesh) * MM**3 if mesh.is_closed() else None
    return {
        "oriented_mm": [side * MM for side in sides],
        "area_mm2": float(mesh.areas().sum()) * MM**2,
        "volume_mm3": volume,
    }


def oriented_sides(upright_vertices: FloatArray) -> tuple[float, float, float]:
    """Length, width and height, metres: of the smallest upright box, length >= width."""
    height = float(np.ptp(upright_vertices[:, 1]))
    plan = upright_vertices[:, [0, 2]]
    try:
        outline = plan[ConvexHull(plan).vertices]
    except QhullError:  # all in one line: any box along it
        outline = plan
    sides = min(_boxes(outline), key=lambda box: box[0] * box[1])
    return max(sides), min(sides), height


def volume_of(mesh: Mesh) -> float:
    """Volume within a closed mesh, cubic metres (divergence theorem)."""
    middle = mesh.vertices.mean(axis=0)
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] - middle for k in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def _boxes(outline: FloatArray) -> list[tuple[float, float]]:
    """Boxes round a convex outline, one along each of its sides: the smallest is among them."""
    around = np.vstack([outline, outline[:1]])
    directions = [second - first for first, second in pairwise(around)]
    directions = [d / np.linalg.norm(d) for d in directions if np.any(d)]
    boxes = []
    for x, y in directions or [np.array([1.0, 0.0])]:
        turned = outline @ np.array([[x, -y], [y, x]])
        along, across = np.ptp(turned, axis=0).tolist()
        boxes.append((along, across))
    return boxes
