"""Swap edges that bridge a crease, so that they follow it.

Poisson's triangles know nothing of creases: where two bodies meet, or at a rim, every
other edge runs from a vertex on the one side to one on the other, through what lies
between or over it. Its two triangles have another diagonal. Where the middle of that one
lies nearer to the planes of the scanned points, the two are swapped. No vertex moves and
none is added.
Source: Dyn, Levin and Rippa, Data dependent triangulations (1990); Kobbelt and others,
Feature sensitive surface extraction (2001).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scans.geometry.mesh import Mesh, vertex_normals
from scans.reconstruction.settling import AROUND, CHUNK, NEAR, SAME_WAY, Planes

FloatArray = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

BENT = np.cos(np.radians(15.0))  # between normals of a triangle: less, and it is bent
APART = 0.05  # spacings between two diagonals: less, and either will do
GAIN = 0.02  # spacings that the other one's middle must lie nearer
FACING = 0.5  # cosine: a new triangle that is turned farther would fold over others
ROUNDS = 3  # a swap lets edges beside it be swapped


@dataclass(frozen=True)
class _Pairs:
    """Triangles that share an edge.

    first, second : (n,) their numbers
    ends          : (n, 2) vertices of the edge, as the first runs along it
    tips          : (n, 2) the vertex of each that is not on the edge
    """

    first: Indices
    second: Indices
    ends: Indices
    tips: Indices

    def only(self, kept: Flags | slice) -> "_Pairs":
        return _Pairs(
            self.first[kept], self.second[kept], self.ends[kept], self.tips[kept]
        )


def flipped(mesh: Mesh, planes: Planes) -> Mesh:
    """Swap the edges whose other diagonal lies nearer to the points' planes."""
    triangles = mesh.triangles.copy()
    asked = _bent(mesh)
    changed = None
    for _ in range(ROUNDS):
        pairs = _pairs(triangles, asked)
        if changed is not None:
            pairs = pairs.only(changed[pairs.first] | changed[pairs.second])
        pairs = pairs.only(_open(mesh.vertices, pairs, planes.spacing))
        gain = _gains(mesh.vertices, pairs, planes)
        better = gain > GAIN * planes.spacing
        pairs = _one_each(pairs.only(better), gain[better], len(triangles))
        pairs = pairs.only(~_joined(pairs.tips, triangles, len(mesh.vertices)))
        if not len(pairs.first):
            break
        _swap(triangles, pairs)
        changed = np.zeros(len(triangles), dtype=bool)
        changed[pairs.first] = changed[pairs.second] = True
    return replace(mesh, triangles=triangles)


def _bent(mesh: Mesh) -> Indices:
    """Numbers of the triangles whose corners do not face one way."""
    normals = vertex_normals(mesh.vertices, mesh.triangles)
    a, b, c = (normals[mesh.triangles[:, k]] for k in range(3))
    least = np.minimum(np.einsum("nd,nd->n", a, b), np.einsum("nd,nd->n", b, c))
    return np.flatnonzero(np.minimum(least, np.einsum("nd,nd->n", c, a)) < BENT)


def _pairs(triangles: NDArray[np.int32], asked: Indices) -> _Pairs:
    """Those of the asked triangles that share an edge with one other of them."""
    a = triangles[asked].astype(np.int64)
    b, c = np.roll(a, -1, axis=1).ravel(), np.roll(a, -2, axis=1).ravel()
    a = a.ravel()
    keys = _keys(a, b)
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    twice = starts[np.diff(starts, append=len(keys)) == 2]
    one, other = order[twice], order[twice + 1]
    matched = a[one] == b[other]
    one, other = one[matched], other[matched]
    return _Pairs(
        asked[one // 3],
        asked[other // 3],
        np.stack([a[one], b[one]], axis=1),
        np.stack([c[one], c[other]], axis=1),
    )


def _keys(one: Indices, other: Indices) -> Indices:
    """One number for each edge, whichever way it is run along."""
    return np.minimum(one, other) << 32 | np.maximum(one, other)


def _open(vertices: FloatArray, pairs: _Pairs, spacing: float) -> Flags:
    """Tell where the diagonals lie apart, and the other one would fold nothing over."""
    a, b = vertices[pairs.ends.T]
    c, d = vertices[pairs.tips.T]
    normals = _facing(vertices, pairs)
    flags = np.abs(np.einsum("nd,nd->n", c - a, normals)) > APART * spacing
    for one, other, third in ((a, d, c), (d, b, c)):
        crossed = np.cross(other - one, third - one)
        size = np.linalg.norm(crossed, axis=1)
        flags &= np.einsum("nd,nd->n", crossed, normals) > FACING * size
    return np.asarray(flags)


def _facing(vertices: FloatArray, pairs: _Pairs) -> FloatArray:
    """The mean normal of each two triangles, which is square to both diagonals, (n, 3)."""
    a, b = vertices[pairs.ends.T]
    c, d = vertices[pairs.tips.T]
    crossed = np.cross(b - a, c - d)
    return np.asarray(
        crossed / np.maximum(np.linalg.norm(crossed, axis=1), 1e-30)[:, None]
    )


def _gains(vertices: FloatArray, pairs: _Pairs, planes: Planes) -> FloatArray:
    """How much nearer the planes the middle of the other diagonal lies, (n,) metres."""
    gain = np.zeros(len(pairs.first))
    for start in range(0, len(gain), CHUNK):
        span = slice(start, start + CHUNK)
        gain[span] = _nearer(vertices, pairs.only(span), planes)
    return gain


def _nearer(vertices: FloatArray, pairs: _Pairs, planes: Planes) -> FloatArray:
    now = vertices[pairs.ends].mean(axis=1)
    then = vertices[pairs.tips].mean(axis=1)
    count = min(AROUND, len(planes.points))
    middle = (now + then) / 2
    distance, near = planes.tree.query(middle, k=range(1, count + 1), workers=-1)
    normals = planes.normals[near]
    turned = 1.0 - np.einsum("nkd,nd->nk", normals, _facing(vertices, pairs))
    weight = np.exp(-((distance / (NEAR * planes.spacing)) ** 2))
    weight *= np.exp(-((turned / SAME_WAY) ** 2))
    weight /= np.maximum(weight.sum(axis=1, keepdims=True), 1e-12)
    off = np.einsum("nkd,nkd->nk", planes.points[near] - now[:, None], normals)
    before = np.einsum("nk,nk->n", weight, off)
    mixed = np.einsum("nk,nkd->nd", weight, normals)
    after = before - np.einsum("nd,nd->n", then - now, mixed)
    return np.asarray(np.abs(before) - np.abs(after))


def _one_each(pairs: _Pairs, gain: FloatArray, count: int) -> _Pairs:
    """Of pairs that hold one triangle in common only the one that gains most."""
    best = np.zeros(count)
    np.maximum.at(best, pairs.first, gain)
    np.maximum.at(best, pairs.second, gain)
    pairs = pairs.only((gain == best[pairs.first]) & (gain == best[pairs.second]))
    uses = np.bincount(np.concatenate([pairs.first, pairs.second]), minlength=count)
    return pairs.only((uses[pairs.first] == 1) & (uses[pairs.second] == 1))


def _joined(tips: Indices, triangles: NDArray[np.int32], count: int) -> Flags:
    """Tell which tips an edge joins already, or that of another pair would as well."""
    marked = np.zeros(count, dtype=bool)
    marked[tips] = True
    around = triangles[marked[triangles].sum(axis=1) > 1].astype(np.int64)
    there = _keys(around.ravel(), np.roll(around, -1, axis=1).ravel())
    wanted = _keys(tips[:, 0], tips[:, 1])
    again = np.ones(len(wanted), dtype=bool)
    again[np.unique(wanted, return_index=True)[1]] = False
    return np.asarray(again | np.isin(wanted, there))


def _swap(triangles: NDArray[np.int32], pairs: _Pairs) -> None:
    a, b = pairs.ends.T
    c, d = pairs.tips.T
    triangles[pairs.first] = np.stack([a, d, c], axis=1)
    triangles[pairs.second] = np.stack([d, b, c], axis=1)
