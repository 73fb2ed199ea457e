"""One dense cloud of an object, as if many scans had been put together elsewhere.

Points come in pieces, so memory does not grow with their number; each piece is drawn with
its own seed, so a cloud is the same however it is cut.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.forms.scanner import Body
from scans.geometry.mesh import Mesh

FloatArray = NDArray[np.float64]

PIECE = 250_000  # points: some 50 MB of arrays
DIRECTIONS = 48  # from which a facet of the outside is seen, or is never seen
LIFT = 1e-5  # of the diagonal: a ray's start above its own facet


@dataclass(frozen=True)
class Piece:
    """Some points of a cloud, their true normals and colours."""

    points: FloatArray
    normals: FloatArray
    colours: NDArray[np.uint8]


def sample(form: Mesh, count: int, *, noise_m: float, seed: int) -> Iterator[Piece]:
    """Draw points evenly over what can be seen from outside, off by noise."""
    outside = form.only(seen_from_outside(form))
    ends = np.cumsum(outside.areas())
    crossed = np.cross(*_edges(outside))
    facets = crossed / np.maximum(np.linalg.norm(crossed, axis=1, keepdims=True), 1e-30)
    for number, start in enumerate(range(0, count, PIECE)):
        random = np.random.default_rng([seed, 6, number])
        here = min(PIECE, count - start)
        triangle = np.searchsorted(ends, random.random(here) * ends[-1])
        triangle = np.minimum(triangle, len(ends) - 1)
        yield _piece(outside, facets[triangle], triangle, noise_m, random)


def seen_from_outside(form: Mesh) -> NDArray[np.bool_]:
    """Tell which triangles some ray from far off reaches: bodies overlap inside."""
    body = Body(form)
    middles = form.vertices[form.triangles].mean(axis=1)
    crossed = np.cross(*_edges(form))
    facets = crossed / np.maximum(np.linalg.norm(crossed, axis=1, keepdims=True), 1e-30)
    starts = middles + facets * LIFT * form.diagonal()
    seen = np.zeros(len(middles), dtype=bool)
    for direction in _all_ways(DIRECTIONS):
        open_ones = np.flatnonzero(~seen & (facets @ direction > 0))
        lines = np.broadcast_to(direction, (len(open_ones), 3))
        free = body.cast(np.hstack([starts[open_ones], lines]))["t_hit"]
        seen[open_ones[np.isinf(free)]] = True
    return seen


def _piece(
    mesh: Mesh,
    normals: FloatArray,
    triangle: NDArray[np.int64],
    noise_m: float,
    random: np.random.Generator,
) -> Piece:
    u, v = random.random((2, len(triangle)))
    folded = u + v > 1
    u[folded], v[folded] = 1 - u[folded], 1 - v[folded]
    weights = np.stack([1 - u - v, u, v], axis=1)[:, :, None]
    corners = mesh.triangles[triangle]
    points = (mesh.vertices[corners] * weights).sum(axis=1)
    points += normals * (random.normal(size=len(points)) * noise_m)[:, None]
    if mesh.colours is None:
        colours = np.full((len(points), 3), 200, dtype=np.uint8)
    else:
        mixed = (mesh.colours[corners] * weights).sum(axis=1)
        colours = np.rint(mixed.clip(0, 255)).astype(np.uint8)
    return Piece(points, normals, colours)


def _edges(mesh: Mesh) -> tuple[FloatArray, FloatArray]:
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    return b - a, c - a


def _all_ways(count: int) -> FloatArray:
    """Spread directions evenly over the sphere (Fibonacci)."""
    index = np.arange(count) + 0.5
    y = 1 - 2 * index / count
    around = np.pi * (1 + 5**0.5) * index
    flat = np.sqrt(1 - y**2)
    return np.stack([flat * np.cos(around), y, flat * np.sin(around)], axis=1)
