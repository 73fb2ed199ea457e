"""From the master's frame to the one that deliverables use: metres, Y up, on the floor.

`master_` is the frame in which the mesh was made; `upright_` has its base at y=0 and its
bounding box centred in x and z. The way from the first to the second is one rigid motion.
"""

import numpy as np

from scans.delivery.errors import DegenerateMaster, UprightNotRigid
from scans.geometry.mesh import FloatArray, Mesh

BAND = 10_000  # triangles looked at a time
RIGID = 1e-6  # float64 rotations written with seven digits pass, a scale of 1.00001 not


def ground(upright: FloatArray, master_vertices: FloatArray) -> FloatArray:
    """Shift an upright motion so that the object stands centred on y=0.

    Applied to a motion that already does, it changes nothing beyond rounding. What
    leads hotspots from the master's frame to a deliverable is this matrix.
    """
    check_rigid(upright)
    turned = master_vertices @ upright[:3, :3].T
    low, high = turned.min(axis=0), turned.max(axis=0)
    middle = (low + high) / 2
    grounded = upright.astype(np.float64, copy=True)
    grounded[:3, 3] = (-middle[0], -low[1], -middle[2])
    return grounded


def check_rigid(motion: FloatArray) -> None:
    """Refuse anything but a rotation with a shift."""
    if motion.shape != (4, 4) or not np.isfinite(motion).all():
        raise UprightNotRigid("it is not a 4x4 matrix of numbers")
    if not np.allclose(motion[3], (0, 0, 0, 1), rtol=0, atol=RIGID):
        raise UprightNotRigid("its last row is not 0 0 0 1")
    turn = motion[:3, :3]
    if not np.allclose(turn @ turn.T, np.eye(3), rtol=0, atol=RIGID):
        raise UprightNotRigid("it scales or shears")
    if np.linalg.det(turn) < 0:
        raise UprightNotRigid("it mirrors")


def check_master(master: Mesh) -> None:
    """Refuse a mesh of which nothing could be shown."""
    vertices, triangles = master.vertices, master.triangles
    if not len(triangles) or not len(vertices):
        raise DegenerateMaster("it has no triangles")
    if not np.isfinite(vertices).all():
        raise DegenerateMaster("some of its coordinates are not finite numbers")
    if triangles.min() < 0 or triangles.max() >= len(vertices):
        raise DegenerateMaster("a triangle names a vertex that does not exist")
    if not _has_area(vertices, triangles):
        raise DegenerateMaster("all its triangles are without area")


def _has_area(vertices: FloatArray, triangles: np.ndarray) -> bool:
    """Look until a triangle has an area: as a rule the first has."""
    return any(
        triangle_areas(vertices, triangles[start : start + BAND]).any()
        for start in range(0, len(triangles), BAND)
    )


def triangle_areas(vertices: FloatArray, triangles: np.ndarray) -> FloatArray:
    """Area of each triangle, square metres."""
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    areas: FloatArray = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    return areas
