"""How far a level lies from its master, measured both ways."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from scans.delivery.rays import Nearest, RayScene
from scans.delivery.simplify import Surface
from scans.geometry.distinct import distinct


@dataclass(frozen=True)
class Deviation:
    """Distances between two surfaces, metres; each figure is the worse of the two ways.

    share_of_diagonal : max_m against the diagonal of the master's bounding box;
    mean_share, p95_share : the others against it
    """

    mean_m: float
    p95_m: float
    max_m: float
    share_of_diagonal: float
    mean_share: float
    p95_share: float

    def as_json(self) -> dict[str, float]:
        """The figures with the digits that mean something (a hundredth of a micrometre)."""
        return {name: float(f"{value:.4g}") for name, value in asdict(self).items()}


class Reference:
    """A master that levels are measured against."""

    def __init__(self, master: Surface, scene: RayScene | None = None) -> None:
        self._points, self._normals = master.positions, master.normals
        self.scene = scene or RayScene(master.positions, master.triangles)
        self.diagonal_m = float(np.linalg.norm(np.ptp(master.positions, axis=0)))

    def measure(
        self, metres: NDArray[np.float64], triangles: NDArray[np.uint32]
    ) -> Deviation:
        """Measure a level: its probes to the master, the master's vertices to it."""
        return self.measure_and_tell(metres, triangles)[0]

    def measure_and_tell(
        self, metres: NDArray[np.float64], triangles: NDArray[np.uint32]
    ) -> tuple[Deviation, NDArray[np.float32]]:
        """Measure a level, and tell where it lies off each of the master's vertices.

        Metres, above zero where the level lies outside.
        """
        positions = metres.astype(np.float32)
        there = self.scene.distances(probes(positions, triangles))
        signed = self._signed(RayScene(positions, triangles).nearest(self._points))
        back = np.abs(signed)
        mean, p95, worst = (
            max(float(figure(there)), float(figure(back)))
            for figure in (np.mean, _p95, np.max)
        )
        shares = (figure / self.diagonal_m for figure in (worst, mean, p95))
        return Deviation(mean, p95, worst, *shares), signed

    def _signed(self, found: Nearest) -> NDArray[np.float32]:
        away = found.places - self._points
        outside = np.einsum("nd,nd->n", away, self._normals) > 0
        distances = np.linalg.norm(away, axis=1)
        return np.asarray(np.where(outside, distances, -distances), np.float32)


def probes(
    positions: NDArray[np.float32], triangles: NDArray[np.uint32]
) -> NDArray[np.float32]:
    """Corners, edge middles and centres: where a flat triangle can be far from a curved master."""
    a, b, c = (positions[triangles[:, corner]] for corner in range(3))
    start, end = _edges(triangles, len(positions))
    middles = (positions[start] + positions[end]) / 2
    return np.concatenate([positions, middles, (a + b + c) / 3])


def _edges(
    triangles: NDArray[np.uint32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each edge once, though two triangles share it."""
    ends = triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2).astype(np.int64)
    low, high = ends.min(axis=1), ends.max(axis=1)
    start, end = np.divmod(distinct(low * count + high), count)
    return start, end


def _p95(distances: NDArray[np.float64]) -> float:
    return float(np.percentile(distances, 95))
