"""Whether a surface was looked at from outside, as an object, or from inside, as a room.

World frame, metres. Of a room nobody sees the far side: its borders are where the view
ended, and what lies between them is no hole.
"""

import numpy as np
from numpy.typing import NDArray

from scans.geometry.mesh import Mesh

FloatArray = NDArray[np.float64]

OBJECT, INSIDE = "object", "inside"
# Of the area: a closed body faces outward all over, a thin open vessel that was seen from
# both sides as much outward as inward.
INWARD = 2 / 3
# Of the area: what is seen all round faces away from its cameras' middle as to half.
TOWARDS_CAMERAS = 0.9


def outlook(mesh: Mesh, cameras: FloatArray) -> str:
    """Tell OBJECT or INSIDE by where the surface faces.

    cameras : (n, 3) where it was seen from; without any it counts as an object
    """
    if not len(cameras):
        return OBJECT
    sides = mesh.vertices[mesh.triangles]
    vectors = np.cross(sides[:, 1] - sides[:, 0], sides[:, 2] - sides[:, 0]) / 2
    areas = np.linalg.norm(vectors, axis=1)
    middles = sides.mean(axis=1)
    centre = (middles * areas[:, None]).sum(axis=0) / areas.sum()

    def share_facing(place: FloatArray) -> float:
        facing = np.einsum("ij,ij->i", vectors, place - middles) > 0
        return float(areas[facing].sum() / areas.sum())

    inward = share_facing(centre) >= INWARD
    among = share_facing(cameras.mean(axis=0)) >= TOWARDS_CAMERAS
    return INSIDE if inward and among else OBJECT
