"""Which scans could be moved without anything speaking against it.

A point-to-plane fit always seems to hold a body of revolution: noise tilts its normals, and
tilted normals look like shape. But two scans tilt them independently. What both say alike
is shape; what only each says by itself is noise. The share that both say alike, in the best
case for each direction of all poses, is a generalised eigenvalue: near one where shape
holds the scans, near nought where only noise does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from scans.geometry.rigid import carry, inverse, turn
from scans.reconstruction.polish import Meeting, meeting
from scans.reconstruction.shades import ShadeBook
from scans.reconstruction.views import View

FloatArray = NDArray[np.float64]

HELD = 0.33  # share of what seems to hold a direction that must be told by both scans
FLAT_RAD = 1e-3  # normals that swing less than this about a direction do not tell it
LOOK = 0.5  # voxels
TOGETHER = 0.1  # of the largest free motion: scans that differ by less move as one
MIXED = 0.45  # a motion that shifts twice as far as it turns is a shift
ROTATION, SHIFT = "rotation about an axis", "shift along the surface"


@dataclass(frozen=True)
class Determinacy:
    """What is known of each scan's pose.

    undetermined : words for what is not, scan by scan; empty where all is known
    """

    undetermined: list[list[str]]

    @property
    def is_whole(self) -> bool:
        """Tell whether all poses are known."""
        return not any(self.undetermined)

    def also(self, word: str, scans: set[int]) -> "Determinacy":
        """Say it of some scans, where nothing closer is known to be open."""
        return Determinacy(
            [
                [word] if number in scans and not words else words
                for number, words in enumerate(self.undetermined)
            ]
        )


class _Tellings:
    """What scans tell of each other's poses: by themselves, and both alike."""

    def __init__(self, count: int) -> None:
        self.alone = np.zeros((6 * count, 6 * count))
        self.alike = np.zeros((6 * count, 6 * count))
        self.rows = np.zeros(count)

    def add(self, i: int, j: int, ours: FloatArray, theirs: FloatArray) -> None:
        """Add rows of derivatives after the planes of scan i and of scan j, (m, 6)."""
        alone = (ours.T @ ours + theirs.T @ theirs) / 2
        alike = ours.T @ theirs
        alike = (alike + alike.T) / 2
        for target, block in ((self.alone, alone), (self.alike, alike)):
            I, J = slice(6 * i, 6 * i + 6), slice(6 * j, 6 * j + 6)  # noqa: E741
            target[I, I] += block
            target[J, J] += block
            target[I, J] -= block
            target[J, I] -= block

    def count(self, i: int, j: int, rows: int) -> None:
        self.rows[i] += rows
        self.rows[j] += rows


def judge(
    views: list[View], poses: list[FloatArray], *, voxel: float, coloured: bool
) -> Determinacy:
    """Find what is undetermined; scans are in one frame and refined."""
    if len(views) < 2:
        return Determinacy([[] for _ in views])
    middle = np.mean(
        [carry(v.points, p).mean(axis=0) for v, p in zip(views, poses, strict=True)],
        axis=0,
    )
    size = _size(views, poses, middle)
    told = _tellings(views, poses, voxel, (middle, size), coloured=coloured)
    free = _free(told)
    return Determinacy(_named(free, len(views)))


def _size(views: list[View], poses: list[FloatArray], middle: FloatArray) -> float:
    squares = [
        ((carry(v.points[v.sample], p) - middle) ** 2).sum(axis=1).mean()
        for v, p in zip(views, poses, strict=True)
    ]
    return float(np.sqrt(np.mean(squares)))


def _tellings(
    views: list[View],
    poses: list[FloatArray],
    voxel: float,
    frame: tuple[FloatArray, float],
    *,
    coloured: bool,
) -> _Tellings:
    told = _Tellings(len(views))
    books = [ShadeBook(view) for view in views] if coloured else []
    for i, j in np.ndindex(len(views), len(views)):
        if i == j:
            continue
        motion = inverse(poses[j]) @ poses[i]
        points = carry(views[i].points[views[i].sample], motion)
        normals = turn(views[i].normals[views[i].sample], motion)
        met = meeting(points, normals, views[j], LOOK * voxel)
        if not len(met.met):
            continue
        world = carry(met.points, poses[j])
        ours, theirs = turn(normals[met.met], poses[j]), turn(met.normals, poses[j])
        told.add(i, j, _rows(world, ours, frame), _rows(world, theirs, frame))
        told.count(i, j, len(world))
        if coloured:
            scale = _scale(met)
            a, b = _slopes(books, poses, (i, j), met, scale)
            told.add(i, j, _rows(world, a, frame), _rows(world, b, frame))
    return told


def _scale(met: Meeting) -> float:
    """Noise of the distances, metres: what a unit of geometry is worth."""
    return max(float(np.median(np.abs(met.residuals))) * 1.4826, 1e-9)


def _slopes(
    books: list[ShadeBook],
    poses: list[FloatArray],
    pair: tuple[int, int],
    met: Meeting,
    scale: float,
) -> tuple[FloatArray, FloatArray]:
    """Slopes of brightness in the world, in units that a distance's noise has."""
    i, j = pair
    ours = books[i].at(books[i].view.sample[met.met])
    theirs = books[j].at(met.index)
    worth = scale / np.hypot(ours.noise, theirs.noise)
    return turn(ours.slopes, poses[i]) * worth, turn(theirs.slopes, poses[j]) * worth


def _rows(
    points: FloatArray, normals: FloatArray, frame: tuple[FloatArray, float]
) -> FloatArray:
    """Derivatives of distances by turns (as far as they move the body) and shifts."""
    middle, size = frame
    return np.hstack([np.cross(points - middle, normals) / size, normals])


def _free(told: _Tellings) -> FloatArray:
    """Give an orthonormal basis of the motions that nothing holds, (6 n, m).

    The first scan is held: only motions of scans against each other can be known.
    """
    floor = np.repeat(np.maximum(told.rows, 1.0) * FLAT_RAD**2, 6)
    alone = told.alone[6:, 6:] + np.diag(floor[6:])
    shares, motions = eigh(told.alike[6:, 6:], alone)
    loose = motions[:, shares < HELD]
    if not loose.shape[1]:
        return np.zeros((len(told.alone), 0))
    basis = np.linalg.qr(loose)[0]
    return np.vstack([np.zeros((6, basis.shape[1])), basis])


def _named(free: FloatArray, count: int) -> list[list[str]]:
    """Name what is free of each scan against the largest set that moves as one."""
    if not free.shape[1]:
        return [[] for _ in range(count)]
    blocks = free.reshape(count, 6, -1)
    apart = np.linalg.norm(blocks[:, None] - blocks[None], axis=(2, 3))
    together = apart < TOGETHER * apart.max()
    base = int(np.argmax(together.sum(axis=1)))
    # Where no two scans hold each other, none is the one that the rest are loose from.
    alone = together[base].sum() == 1
    return [
        _words(blocks[k] - blocks[base if k != base else (base + 1) % count])
        if alone or not together[base, k]
        else []
        for k in range(count)
    ]


def _words(block: FloatArray) -> list[str]:
    """Name the free motions of one scan, (6, m): turns and shifts, and what mixes them."""
    basis, sizes, _ = np.linalg.svd(block, full_matrices=False)
    # Of motions found together, those that hardly move this scan are not its own.
    turns = np.linalg.svd(basis[:3, sizes > sizes[0] / 4], compute_uv=False)
    # A turn about an axis that runs far from the middle shifts the scan as well.
    words = [ROTATION] if turns.max() > MIXED else []
    return words + ([SHIFT] if turns.min() < MIXED else [])
