"""Where a camera stood, from what two depth pictures share: planes and brightness.

Points of one picture are carried into the other and compared with the surface and the
brightness seen there (Steinbrücker 2011; Newcombe 2011 for the projection). Written for
one thread and whole arrays, so that the same pictures give the same poses.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import carry, from_parts, from_twist, nearest_rotation
from scans.readers.cameras import Camera

FloatArray = NDArray[np.float64]

STEPS = (8, 4, 2)  # pixels between points, coarse to fine
ROUNDS = (8, 8, 6)
REACH = (0.08, 0.05, 0.03)  # of the depth: how far apart the same place may seem
# Of the depth: residuals smaller than this are never outliers. Far from the answer most
# points lie on walls that fit anyhow, and what could lead there would be thrown away.
DOUBT = (0.02, 0.005, 0.001)
EDGE = 0.03  # of the depth: a larger jump between neighbours is an edge, not a surface
FACING = 0.5  # cosine: how differently the same place may seem to face
BRIGHT = 0.1  # metres that one whole step from black to white counts for
LEAST = 100  # points two pictures must share


@dataclass(frozen=True)
class Grid:
    """A picture at one step: maps of (h, w); NaN where nothing was seen."""

    step: int
    points: FloatArray  # (h, w, 3) metres, camera's frame
    normals: FloatArray  # (h, w, 3)
    grey: FloatArray  # (h, w) 0 to 1, or all zeros
    slope: FloatArray  # (h, w, 2) change of grey by pixel of the grid


@dataclass(frozen=True)
class Fit:
    """How one picture fits another.

    motion      : 4x4, source's frame to target's
    overlap     : share of the points in view that lie on the target's surface
    residual_m  : RMS distance from the target's planes
    information : (6, 6), rotation first
    """

    motion: FloatArray
    overlap: float
    residual_m: float
    information: FloatArray


def build_grids(
    depth_m: FloatArray, grey: FloatArray | None, camera: Camera
) -> tuple[Grid, ...]:
    """Maps of one frame for all steps, coarse to fine; (h, w) metres, 0 for nothing."""
    return tuple(_grid(depth_m, grey, camera, step) for step in STEPS)


def fit(
    source: tuple[Grid, ...],
    target: tuple[Grid, ...],
    camera: Camera,
    start: FloatArray,
) -> Fit:
    """Move the source onto the target, beginning at `start`."""
    # Guesses are products of products: what rounding adds would grow from frame to frame.
    motion = from_parts(nearest_rotation(start[:3, :3]), start[:3, 3])
    found = Fit(start, 0.0, 0.0, np.zeros((6, 6)))
    for level, (from_grid, onto) in enumerate(zip(source, target, strict=True)):
        points, normals, grey = _listed(from_grid)
        for _ in range(ROUNDS[level]):
            found = _once(points, normals, grey, onto, camera, motion, level)
            moved = float(np.abs(found.motion - motion).max())
            motion = found.motion
            if not found.overlap or moved < 1e-6:
                break
    return found


def share_seen(
    source: tuple[Grid, ...],
    target: tuple[Grid, ...],
    camera: Camera,
    motion: FloatArray,
) -> float:
    """Share of the source's points that the target sees at the same place, roughly."""
    points = source[0].points.reshape(-1, 3)
    points = carry(points[np.isfinite(points[:, 2])], motion)
    if not len(points):
        return 0.0
    row, column, inside = _projected(points, target[0], camera)
    seen = target[0].points[row, column, 2]
    near = np.abs(seen - points[inside, 2]) < REACH[0] * 2 * points[inside, 2]
    return float(near.sum() / len(points))


def _grid(
    depth_m: FloatArray, grey: FloatArray | None, camera: Camera, step: int
) -> Grid:
    depth = np.where(depth_m > 0, depth_m, np.nan)[::step, ::step]
    rows, columns = np.mgrid[0 : depth.shape[0], 0 : depth.shape[1]] * float(step)
    x = (columns - camera.cx) / camera.fx * depth
    y = (rows - camera.cy) / camera.fy * depth
    points = np.stack([x, y, depth], axis=2)
    shade = np.zeros_like(depth) if grey is None else _blurred(grey, step)
    down, right = np.gradient(shade)
    slope = np.stack([right, down], axis=2)
    return Grid(step, points, _normals(points), shade, slope)


def _blurred(grey: FloatArray, step: int) -> FloatArray:
    """Mean over each cell of the grid, centred on its pixel."""
    half = step // 2
    padded = np.pad(grey, ((half, step), (half, step)), mode="edge")
    sums = np.pad(padded, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    height, width = grey[::step, ::step].shape
    r, c = np.arange(height) * step, np.arange(width) * step
    low, high = (r, r + step), (c, c + step)
    corners = [[sums[np.ix_(i, j)] for j in high] for i in low]
    total = corners[1][1] - corners[0][1] - corners[1][0] + corners[0][0]
    return np.asarray(total / step**2)


def _normals(points: FloatArray) -> FloatArray:
    normals = np.full_like(points, np.nan)
    right = points[1:-1, 2:] - points[1:-1, :-2]
    down = points[2:, 1:-1] - points[:-2, 1:-1]
    depth = points[1:-1, 1:-1, 2]
    crossed = np.cross(down, right)
    length = np.linalg.norm(crossed, axis=2)
    jump = np.maximum(np.abs(right[..., 2]), np.abs(down[..., 2]))
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = crossed / length[..., None]
        # Neighbours on a slope differ too; an edge does by much more than its width.
        width = np.maximum(np.linalg.norm(right[..., :2], axis=2), 1e-9)
        unit[(jump > np.maximum(4 * width, EDGE * depth))] = np.nan
    normals[1:-1, 1:-1] = unit
    return normals


def _listed(grid: Grid) -> tuple[FloatArray, FloatArray, FloatArray]:
    good = np.isfinite(grid.normals).all(axis=2) & np.isfinite(grid.points[..., 2])
    if grid.step == STEPS[-1]:
        # A quarter of the finest grid is plenty, and takes a quarter of the time.
        good[1::2], good[:, 1::2] = False, False
    return grid.points[good], grid.normals[good], grid.grey[good]


def _projected(
    points: FloatArray, grid: Grid, camera: Camera
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Cells of the grid that points fall into, and which points those are."""
    ahead = np.flatnonzero(points[:, 2] > 1e-3)
    x, y, z = points[ahead].T
    column = np.rint((x / z * camera.fx + camera.cx) / grid.step).astype(np.int64)
    row = np.rint((y / z * camera.fy + camera.cy) / grid.step).astype(np.int64)
    height, width = grid.grey.shape
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    return row[inside], column[inside], ahead[inside]


def _once(
    points: FloatArray,
    normals: FloatArray,
    grey: FloatArray,
    onto: Grid,
    camera: Camera,
    motion: FloatArray,
    level: int,
) -> Fit:
    """One step of Gauss and Newton, each residual weighed against the typical one."""
    reach = REACH[level]
    moved = carry(points, motion)
    row, column, inside = _projected(moved, onto, camera)
    p, q, n = moved[inside], onto.points[row, column], onto.normals[row, column]
    turned = normals[inside] @ motion[:3, :3].T
    with np.errstate(invalid="ignore"):
        distance = ((q - p) * n).sum(axis=1)
        near = np.linalg.norm(q - p, axis=1) < 2 * reach * p[:, 2]
        close = np.abs(distance) < reach * p[:, 2]
        good = near & close & ((turned * n).sum(axis=1) > FACING)
    in_view = int(np.isfinite(q[:, 2]).sum())
    if good.sum() < max(LEAST, 6):
        return Fit(motion, 0.0, 0.0, np.zeros((6, 6)))
    p, n, distance = p[good], n[good], distance[good]
    J = np.hstack([np.cross(p, n), n])
    least = DOUBT[level] * float(np.median(p[:, 2]))
    weight = _robust(distance, least)
    A, b = (J * weight[:, None]).T @ J, J.T @ (weight * distance)
    A_light, b_light = _by_light(
        p, onto, row[good], column[good], grey[inside][good], camera, least
    )
    twist = np.linalg.lstsq(A + A_light, b + b_light, rcond=1e-9)[0]
    rms = float(np.sqrt((weight * distance**2).sum() / weight.sum()))
    overlap = float(good.sum() / max(in_view, 1))
    return Fit(from_twist(twist) @ motion, overlap, rms, A + A_light)


def _robust(residual: FloatArray, least: float) -> FloatArray:
    """Tukey's weights at the scale that the residuals themselves show, or the least."""
    scale = 4.685 * max(1.4826 * float(np.median(np.abs(residual))), least, 1e-9)
    return np.asarray(np.maximum(0.0, 1 - (residual / scale) ** 2) ** 2)


def _by_light(
    p: FloatArray,
    onto: Grid,
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    grey: FloatArray,
    camera: Camera,
    least: float,
) -> tuple[FloatArray, FloatArray]:
    """Equations from brightness; its residuals count as metres by BRIGHT."""
    x, y, z = p.T
    # Grey where the point falls between cells, to first order.
    u = (x / z * camera.fx + camera.cx) / onto.step - column
    v = (y / z * camera.fy + camera.cy) / onto.step - row
    slope = onto.slope[row, column] * BRIGHT
    seen = onto.grey[row, column] * BRIGHT + slope[:, 0] * u + slope[:, 1] * v
    residual = grey * BRIGHT - seen
    if not slope.any():
        return np.zeros((6, 6)), np.zeros(6)
    fx, fy = camera.fx / onto.step, camera.fy / onto.step
    gx, gy = slope[:, 0] * fx / z, slope[:, 1] * fy / z
    g = np.stack([gx, gy, -(gx * x + gy * y) / z], axis=1)
    J = np.hstack([np.cross(p, g), g])
    weight = _robust(residual, least)
    return (J * weight[:, None]).T @ J, J.T @ (weight * residual)
