"""Closed surfaces: turned on a wheel, swept along a path, or built from a box.

Right-handed, Y up, metres. Bodies may overlap: a ray meets the outermost one, which is
what a scanner would see of their union.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.forms.relief import Pattern
from scans.geometry.mesh import Mesh, vertex_normals
from scans.geometry.rigid import turning_onto

FloatArray = NDArray[np.float64]

SWELL = 0.022  # of the radius: how far hand-thrown walls are from round

Paint = Callable[[FloatArray, FloatArray], FloatArray]
"""(n, 3) places and (n,) ridge shares in; (n, 3) colours from 0 to 1 out."""


@dataclass(frozen=True)
class Ornament:
    """Patterns on a wall and how it is painted."""

    patterns: tuple[Pattern, ...]
    paint: Paint


def turned(
    profile: FloatArray,
    ornament: Ornament,
    *,
    around: int = 480,
    along: int = 320,
    flatten: float = 1.0,
    uneven: tuple[float, ...] = (),
) -> Mesh:
    """Turn a profile, (n, 2) of radius and height from axis to axis, on a wheel.

    The sheet of the ornament is (angle * largest radius, length along the profile).
    flatten : depth over width (a bell is a flattened tube)
    """
    radius, height, length = _even(profile, along)
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    theta, index = np.meshgrid(angle, np.arange(along), indexing="ij")
    bulge = np.ones_like(theta)
    for number, phase in enumerate(uneven):
        bulge = bulge + SWELL * np.cos((number + 1) * (theta - phase))
    r = radius[index] * bulge
    points = np.stack(
        [r * np.sin(theta), height[index], r * np.cos(theta) * flatten], axis=2
    ).reshape(-1, 3)
    sheet = np.stack([theta * radius.max(), length[index]], axis=2).reshape(-1, 2)
    return _raised(points, _tube(around, along), sheet, ornament)


def swept(
    path: FloatArray,
    radii: FloatArray,
    ornament: Ornament,
    *,
    around: int = 40,
    flatten: float = 1.0,
) -> Mesh:
    """Sweep a circle along a path, (n, 3), with a radius at each of its points.

    The first and last radius should be near zero: they close the body.
    """
    ahead = np.gradient(path, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    side = np.zeros_like(path)
    side[0] = turning_onto(np.array([0.0, 0.0, 1.0]), ahead[0])[:3, 0]
    for k in range(1, len(path)):
        # Carried along without twist: what is left across the new direction.
        carried = side[k - 1] - (side[k - 1] @ ahead[k]) * ahead[k]
        side[k] = carried / np.linalg.norm(carried)
    other = np.cross(ahead, side)
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    circle = (
        np.cos(angle)[:, None, None] * side
        + flatten * np.sin(angle)[:, None, None] * other
    )
    points = (path + circle * radii[:, None]).reshape(-1, 3)
    length = np.concatenate(
        [[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))]
    )
    theta, along = np.meshgrid(angle, length, indexing="ij")
    sheet = np.stack([theta * radii.max(), along], axis=2).reshape(-1, 2)
    return _raised(points, _tube(around, len(path)), sheet, ornament)


def ball(centre: FloatArray, radii: FloatArray, ornament: Ornament) -> Mesh:
    """An ellipsoid."""
    tilt = np.linspace(0, np.pi, 60)
    profile = np.stack([np.sin(tilt), -np.cos(tilt)], axis=1)
    round_one = turned(profile, Ornament((), ornament.paint), around=90, along=60)
    points = round_one.vertices * radii + centre
    return _raised(points, round_one.triangles, round_one.vertices[:, :2], ornament)


def box(
    size: FloatArray, ornament: Ornament, *, rounding: float, steps: int = 150
) -> Mesh:
    """A box with rounded edges, standing on y = 0; each side has its own part of the sheet.

    The sheet lays the six sides beside one another, each as wide as the largest extent.
    """
    points, triangles, sheet = [], [], []
    start = 0
    for side in range(6):
        cube, faces, flat = _cube_side(side, steps)
        points.append(cube)
        triangles.append(faces + start)
        sheet.append((flat + np.array([2 * side, 0])) * size.max() / 2)
        start += len(cube)
    cube = np.vstack(points)
    inner = np.maximum(size / 2 - rounding, 1e-6)
    core = np.clip(cube * size / 2, -inner, inner)
    out = cube * size / 2 - core
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
    placed = core + rounding * out + np.array([0, size[1] / 2, 0])
    return _raised(placed, np.vstack(triangles), np.vstack(sheet), ornament)


def joined(parts: list[Mesh]) -> Mesh:
    """Put bodies together in one mesh; where they overlap, they overlap."""
    starts = np.cumsum([0, *[len(part.vertices) for part in parts]])
    triangles = [p.triangles + s for p, s in zip(parts, starts[:-1], strict=True)]
    return Mesh(
        vertices=np.vstack([part.vertices for part in parts]),
        triangles=np.vstack(triangles).astype(np.int32),
        normals=np.vstack([part.normals for part in parts]),  # type: ignore[misc]
        colours=np.vstack([part.colours for part in parts]),  # type: ignore[misc]
    )


def _raised(
    points: FloatArray,
    triangles: NDArray[np.int32],
    sheet: FloatArray,
    ornament: Ornament,
) -> Mesh:
    """Raise strokes along the normals and paint the result."""
    normals = vertex_normals(points, triangles)
    ridge = np.zeros(len(points))
    lift = np.zeros(len(points))
    for pattern in ornament.patterns:
        here = pattern.ridge(sheet)
        lift += pattern.height * here
        ridge = np.maximum(ridge, here)
    raised = points + normals * lift[:, None]
    colours = np.clip(ornament.paint(raised, ridge), 0, 1)
    return Mesh(
        vertices=raised,
        triangles=triangles,
        normals=vertex_normals(raised, triangles),
        colours=np.rint(colours * 255).astype(np.uint8),
    )


def _even(profile: FloatArray, count: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Radius, height and length at even steps along a profile."""
    steps = np.linalg.norm(np.diff(profile, axis=0), axis=1)
    length = np.concatenate([[0], np.cumsum(steps)])
    even = np.linspace(0, length[-1], count)
    radius = np.maximum(np.interp(even, length, profile[:, 0]), 1e-5)
    return radius, np.interp(even, length, profile[:, 1]), even


def _tube(around: int, along: int) -> NDArray[np.int32]:
    """Triangles of a grid that closes in its first direction, outside to the right."""
    i, j = np.meshgrid(np.arange(around), np.arange(along - 1), indexing="ij")
    a = i * along + j
    b = ((i + 1) % around) * along + j
    quads = np.stack([a, b, b + 1, a, b + 1, a + 1], axis=2)
    return quads.reshape(-1, 3).astype(np.int32)


def _cube_side(
    side: int, steps: int
) -> tuple[FloatArray, NDArray[np.int32], FloatArray]:
    """One side of the cube from -1 to 1: points, triangles and flat places."""
    even = np.linspace(-1, 1, steps)
    u, v = (grid.ravel() for grid in np.meshgrid(even, even, indexing="ij"))
    axis, sign = divmod(side, 2)
    cube = np.zeros((steps * steps, 3))
    cube[:, axis] = 1.0 if sign else -1.0
    cube[:, (axis + 1) % 3] = u
    cube[:, (axis + 2) % 3] = v
    i, j = np.meshgrid(np.arange(steps - 1), np.arange(steps - 1), indexing="ij")
    a = (i * steps + j).ravel()
    quads = np.stack([a, a + steps, a + steps + 1, a, a + steps + 1, a + 1], axis=1)
    faces = quads.reshape(-1, 3).astype(np.int32)
    if not sign:
        faces = faces[:, ::-1]
    return cube, faces, np.stack([u, v], axis=1)
