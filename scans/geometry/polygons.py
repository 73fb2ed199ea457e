"""Polygons into triangles: fans where that is right, ears cut off where it is not."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Indices = NDArray[np.int64]

LARGEST = 2000  # corners; cutting ears takes the square of them


def triangulate(
    points: FloatArray, corners: Indices, sizes: Indices
) -> tuple[Indices, Indices]:
    """Cut polygons into triangles.

    Parameters
    ----------
    points  : (n, 3)
    corners : (sum of sizes,) indices into points, polygon after polygon
    sizes   : (k,) corners of each polygon

    Returns
    -------
    (m, 3) places in `corners`, and (m,) the polygon of each triangle; in order of polygons.
    """
    starts = np.cumsum(sizes) - sizes
    parts, owners = [], []
    for size in np.unique(sizes[sizes >= 3]):
        chosen = np.flatnonzero(sizes == size)
        fans = _fans(starts[chosen], int(size))
        if size > 3:
            _mend(points, corners, fans, int(size))
        parts.append(fans.reshape(-1, 3))
        owners.append(np.repeat(chosen, size - 2))
    if not parts:
        return np.zeros((0, 3), np.int64), np.zeros(0, np.int64)
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    return np.vstack(parts)[order], owner[order]


def _fans(starts: Indices, size: int) -> Indices:
    """Triangles of fans from the first corner, (k, size - 2, 3), as places in corners."""
    steps = np.arange(size - 2)
    fan = np.stack([np.zeros_like(steps), steps + 1, steps + 2], axis=1)
    return np.asarray(starts[:, None, None] + fan, dtype=np.int64)


def _mend(points: FloatArray, corners: Indices, fans: Indices, size: int) -> None:
    """Cut ears where a fan would turn over: the polygon is not convex."""
    normals = _normals(points[corners[fans]])
    whole = normals.sum(axis=1, keepdims=True)  # Newell's normal of the polygon
    turned = ((normals * whole).sum(axis=2) < 0).any(axis=1)
    for number in np.flatnonzero(turned):
        start = fans[number, 0, 0]
        outline = points[corners[start : start + size]]
        if size <= LARGEST and np.isfinite(outline).all():
            fans[number] = start + _ears(outline, whole[number, 0])


def _normals(triangles: FloatArray) -> FloatArray:
    a, b, c = (triangles[..., k, :] for k in range(3))
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(np.cross(b - a, c - a))


def _ears(outline: FloatArray, normal: FloatArray) -> Indices:
    """Cut one polygon, (size, 3), into (size - 2, 3) triangles of its corners."""
    flat = np.delete(outline, int(np.argmax(np.abs(normal))), axis=1)
    if _doubled_area(flat) < 0:
        flat = flat * [1, -1]
    left = list(range(len(flat)))
    found = []
    while len(left) > 3:
        at = _next_ear(flat, left)
        found.append([left[at - 1], left[at], left[(at + 1) % len(left)]])
        del left[at]
    return np.array([*found, left], dtype=np.int64)


def _next_ear(flat: FloatArray, left: list[int]) -> int:
    """Place in `left` of a corner that can be cut off; the sharpest if none is clean."""
    outline = flat[left]
    before, after = np.roll(outline, 1, axis=0), np.roll(outline, -1, axis=0)
    turns = _side(before, outline, after)
    for at in np.flatnonzero(turns > 0):
        corner = (before[at], outline[at], after[at])
        sides = [_side(corner[k], corner[(k + 1) % 3], outline) for k in range(3)]
        inside = (np.array(sides) > 0).all(axis=0)
        if not inside.any():
            return int(at)
    return int(np.argmax(turns))


def _side(a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    """Doubled area of triangles in the plane; positive if they turn left."""
    u, v = b - a, c - a
    return np.asarray(u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0])


def _doubled_area(flat: FloatArray) -> float:
    following = np.roll(flat, -1, axis=0)
    return float((flat[:, 0] * following[:, 1] - flat[:, 1] * following[:, 0]).sum())
