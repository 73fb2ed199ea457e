"""Lay charts flat as rigidly as they go: local turns, one sparse solve, again.

As-rigid-as-possible parameterisation (Liu, Zhang, Xu, Gotsman and Gortler, 2008), started
from the view along each chart's mean normal; all charts together are one sparse system
that is factored once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, eye_array
from scipy.sparse.linalg import splu

from scans.delivery.charts import sums

ROUNDS = 12
# Of an edge: cotangents of blunt triangles would be negative, of slivers endless.
LEAST_WEIGHT, MOST_WEIGHT = 0.05, 20.0
HOLD = 1e-7  # keeps each chart from drifting, against weights of about one

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Flat:
    """Charts laid flat, each about its own origin, at the surface's own scale.

    uvs (k, 2) metres; triangles (m, 3) into them; vertex (k,) of the surface;
    chart (k,) that each belongs to
    """

    uvs: Floats
    triangles: Indices
    vertex: Indices
    chart: Indices

    def areas(self) -> Floats:
        """Signed area of each triangle, negative where it is folded over."""
        a, b, c = (self.uvs[self.triangles[:, corner]] for corner in range(3))
        return np.asarray(_crossed(b - a, c - a) / 2)


def flatten(positions: Floats, triangles: Indices, labels: Indices) -> Flat:
    """Cut the surface along its charts and lay them flat.

    labels : (m,) the chart of each triangle
    """
    count = len(positions)
    keys, corners = np.unique(labels[:, None] * count + triangles, return_inverse=True)
    corners = corners.reshape(-1, 3)
    vertex, chart = keys % count, keys // count
    start = _seen_along_normals(positions, triangles, labels, vertex, chart)
    rest = _rest_shapes(positions, triangles)
    uvs = _relaxed(start, corners, rest)
    return Flat(uvs, corners, vertex, chart)


def _seen_along_normals(
    positions: Floats,
    triangles: Indices,
    labels: Indices,
    vertex: Indices,
    chart: Indices,
) -> Floats:
    a, b, c = (positions[triangles[:, corner]] for corner in range(3))
    crossed = np.cross(b - a, c - a)
    count = int(labels.max()) + 1
    axes = np.stack([sums(labels, axis, count) for axis in crossed.T], axis=1)
    axes /= np.maximum(np.linalg.norm(axes, axis=1, keepdims=True), 1e-300)
    least = np.eye(3)[np.abs(axes).argmin(axis=1)]
    right = np.cross(least, axes)
    right /= np.maximum(np.linalg.norm(right, axis=1, keepdims=True), 1e-300)
    up = np.cross(axes, right)
    places = positions[vertex]
    uvs = np.stack(
        [(places * right[chart]).sum(axis=1), (places * up[chart]).sum(axis=1)], axis=1
    )
    shares = np.bincount(chart, minlength=count)[:, None]
    middles = np.stack([sums(chart, axis, count) for axis in uvs.T], axis=1)
    return np.asarray(uvs - (middles / np.maximum(shares, 1))[chart])


def _rest_shapes(positions: Floats, triangles: Indices) -> Floats:
    """Each triangle in its own plane, (m, 3, 2), the first corner at the origin."""
    a, b, c = (positions[triangles[:, corner]] for corner in range(3))
    along, other = b - a, c - a
    length = np.maximum(np.linalg.norm(along, axis=1), 1e-12)
    x = (other * along).sum(axis=1) / length
    y = np.linalg.norm(np.cross(along, other), axis=1) / length
    zero = np.zeros_like(length)
    rows = [zero, zero, length, zero, x, y]
    return np.stack(rows, axis=1).reshape(-1, 3, 2)


def _relaxed(uvs: Floats, corners: Indices, rest: Floats) -> Floats:
    weights = _weights(rest)
    factor = splu(
        _system(corners, weights, len(uvs)),
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    sides = [_Side.of(corners, rest, weights[:, side], side) for side in range(3)]
    for _ in range(ROUNDS):
        pulled = np.zeros((len(uvs), 2))
        cosine, sine = _turns(uvs, sides)
        for side in sides:
            x, y = side.edge
            pull = cosine * x - sine * y, sine * x + cosine * y
            for axis in (0, 1):
                along = pull[axis] * side.weight
                pulled[:, axis] += sums(side.start, along, len(uvs))
                pulled[:, axis] -= sums(side.end, along, len(uvs))
        uvs = factor.solve(pulled + HOLD * uvs)
    return np.asarray(uvs)


@dataclass(frozen=True)
class _Side:
    """One side of each triangle: its ends (m,), its vector at rest (2, m), its weight (m,)."""

    start: Indices
    end: Indices
    edge: Floats
    weight: Floats

    @classmethod
    def of(
        cls, corners: Indices, rest: Floats, weight: Floats, opposite: int
    ) -> "_Side":
        """The side that lies opposite a corner."""
        i, j = (opposite + 1) % 3, (opposite + 2) % 3
        return cls(
            start=np.ascontiguousarray(corners[:, i]),
            end=np.ascontiguousarray(corners[:, j]),
            edge=np.ascontiguousarray((rest[:, i] - rest[:, j]).T),
            weight=np.ascontiguousarray(weight),
        )


def _weights(rest: Floats) -> Floats:
    """Half the cotangent of the corner opposite each side, (m, 3)."""
    columns = []
    for corner in range(3):
        there = rest[:, (corner + 1) % 3] - rest[:, corner]
        back = rest[:, (corner + 2) % 3] - rest[:, corner]
        area = np.maximum(np.abs(_crossed(there, back)), 1e-18)
        columns.append((there * back).sum(axis=1) / area / 2)
    return np.asarray(np.stack(columns, axis=1).clip(LEAST_WEIGHT, MOST_WEIGHT))


def _system(corners: Indices, weights: Floats, count: int) -> csc_array:
    i, j = corners[:, [1, 2, 0]].ravel(), corners[:, [2, 0, 1]].ravel()
    w = weights.ravel()
    rows = np.concatenate([i, j, i, j])
    columns = np.concatenate([j, i, i, j])
    values = np.concatenate([-w, -w, w, w])
    system = csc_array((values, (rows, columns)), shape=(count, count))
    return csc_array(system + HOLD * eye_array(count))


def _turns(uvs: Floats, sides: list[_Side]) -> tuple[Floats, Floats]:
    """The turn nearest to what each triangle underwent: cosines and sines, (m,)."""
    u, v = np.ascontiguousarray(uvs.T)  # rows of two are slow
    cosine = np.zeros(len(sides[0].start))
    sine = np.zeros(len(cosine))
    for side in sides:
        across = u.take(side.start) - u.take(side.end)
        upwards = v.take(side.start) - v.take(side.end)
        x, y = side.edge
        cosine += side.weight * (across * x + upwards * y)
        sine += side.weight * (x * upwards - y * across)
    length = np.maximum(np.hypot(cosine, sine), 1e-300)
    return cosine / length, sine / length


def _crossed(one: Floats, other: Floats) -> Floats:
    return np.asarray(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])
