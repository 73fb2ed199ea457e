"""Height, width and depth of an object as it stands, and how sure they are."""

from dataclasses import asdict, dataclass

import numpy as np

from scans.delivery.placing import check_master, ground
from scans.geometry.mesh import FloatArray, Mesh

COVERAGE = 2.0  # expanded uncertainty with k=2, about 95 % (GUM, JCGM 100:2008, 6.2)


@dataclass(frozen=True)
class Dimensions:
    """Extent of the object in the upright frame, metres.

    height : along Y; width : along X, as seen from the front; depth : along Z
    uncertainty : expanded, k=2, the same for each of the three
    """

    height_m: float
    width_m: float
    depth_m: float
    uncertainty_m: float

    def as_json(self) -> dict[str, float]:
        """As it stands under `dimensions` in report.json."""
        return asdict(self)


def measure_dimensions(
    master: Mesh, upright: FloatArray, *, surface_error_m: float = 0.0
) -> Dimensions:
    """Measure the bounding box of a master that stands upright.

    surface_error_m : standard deviation of the surface (registration, scanner), metres

    A length lies between two ends. Each is known no better than the surface, and the
    outermost point lies somewhere between two vertices (evenly spread: spacing / sqrt 12).
    An error in the scanner's scale, or in what a person calls upright, is not included.

    Raises `DegenerateMaster`, `UprightNotRigid`.
    """
    check_master(master)
    placed = master.moved(ground(upright, master.vertices))
    width, height, depth = np.ptp(placed.vertices, axis=0).tolist()
    end = np.hypot(surface_error_m, edge_length(master) / np.sqrt(12))
    uncertainty = COVERAGE * np.sqrt(2) * float(end)
    return Dimensions(height, width, depth, uncertainty)


def edge_length(master: Mesh) -> float:
    """Median length of the triangles' edges, metres."""
    corners = master.vertices[master.triangles]
    edges = corners - np.roll(corners, 1, axis=1)
    return float(np.median(np.linalg.norm(edges, axis=2)))
