"""Propose what to cut away: the plane of a table or turntable, and a box round the object.

Metres. A table is a plane that very many points lie in, with nearly all the
others on one side of it.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from scans.geometry.rigid import FloatArray, carry

TRIES = 60
LOOKED_AT = 6_000
FLAT = 0.006  # of the spread: thickness of a plane
LEAST_SHARE = 0.15  # of all points that a table holds
ONE_SIDE = 0.85  # of the others that stand on it
ABOVE = 2.0  # thicknesses that the cut lies above the table
CELLS = 32  # of the longest side, to tell the object from what lies apart
MARGIN = 0.03  # of the box's longest side
SEED = 11
BEYOND = 0.2  # of a table's points beside what stands on it
BEGIN = 8.0  # thicknesses
SAME_WAY = 0.9  # cosine between a table's normal and those of its points
LEAST_LEFT = 0.05  # of the points: what is left on a table is the object

Plane = tuple[FloatArray, FloatArray]


def propose_of(clouds: Path, poses: dict[str, Any]) -> dict[str, Any]:
    """Propose a plane for each scan that shows a table, and a box round what is left.

    clouds : as `thin_scans` wrote them; poses : of the scans that are placed. A plane
    holds in its scan's own frame: an object that was seated twice has stood on two.
    """
    index = json.loads((clouds / "clouds.json").read_text(encoding="utf-8"))
    planes, left = [], []
    with np.load(clouds / "clouds.npz") as held:
        for one in index["scans"]:
            points, normals = (held[f"{kind}{one['number']}"] for kind in ("p", "n"))
            plane, kept = propose_plane(points, normals)
            if plane is not None:
                told = {name: plane[name].tolist() for name in ("point", "normal")}
                planes.append({"scan": one["name"], **told})
            if one["name"] in poses:
                pose = np.array(poses[one["name"]], np.float64)
                left.append(carry(kept, pose))
    box = _box(_largest(np.vstack(left))) if left else None
    return {"planes": planes, "box": box}


def propose_plane(
    points: FloatArray, normals: FloatArray
) -> tuple[dict[str, FloatArray] | None, FloatArray]:
    """Give the plane to cut below, if a scan shows a table, and the points above it."""
    random = np.random.default_rng(SEED)
    few = random.permutation(len(points))[:LOOKED_AT]
    points, normals = points[few], normals[few]
    found = _table(points, normals, random)
    if found is None:
        return None, points
    above = (points - found[0]) @ found[1] > 0
    if above.mean() < LEAST_LEFT:
        return None, points
    return {"point": found[0], "normal": found[1]}, points[above]


def _table(
    points: FloatArray, normals: FloatArray, random: np.random.Generator
) -> Plane | None:
    """Find the fullest plane that the rest stands on; each point and normal make one."""
    thick = FLAT * float(np.linalg.norm(points.std(axis=0)))
    best, held = None, LEAST_SHARE * len(points)
    for chosen in random.permutation(len(points))[:TRIES]:
        found = _stood_on(points, normals, points[chosen], normals[chosen], thick)
        if found is not None and found[2] > held:
            best, held = found, found[2]
    if best is None:
        return None
    point, normal, _count = best
    return point + ABOVE * thick * normal, normal


def _stood_on(
    points: FloatArray,
    normals: FloatArray,
    point: FloatArray,
    normal: FloatArray,
    thick: float,
) -> tuple[FloatArray, FloatArray, int] | None:
    middle = point
    # A normal of few neighbours tilts the plane: begin thick, and lay it anew.
    for reach in (BEGIN * thick, 2 * thick, thick):
        height = (points - middle) @ normal
        inside = (np.abs(height) < reach) & (np.abs(normals @ normal) > SAME_WAY)
        count = int(inside.sum())
        if count < LEAST_SHARE * len(points):
            return None
        middle = points[inside].mean(axis=0)
        normal = np.linalg.svd(points[inside] - middle, full_matrices=False)[2][2]
    height = (points - middle) @ normal
    others = np.abs(height) > ABOVE * thick
    above = float((height[others] > 0).mean()) if others.any() else 0.0
    normal = normal if above > 0.5 else -normal
    standing = points[others & (height * (1 if above > 0.5 else -1) > 0)]
    if max(above, 1 - above) < ONE_SIDE:
        return None
    if _reaches_beyond(points[inside], standing, normal) < BEYOND:
        return None
    return middle, normal, count


def _reaches_beyond(
    table: FloatArray, standing: FloatArray, normal: FloatArray
) -> float:
    """Share of a plane's points beside what stands on it: a flat face has none."""
    across = np.linalg.svd(normal[None])[2][1:].T
    ours, theirs = table @ across, standing @ across
    low, high = np.percentile(theirs, [1, 99], axis=0)
    return float(((ours < low) | (ours > high)).any(axis=1).mean())


def _largest(points: FloatArray) -> FloatArray:
    """Keep the largest body that hangs together, coarsely."""
    low = points.min(axis=0)
    size = max(float(np.ptp(points, axis=0).max()) / CELLS, 1e-12)
    cells = ((points - low) / size).astype(int)
    grid = np.zeros(cells.max(axis=0) + 1, bool)
    grid[tuple(cells.T)] = True
    bodies = label(grid, structure=np.ones((3, 3, 3)))[0]
    own: NDArray[np.int64] = bodies[tuple(cells.T)]
    return np.asarray(points[own == np.bincount(own).argmax()])


def _box(points: FloatArray) -> dict[str, list[float]]:
    low, high = points.min(axis=0), points.max(axis=0)
    margin = MARGIN * float((high - low).max())
    return {"min": (low - margin).tolist(), "max": (high + margin).tolist()}
