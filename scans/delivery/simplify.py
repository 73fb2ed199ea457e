"""A master as single-precision arrays, and fewer triangles of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.delivery import meshopt
from scans.geometry.mesh import Mesh

# Turning a normal by 1 rad costs as much as moving 5 % of the extent. Measured on scans of
# 0.5 and 1.1 million triangles: the mean distance is least here, 20 % leave it a fifth larger.
NORMAL_WEIGHT = 0.05
COLOUR_WEIGHT = 0.2  # measured: 0.1 to 0.3 keep edges at no cost in distance

# A place on a map may slide along the surface by twice what the surface may move away.
MAP_WEIGHT = 0.5
MAPPED_NORMAL_WEIGHT = 0.05  # a map has the detail; the smooth normal changes slowly

Floats = NDArray[np.float32]
Triangles = NDArray[np.uint32]


@dataclass(frozen=True)
class Surface:
    """A welded mesh in the upright frame.

    positions (n, 3) metres; normals (n, 3) unit; colours (n, 3) sRGB bytes or None;
    triangles (m, 3); uvs (n, 2) places on the maps or None, (0, 0) upper left (glTF):
    with them vertices are doubled at seams, so that one index buffer serves all
    """

    positions: Floats
    normals: Floats
    colours: NDArray[np.uint8] | None
    triangles: Triangles
    uvs: Floats | None = None

    def on_map(self) -> Floats:
        """The places on maps; ValueError where the surface has none."""
        if self.uvs is None:
            raise ValueError("this surface was not unwrapped")
        return self.uvs

    def kept(self, triangles: Triangles) -> "Surface":
        """Keep these triangles only and the vertices that they use, in an order the GPU likes."""
        count = len(self.positions)
        indices = meshopt.order_triangles(
            np.ascontiguousarray(triangles).ravel(), count
        )
        table, used = meshopt.fetch_table(indices, count)
        taken = np.argsort(table, kind="stable")[:used]
        return Surface(
            positions=self.positions[taken],
            normals=self.normals[taken],
            colours=None if self.colours is None else self.colours[taken],
            triangles=table[indices].reshape(-1, 3),
            uvs=None if self.uvs is None else self.uvs[taken],
        )


def weld(placed: Mesh) -> Surface:
    """Join vertices at the same place and drop triangles that are none any more."""
    return weld_and_tell(placed)[0]


def weld_and_tell(placed: Mesh) -> tuple[Surface, NDArray[np.bool_]]:
    """Weld, and tell which of the mesh's triangles are still there, in their order."""
    positions = placed.vertices.astype(np.float32)
    corners = placed.triangles.astype(np.uint32)
    table, count = meshopt.weld_table(positions, corners.ravel())
    triangles = table[corners]
    first, second, third = triangles.T
    whole = (first != second) & (second != third) & (third != first)
    triangles = np.ascontiguousarray(triangles[whole])
    used = table < count  # an unused vertex has no place
    table = table[used]
    joined = np.zeros((count, 3), np.float32)
    joined[table] = positions[used]
    surface = Surface(
        positions=joined,
        normals=_welded_normals(placed, table, used, joined, triangles),
        colours=_welded_colours(placed, table, used, count),
        triangles=triangles,
    )
    return surface, whole


def simplify(surface: Surface, target: int, *, harder: bool) -> Surface:
    """Reduce to at most `target` triangles, keeping shading, colour edges and borders.

    Seams between charts of a map are borders that collapse along themselves only, both
    sides alike, so a level made from a surface with `uvs` shows the same maps.

    harder : only shape and maps count, and small loose parts may go
    """
    if len(surface.triangles) <= target:
        return surface.kept(surface.triangles)
    attributes, weights = _attributes(surface, harder=harder)
    left = meshopt.simplify(
        surface.triangles.ravel(),
        surface.positions,
        attributes=attributes,
        weights=weights,
        locked=extremes(surface.positions),
        target=target * 3,
        flags=meshopt.PRUNE if harder else 0,
    )
    return surface.kept(left.reshape(-1, 3))


def extremes(positions: Floats) -> NDArray[np.uint8]:
    """Mark the outermost vertices, so that every level measures as tall as its master."""
    marks = np.zeros(len(positions), np.uint8)
    marks[positions.argmin(axis=0)] = 1
    marks[positions.argmax(axis=0)] = 1
    return marks


def _attributes(surface: Surface, *, harder: bool) -> tuple[Floats, Floats]:
    """Columns that an edge's collapse should leave as they are, and their weights."""
    mapped = surface.uvs is not None
    columns, weights = (
        [surface.normals],
        [MAPPED_NORMAL_WEIGHT if mapped else NORMAL_WEIGHT] * 3,
    )
    if surface.colours is not None:
        columns.append(surface.colours.astype(np.float32) / np.float32(255))
        weights += [COLOUR_WEIGHT] * 3
    if harder:
        weights = [0.0] * len(weights)
    if surface.uvs is not None:
        columns.append(surface.uvs)
        weights += [MAP_WEIGHT * _map_side(surface)] * 2
    return np.ascontiguousarray(np.hstack(columns)), np.array(weights, np.float32)


def _map_side(surface: Surface) -> float:
    """Length on the surface of the map's side, against the surface's extent."""
    a, b, c = (surface.positions[surface.triangles[:, k]] for k in range(3))
    u, v, w = (surface.on_map()[surface.triangles[:, k]] for k in range(3))
    real = np.linalg.norm(np.cross(b - a, c - a), axis=1).sum(dtype=np.float64)
    along, other = v - u, w - u
    shown = along[:, 0] * other[:, 1] - along[:, 1] * other[:, 0]
    share = real / max(float(np.abs(shown).sum(dtype=np.float64)), 1e-30)
    return float(np.sqrt(share) / np.ptp(surface.positions, axis=0).max())


def _welded_normals(
    placed: Mesh,
    table: Triangles,
    used: NDArray[np.bool_],
    joined: Floats,
    triangles: Triangles,
) -> Floats:
    if placed.normals is None:
        return _unit(_area_normals(joined.astype(np.float64), triangles))
    return _unit(_sums(table, placed.normals[used], len(joined)))


def _welded_colours(
    placed: Mesh, table: Triangles, used: NDArray[np.bool_], count: int
) -> NDArray[np.uint8] | None:
    if placed.colours is None:
        return None
    sums = _sums(table, placed.colours[used].astype(np.float64), count)
    shares = np.bincount(table, minlength=count)[:, None]
    return np.rint(sums / shares).astype(np.uint8)


def _area_normals(
    positions: NDArray[np.float64], triangles: Triangles
) -> NDArray[np.float64]:
    a, b, c = (positions[triangles[:, corner]] for corner in range(3))
    facing = np.cross(b - a, c - a)
    return sum(
        (_sums(triangles[:, corner], facing, len(positions)) for corner in range(3)),
        np.zeros_like(positions),
    )


def _sums(
    places: Triangles, values: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Add up rows that go to the same place."""
    columns = [
        np.bincount(places, weights=column, minlength=count) for column in values.T
    ]
    return np.stack(columns, axis=1)


def _unit(vectors: NDArray[np.float64]) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    # A normal that cancels out points up: the file format allows none of length zero.
    vectors = np.where(lengths > 0, vectors, (0.0, 1.0, 0.0))
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
