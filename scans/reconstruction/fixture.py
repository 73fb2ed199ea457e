"""Recognise what the object was fixed to or stood on, so that scans are not placed by it.

Only what is at odds with the object counts: what stands still while the object turns.
A plinth that turns with its figure, or the flat lid of a box, is part of the object.
Nothing is thrown away: masks say which points of which scan are left aside.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from scans.geometry.scan import Scan
from scans.reconstruction.stillness import (
    STILL,
    Outline,
    outline_of,
    seen_through,
    still_shares,
)
from scans.reconstruction.views import thin_indices

FloatArray = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST_SCANS = 4  # fewer agree by chance
MOST_SEEN = 0.75  # of the scans, whose lines of sight are found
LEAST_STILL = 0.03  # share of points: less wins no registration
LEAST_MOVING = 0.05  # share of points: or there is no object to be seen
SEEN_THROUGH = 0.08  # share of moving points: in one common frame it is nought
THREADS = 2  # tree look-ups let others run
PLANES = 3  # that are looked at: a lid, a table, a wall
LEAST_PLANE = 0.12  # of what stands still
AROUND_PLANE = 30  # points below which no plane is sought
TRIALS = 200  # three points each
FLAT = 0.5  # voxels off a plane
SAME_WAY = 0.95  # cosine between normals of one plane
ABOVE = 0.9  # share of the moving points that stand on what carries them
LID_EDGE = 3.0  # voxels round a lid, where its rounded border is
BEHIND = 0.5  # the same of a lid: most of the box lies behind it
ROUND_OFF = 1.0  # voxels by which normals may miss the axis of a turned body
LEAST_ROUND = 0.3  # of what stands still above the table
SLIPS, LEAST_TURN = 3, 0.1  # motions that are looked at; and they must turn
OWN = 0.5  # of what stands still: where that much is the object's, all is
STEADY = 2.0  # voxels by which heights of one object differ from scan to scan
SECTORS, LEAST_SECTORS = 12, 6  # round the axis, with something that moves in them
NEAR = 1.5  # voxels round what was recognised
LOOSE = 0.02  # of a scan's rest: pieces smaller than that, low on the table, go too
LOW = 4.0  # voxels above the table


@dataclass(frozen=True)
class Plane:
    """Points x with normal @ x = level; the normal points to the scanner's side."""

    normal: FloatArray
    level: float

    def height(self, points: FloatArray) -> FloatArray:
        """How far points lie on the scanner's side, (n,)."""
        return np.asarray(points @ self.normal - self.level)


@dataclass(frozen=True)
class Fixture:
    """What was recognised.

    masks   : for each scan, (n,) bool: True for points that are left aside
    support : the plane that the object stands on, in the scanner's frame, or None
    """

    masks: list[Flags]
    support: Plane | None

    def count(self) -> int:
        """How many points are left aside."""
        return int(sum(mask.sum() for mask in self.masks))


def recognise(scans: list[Scan], *, voxel: float, seed: int) -> Fixture | None:
    """Recognise fixtures by what stands still; None where nothing does."""
    if len(scans) < LEAST_SCANS:
        return None
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda scan: outline_of(scan, voxel), scans))
    outlines = [one for one in found if one is not None]
    # One whose sight is not found stands before the same scanner: it is masked alike.
    if len(outlines) < max(LEAST_SCANS, MOST_SEEN * len(scans)):
        return None
    still = [share >= STILL for share in still_shares(outlines, voxel)]
    moving = [~flags for flags in still]
    if not _at_odds(outlines, still, moving, voxel):
        return None
    rest = _union(outlines, still)
    turned = [one.points[flags] for one, flags in zip(outlines, moving, strict=True)]
    planes = _planes(rest, turned, voxel, np.random.default_rng(seed))
    support, rest = planes.support, planes.rest
    if support is not None:
        high = support.height(rest[0]) > 2 * FLAT * voxel
        rest = _without_round(rest, turned, support.normal, high, voxel)
    elif _is_own(planes, turned, voxel):
        return None
    masks = [_mask(scan, rest, support, voxel) for scan in scans]
    shares = [float(mask.mean()) for mask in masks]
    if np.median(shares) < LEAST_STILL or 1 - max(shares) < LEAST_MOVING:
        return None
    return Fixture(masks, support)


def _at_odds(
    outlines: list[Outline], still: list[Flags], moving: list[Flags], voxel: float
) -> bool:
    """Tell whether something stands still while something else does not."""
    shares = [float(flags.mean()) for flags in still]
    if np.median(shares) < LEAST_STILL or 1 - np.median(shares) < LEAST_MOVING:
        return False
    through, known = seen_through(outlines, moving, voxel)
    return known > 0 and through >= SEEN_THROUGH * known


def _union(
    outlines: list[Outline], chosen: list[Flags]
) -> tuple[FloatArray, FloatArray]:
    """Points and normals of all scans together, in the scanner's frame."""
    pairs = list(zip(outlines, chosen, strict=True))
    points = np.vstack([one.points[flags] for one, flags in pairs])
    normals = np.vstack([one.normals[flags] for one, flags in pairs])
    return points, normals


Surface = tuple[FloatArray, FloatArray]


@dataclass(frozen=True)
class _Planes:
    """Planes among what stands still.

    support : that carries the object, or None
    lids    : that turn in themselves, the object's own
    rest    : what stands still beside the lids
    total   : how many points stand still
    """

    support: Plane | None
    lids: list[Plane]
    rest: Surface
    total: int


def _planes(
    rest: Surface,
    turned: list[FloatArray],
    voxel: float,
    random: np.random.Generator,
) -> _Planes:
    """Find the plane that carries the object; leave lids that turn in themselves out."""
    total, moving = len(rest[0]), np.vstack(turned)
    taken = np.zeros(total, dtype=bool)
    at_lids = np.zeros(total, dtype=bool)
    support: Plane | None = None
    lids = []
    for _ in range(PLANES):
        left = np.flatnonzero(~taken)
        plane = _largest_plane((rest[0][left], rest[1][left]), voxel, random)
        if plane is None:
            break
        on_it = left[_on_plane(plane, rest[0][left], rest[1][left], voxel)]
        if len(on_it) < LEAST_PLANE * total:
            break
        taken[on_it] = True
        above = float((plane.height(moving) > -FLAT * voxel).mean())
        carries = support is None and above >= ABOVE
        if carries and _is_steady(turned, plane.normal, voxel):
            support = plane
        # What moves lies behind it: the object's own flat top, turning in itself.
        if above < BEHIND:
            lids.append(plane)
            edge = cKDTree(rest[0][on_it]).query(
                rest[0], distance_upper_bound=LID_EDGE * voxel
            )[0]
            at_lids |= np.isfinite(edge)
    return _Planes(support, lids, (rest[0][~at_lids], rest[1][~at_lids]), total)


def _largest_plane(
    surface: Surface, voxel: float, random: np.random.Generator
) -> Plane | None:
    points, normals = surface
    if len(points) < AROUND_PLANE:
        return None
    best, most = None, 0
    for index in random.integers(0, len(points), TRIALS):
        plane = Plane(normals[index], float(points[index] @ normals[index]))
        count = int(_on_plane(plane, points, normals, voxel).sum())
        if count > most:
            best, most = plane, count
    if best is None:
        return None
    for _ in range(3):
        on_it = points[_on_plane(best, points, normals, voxel)]
        if len(on_it) < AROUND_PLANE:  # of rough normals that it was drawn from
            return None
        middle = on_it.mean(axis=0)
        normal = np.linalg.svd(on_it - middle, full_matrices=False)[2][2]
        normal = normal if normal @ best.normal > 0 else -normal
        best = Plane(normal, float(middle @ normal))
    return best


def _on_plane(
    plane: Plane, points: FloatArray, normals: FloatArray, voxel: float
) -> Flags:
    flat = np.abs(plane.height(points)) < FLAT * voxel
    return np.asarray(flat & (normals @ plane.normal > SAME_WAY))


def _is_own(planes: _Planes, turned: list[FloatArray], voxel: float) -> bool:
    """Tell, where no table is seen, whether most stands still because it is round.

    The way up is not known then. It is one along which the object is as high in all
    scans, and about which what stands still can slip.
    """
    most = (1 - OWN) * planes.total  # that may be left over
    every = np.ones(len(planes.rest[0]), dtype=bool)
    return len(every) <= most or any(
        len(_without_round(planes.rest, turned, up, every, voxel)[0]) <= most
        for up in (*(lid.normal for lid in planes.lids), *_slips(planes.rest))
        if _is_steady(turned, up, voxel)
    )


def _slips(surface: Surface) -> list[FloatArray]:
    """Axes, (3,), about which a surface turns with the least motion across itself."""
    points, normals = surface
    if len(points) < AROUND_PLANE:
        return []
    off = points - points.mean(axis=0)
    off /= max(float(np.sqrt((off**2).sum(axis=1).mean())), 1e-12)
    rows = np.hstack([np.cross(off, normals), normals])
    turns = np.linalg.eigh(rows.T @ rows)[1][:3, :SLIPS].T
    lengths = np.linalg.norm(turns, axis=1)
    return list(turns[lengths > LEAST_TURN] / lengths[lengths > LEAST_TURN, None])


def _is_steady(turned: list[FloatArray], up: FloatArray, voxel: float) -> bool:
    """Tell whether what moves reaches as high, and as low, in most scans."""
    ends = np.array([np.quantile(p @ up, (0.01, 0.99)) for p in turned if len(p)])
    off = np.abs(ends - np.median(ends, axis=0)).max(axis=1)
    return bool(np.median(off) < STEADY * voxel)


def _without_round(
    rest: Surface,
    turned: list[FloatArray],
    up: FloatArray,
    high: Flags,
    voxel: float,
) -> Surface:
    """Leave a body out that is round about the axis of turning: it is the object's.

    high : (n,) those points of `rest` that may belong to it
    """
    points, normals = rest
    if high.sum() < AROUND_PLANE:
        return rest
    flat = _across(up)
    places, ways = points @ flat.T, normals @ flat.T
    axis, off = _axis(places[high], ways[high], voxel)
    is_round = np.zeros(len(points), dtype=bool)
    is_round[high] = off < ROUND_OFF * voxel
    if is_round.sum() < LEAST_ROUND * high.sum():
        return rest
    if not _surrounded(np.vstack(turned) @ flat.T, axis):
        return rest
    # What lies on the round body but faces otherwise (its noise, its foot) goes with it.
    near = cKDTree(points[is_round]).query(points, distance_upper_bound=voxel)[0]
    kept = ~(np.isfinite(near) & high)
    return points[kept], normals[kept]


def _axis(
    places: FloatArray, ways: FloatArray, voxel: float
) -> tuple[FloatArray, FloatArray]:
    """Where an upright axis stands that normals meet, (2,), and how each misses it."""
    length = np.linalg.norm(ways, axis=1)
    unit = ways / np.maximum(length, 1e-9)[:, None]
    across = np.stack([-unit[:, 1], unit[:, 0]], axis=1)
    weight = length.copy()
    axis = places.mean(axis=0)
    for _ in range(20):
        A = across * weight[:, None]
        b = (across * places).sum(axis=1) * weight
        axis = np.linalg.lstsq(A, b, rcond=None)[0]
        off = np.abs((across * (places - axis)).sum(axis=1))
        weight = length / (1 + (off / voxel) ** 2)
    # A level patch has no way of its own: it may belong to anything round.
    return axis, np.where(length > 0.2, off, 0.0)


def _surrounded(places: FloatArray, axis: FloatArray) -> bool:
    """Tell whether what moves goes round an axis, and not past it."""
    away = places - axis
    angle = np.arctan2(away[:, 1], away[:, 0])
    sector = ((angle + np.pi) / (2 * np.pi) * SECTORS).astype(int) % SECTORS
    counts = np.bincount(sector, minlength=SECTORS)
    return int((counts > 0.01 * len(places)).sum()) >= LEAST_SECTORS


def _across(normal: FloatArray) -> FloatArray:
    """Two directions in a plane, (2, 3)."""
    return np.asarray(np.linalg.svd(normal[None])[2][1:])


def _mask(scan: Scan, rest: Surface, support: Plane | None, voxel: float) -> Flags:
    """Which points of one scan are a fixture's."""
    distance, _ = cKDTree(rest[0]).query(scan.points, distance_upper_bound=NEAR * voxel)
    gone: Flags = np.isfinite(distance)
    height = np.full(len(scan.points), np.inf)
    if support is not None:
        height = support.height(scan.points)
        gone |= height < FLAT * voxel
    return _with_crumbs(scan.points, gone, height, voxel)


def _with_crumbs(
    points: FloatArray, gone: Flags, height: FloatArray, voxel: float
) -> Flags:
    """Let small pieces go that are what a mask left over of a fixture.

    They lie low and loose on the table (bolts, marks), or nearer to what was masked than
    to the object (an arm that few other scans see there).
    """
    left = np.flatnonzero(~gone)
    if len(left) < 2 or not gone.any():
        return gone
    labels = _pieces(points[left], voxel)
    sizes = np.bincount(labels)
    small = sizes < LOOSE * len(left)
    tops = np.full(len(sizes), -np.inf)
    np.maximum.at(tops, labels, height[left])
    to_mask, to_bulk = (
        _nearest(points[left], labels, points[chosen], len(sizes))
        for chosen in (np.flatnonzero(gone), left[~small[labels]])
    )
    loose = small & ((tops < LOW * voxel) | (to_mask < to_bulk))
    result = gone.copy()
    result[left[loose[labels]]] = True
    return result


def _nearest(
    points: FloatArray, labels: NDArray[np.int32], others: FloatArray, count: int
) -> FloatArray:
    """How near each of some pieces comes to other points, (count,)."""
    nearest = np.full(count, np.inf)
    if len(others):
        np.minimum.at(nearest, labels, cKDTree(others).query(points)[0])
    return nearest


def _pieces(points: FloatArray, voxel: float) -> NDArray[np.int32]:
    """Number the pieces that points form when those two voxels apart hold together."""
    few = points[thin_indices(points, voxel)]
    tree = cKDTree(few)
    pairs = tree.query_pairs(2 * voxel, output_type="ndarray")
    ones = np.ones(len(pairs), dtype=bool)
    graph = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(len(few),) * 2)
    labels = connected_components(graph, directed=False)[1]
    return np.asarray(labels[tree.query(points)[1]])
