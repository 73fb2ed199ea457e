"""Parts that several kinds share: paths, handles, dragons, stands, what a wall is made of."""

import numpy as np
from numpy.typing import NDArray

from scans.forms.paint import mixture
from scans.forms.relief import Pattern, spiral
from scans.forms.solids import Ornament, Paint, ball, box, swept
from scans.geometry.mesh import Mesh
from scans.geometry.rigid import carry, turning_axis

FloatArray = NDArray[np.float64]
Random = np.random.Generator

UP = np.array([0.0, 1.0, 0.0])


def paint_of(
    random: Random,
    base: tuple[float, float, float],
    stain: tuple[float, float, float],
    stroke: tuple[float, float, float],
) -> Paint:
    return mixture(base, stain, stroke, seed=int(random.integers(2**31)), size=0.03)


def hands(random: Random) -> tuple[float, ...]:
    """Where the potter's hands left the wall uneven: once, twice and thrice round."""
    return tuple(random.uniform(0, 2 * np.pi, 3).tolist())


def bare(paint: Paint) -> Ornament:
    return Ornament((), paint)


def smooth_profile(
    corners: list[tuple[float, float]], *, rounding: int = 2
) -> FloatArray:
    """Round a polygon by cutting corners (Chaikin); its ends stay."""
    points = np.array(corners, dtype=np.float64)
    for _ in range(rounding):
        near = 0.75 * points[:-1] + 0.25 * points[1:]
        far = 0.25 * points[:-1] + 0.75 * points[1:]
        cut = np.stack([near, far], axis=1).reshape(-1, 2)
        points = np.vstack([points[:1], cut, points[-1:]])
    return points


def closed_ring(inner: float, outer: float, thick: float) -> FloatArray:
    """Profile of a flat ring that begins and ends inside its hole."""
    half, edge = thick / 2, thick * 0.3
    corners = [(inner, 0.0), (inner, -half + edge), (inner + edge, -half)]
    corners += [(outer - edge, -half), (outer, -half + edge), (outer, half - edge)]
    corners += [(outer - edge, half), (inner + edge, half), (inner, half - edge)]
    return smooth_profile([*corners, (inner, 0.0)])


def grain(random: Random, around: float, length: float) -> FloatArray:
    """Nubs in staggered rows, here and there one missing."""
    places = []
    for row, y in enumerate(np.arange(0.008, length - 0.008, 0.0085)):
        count = 26
        x = around * (np.arange(count) + 0.5 * (row % 2)) / count
        kept = random.random(count) > 0.25
        places.append(np.stack([x[kept], np.full(kept.sum(), y)], axis=1))
    return np.vstack(places)


def smooth_path(corners: list[FloatArray], count: int = 60) -> FloatArray:
    """A smooth path through about these places."""
    points = np.array(corners)
    for _ in range(3):
        near = 0.75 * points[:-1] + 0.25 * points[1:]
        far = 0.25 * points[:-1] + 0.75 * points[1:]
        cut = np.stack([near, far], axis=1).reshape(-1, 3)
        points = np.vstack([points[:1], cut, points[-1:]])
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    length = np.concatenate([[0], np.cumsum(steps)])
    even = np.linspace(0, length[-1], count)
    return np.stack([np.interp(even, length, points[:, k]) for k in range(3)], axis=1)


def capped(path: FloatArray, first: float, last: float) -> FloatArray:
    """Radii along a path, rounded to a point at both ends."""
    share = np.linspace(0, 1, len(path))
    radii = first + (last - first) * share
    near_end = np.minimum(share, 1 - share) / 0.08
    cap = np.sqrt(np.clip(1 - (1 - np.clip(near_end, 0, 1)) ** 2, 1e-6, 1))
    return np.asarray(radii * cap)


def loop_handle(
    foot: FloatArray, size: float, thick: float, ornament: Ornament
) -> Mesh:
    """An upright handle: an arch that stands across X."""
    shift = np.array([0.0, 0.0, size])
    corners = [foot - shift - UP * 0.008, foot - shift + UP * size * 1.4]
    corners += [foot + shift + UP * size * 1.4, foot + shift - UP * 0.008]
    path = smooth_path(corners)
    return swept(path, capped(path, thick, thick), ornament)


def boss(place: FloatArray, ornament: Ornament) -> Mesh:
    return ball(place, np.array([0.0065, 0.0065, 0.0065]), ornament)


def applied_mask(
    random: Random, place: FloatArray, size: float, ornament: Ornament
) -> Mesh:
    """An applied animal mask on one side, a little askew: the piece's front."""
    shift = random.uniform(-0.15, 0.15, 3) * size
    return ball(place + shift, np.array([size, size * 0.8, size * 0.6]), ornament)


def dragon(random: Random, radius: float, *, low: float, high: float) -> Mesh:
    """A lizard dragon that climbs the wall in curves."""
    share = np.linspace(0, 1, 14)
    angle = random.uniform(0, 2 * np.pi) + 0.9 * np.sin(share * 5.0) * (1 - 0.4 * share)
    height = low + (high - low) * share
    bulge = radius * (1.0 - 0.28 * np.abs(share - 0.25) ** 1.5)
    places = np.stack([bulge * np.sin(angle), height, bulge * np.cos(angle)], axis=1)
    path = smooth_path(list(places), count=120)
    paint = paint_of(random, (0.22, 0.42, 0.36), (0.40, 0.52, 0.34), (0.2, 0.3, 0.3))
    return swept(path, capped(path, 0.0055, 0.0095), Ornament((), paint))


def crest(
    random: Random, outer: float, turn_by: float, size: float, ornament: Ornament
) -> list[Mesh]:
    """A dragon in openwork on the edge of a disc (in the disc's plane, X and Z)."""
    bend = random.uniform(0.3, 0.5)
    flat = [
        (-0.9, -0.1),
        (-0.5, 0.7),
        (0.1, 0.35),
        (0.5, 0.9),
        (1.0, bend),
        (0.8, -0.1),
    ]
    places = [np.array([x * size, 0.002, outer - 0.004 + z * size]) for x, z in flat]
    spun = turning_axis(UP, turn_by)
    path = carry(smooth_path(places, count=110), spun)
    head = ball(path[70], np.array([0.009, 0.008, 0.009]), ornament)
    return [swept(path, capped(path, 0.007, 0.006), ornament), head]


def shift_by(x: float, y: float, z: float) -> FloatArray:
    motion = np.eye(4)
    motion[:3, 3] = [x, y, z]
    return motion


def stand(random: Random) -> Mesh:
    """A carved stone stand, as discs are shown on."""
    size = np.array([0.13, 0.055, 0.08])
    unit = size.max() / 2
    strokes = [
        spiral(
            np.array([2 * side * unit, 0.0]) + random.uniform(-0.7, 0.7, 2) * unit,
            unit * random.uniform(0.2, 0.4),
            turns=random.choice([-1.0, 1.0]) * random.uniform(1.0, 2.0),
            start=random.uniform(0, 2 * np.pi),
            step=0.0008,
        )
        for side in range(6)
        for _ in range(6)
    ]
    paint = paint_of(random, (0.46, 0.48, 0.42), (0.60, 0.50, 0.36), (0.36, 0.36, 0.30))
    pattern = Pattern(np.vstack(strokes), 0.0024, 0.0026)
    return box(size, Ornament((pattern,), paint), rounding=0.012, steps=150)
