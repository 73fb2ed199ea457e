"""A body that is round about an axis, and what stands off it: handle, knob, spout.

Frame: the axis frame, in which the axis of the body is z.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.geometry.rigid import carry, from_parts, turn, turning_onto
from scans.reconstruction.matching import Prepared

FloatArray = NDArray[np.float64]

UP = np.array([0.0, 0.0, 1.0])
SLIDES = 0.03  # sine by which normals of a round body may miss its axis
FITS = 15  # of the axis, each with less weight on what stands off
TRIALS, PICKED = 500, 8  # points each that may all lie on the body
JUDGES = 1000  # points that judge a trial
ROUND = 0.1  # how much better the axis is held still than the next motion
SECTORS, BODY_SECTORS = 36, 6  # what one scan sees over a sixth of a turn is the body
STANDS_OFF = 1.5  # voxels
MOSTLY_ROUND = 0.6  # share of the points that lie on the body


@dataclass(frozen=True)
class Rest:
    """What stands off the body in one scan, in the axis frame."""

    points: FloatArray
    normals: FloatArray
    tree: Any


class RoundBody:
    """The round body that placed scans share: its axis, and where its wall is."""

    def __init__(
        self, prepared: list[Prepared], poses: list[FloatArray], voxel: float
    ) -> None:
        self.voxel = voxel
        frame = _axis_frame(prepared, poses)
        self.is_round = frame is not None
        self.frame = np.eye(4) if frame is None else frame
        walls = [
            self._wall(one, pose) for one, pose in zip(prepared, poses, strict=True)
        ]
        cells = np.unique(np.vstack(walls), axis=0)
        self.is_round &= len(cells) > 0
        self.wall = cKDTree((cells + 0.5) * voxel) if len(cells) else None

    def _wall(self, one: Prepared, pose: FloatArray) -> NDArray[np.int64]:
        """Cells of height and radius that one scan sees over much of a turn."""
        points = self.placed(one, pose)
        around = np.arctan2(points[:, 1], points[:, 0]) / (2 * np.pi) + 0.5
        sector = (around * SECTORS).astype(np.int64) % SECTORS
        cells = np.floor(profile_of(points) / self.voxel).astype(np.int64)
        seen = np.unique(np.column_stack([cells, sector]), axis=0)
        cells, counts = np.unique(seen[:, :2], axis=0, return_counts=True)
        return np.asarray(cells[counts >= BODY_SECTORS])

    def placed(self, one: Prepared, pose: FloatArray) -> FloatArray:
        """A scan's thinned points in the axis frame."""
        return carry(one.view.points[one.view.coarse], self.frame @ pose)

    def off(self, one: Prepared, pose: FloatArray) -> NDArray[np.bool_]:
        """Which of a scan's thinned points stand off the body."""
        if self.wall is None:
            return np.zeros(len(one.view.coarse), dtype=bool)
        away, _ = self.wall.query(profile_of(self.placed(one, pose)))
        return np.asarray(away > STANDS_OFF * self.voxel)

    def rest(self, one: Prepared, pose: FloatArray) -> Rest:
        """What stands off the body in a scan."""
        off = self.off(one, pose)
        points = self.placed(one, pose)[off]
        normals = turn(one.view.normals[one.view.coarse][off], self.frame @ pose)
        return Rest(points, normals, cKDTree(points) if len(points) else None)

    def holds(self, one: Prepared, pose: FloatArray) -> bool:
        """Tell whether a scan shows this body, whatever its turn."""
        return float(self.off(one, pose).mean()) <= 1 - MOSTLY_ROUND


def profile_of(points: FloatArray) -> FloatArray:
    """Distance from the axis and height along it, (n, 2)."""
    return np.column_stack([np.hypot(points[:, 0], points[:, 1]), points[:, 2]])


def _axis_frame(prepared: list[Prepared], poses: list[FloatArray]) -> FloatArray | None:
    """World to axis frame; None if scans do not show one body that is round."""
    parts = list(zip((one.view for one in prepared), poses, strict=True))
    points = np.vstack([carry(v.points[v.coarse], pose) for v, pose in parts])
    normals = np.vstack([turn(v.normals[v.coarse], pose) for v, pose in parts])
    middle = points.mean(axis=0)
    size = float(np.sqrt(((points - middle) ** 2).sum(axis=1).mean()))
    A = np.hstack([np.cross(points - middle, normals) / size, normals])
    # A large handle draws the axis to itself, unless it is left out from the start.
    weights = _on_body(A, _guessed(A))
    for _ in range(FITS):
        shares, motions = np.linalg.eigh((A * weights[:, None]).T @ A / weights.sum())
        # The motion that slides the body along itself: what stands off it does not slide.
        weights = _on_body(A, motions[:, 0])
    turned, shifted = motions[:3, 0], motions[3:, 0]
    square = float(turned @ turned)
    if shares[0] > ROUND * shares[1] or square < 0.5:
        return None
    if weights.mean() < MOSTLY_ROUND:
        return None
    foot = middle + size * np.cross(turned, shifted) / square
    upright = turning_onto(turned / np.sqrt(square), UP)
    return upright @ from_parts(np.eye(3), -foot)


def _on_body(rows: FloatArray, motion: FloatArray) -> FloatArray:
    """Weigh points by how well a motion slides the surface along itself there, (n,)."""
    return np.asarray(1 / (1 + (rows @ motion / SLIDES) ** 2) ** 2)


def _guessed(rows: FloatArray) -> FloatArray:
    """The motion that slides most points along the surface, of those that few tell."""
    random = np.random.default_rng(len(rows))
    picked = rows[random.integers(0, len(rows), (TRIALS, PICKED))]
    motions = np.linalg.eigh(picked.transpose(0, 2, 1) @ picked)[1][:, :, 0]
    judges = rows[random.integers(0, len(rows), JUDGES)]
    counts = (np.abs(judges @ motions.T) < SLIDES).sum(axis=0)
    return np.asarray(motions[int(np.argmax(counts))])
