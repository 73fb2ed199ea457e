"""How far the points lie from the surface that was made of them, with a sign.

Outside the surface counts as positive. World frame, metres in, millimetres out.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from scans.delivery.rays import RayScene
from scans.geometry.mesh import Mesh
from scans.quality.pieces import piece_of

FloatArray = NDArray[np.float64]

MM = 1000.0
BAND = 250_000  # points looked up at a time: bounds the memory
MOST = 2_000_000  # points looked at in all; more are thinned evenly
AGAINST = -0.3  # cosine between a point's normal and the surface's: another wall's
BARS = 64
EDGE_PERCENTILE = 99.5  # the histogram's ends; what lies beyond is in its last bars
SPREAD_ROUNDS = (
    3  # how far a vertex without points of its own looks for its neighbours'
)
SMOOTH_ROUNDS = 3
LEAST_WEIGHT = 30.0  # points, counted once for each way that leads to a vertex


@dataclass(frozen=True)
class Comparison:
    """Points against a surface.

    signed_mm : (n,) distance of each point within reach, positive outside
    beyond    : how many points lie farther off: not what the surface was made of
    sums_mm, weights : (v,) over the points about each vertex
    """

    signed_mm: FloatArray
    beyond: int
    sums_mm: FloatArray
    weights: FloatArray

    def as_json(self) -> dict[str, object]:
        """The figures of the sheet."""
        distance = np.abs(self.signed_mm)
        counts, edges = self.histogram()
        return {
            "mean_mm": float(self.signed_mm.mean()),
            "sigma_mm": float(self.signed_mm.std()),
            "rms_mm": float(np.sqrt((self.signed_mm**2).mean())),
            "p95_mm": float(np.percentile(distance, 95)),
            "max_mm": float(distance.max()),
            "beyond": self.beyond,
            "histogram": {"edges_mm": edges.tolist(), "counts": counts.tolist()},
        }

    def histogram(self) -> tuple[NDArray[np.int64], FloatArray]:
        """Count points by signed distance: counts, and the edges between them, mm."""
        distance = np.abs(self.signed_mm)
        end = max(float(np.percentile(distance, EDGE_PERCENTILE)), 1e-6)
        inside = np.clip(self.signed_mm, -end, end)
        counts, edges = np.histogram(inside, BARS, (-end, end))
        return counts.astype(np.int64), edges

    def by_vertex(self, mesh: Mesh) -> FloatArray:
        """Mean about each vertex, (v,) mm; nan where there are no points far and wide."""
        matrix = _neighbours(mesh)
        sums, weights = self.sums_mm, self.weights
        for _ in range(SPREAD_ROUNDS):
            bare = weights == 0
            if not bare.any():
                break
            sums = np.where(bare, matrix @ sums, sums)
            weights = np.where(bare, matrix @ weights, weights)
        return _mean(sums, weights)


@dataclass(frozen=True)
class Region:
    """A coherent part of the surface that lies off the points.

    centre : (3,) metres, world frame; peak_mm : with its sign; area_m2
    """

    centre: FloatArray
    peak_mm: float
    area_m2: float


def compare(
    points: FloatArray,
    mesh: Mesh,
    *,
    reach_m: float,
    normals: FloatArray | None = None,
    scene: RayScene | None = None,
) -> Comparison:
    """Measure points, (n, 3) metres, against a mesh, as far as they are points of it.

    They are where they lie within reach and, where their normals are known, face its way:
    glimpses of the inside of a vessel are no dent in its outside.

    scene : of this mesh, where there is one already
    """
    scene = scene or RayScene.of(mesh)
    step = max(1, -(-len(points) // MOST))
    points, normals = points[::step], None if normals is None else normals[::step]
    signed = []
    sums = np.zeros(len(mesh.vertices))
    weights = np.zeros(len(mesh.vertices))
    for start in range(0, len(points), BAND):
        band = slice(start, start + BAND)
        near = scene.nearest(points[band].astype(np.float32))
        offset = points[band] - near.places
        away = np.linalg.norm(offset, axis=1)
        outside = np.einsum("ij,ij->i", offset, near.facing) >= 0
        within = away <= reach_m
        if normals is not None:
            within &= np.einsum("ij,ij->i", normals[band], near.facing) > AGAINST
        signed.append(np.where(outside, away, -away)[within] * MM)
        corners = mesh.triangles[near.triangles[within]].ravel()
        share = near.weights[within].ravel()
        values = share * np.repeat(signed[-1], 3)
        sums += np.bincount(corners, values, minlength=len(sums))
        weights += np.bincount(corners, share, minlength=len(sums))
    held = np.concatenate(signed)
    beyond = len(points) - len(held)
    return Comparison(held, beyond * step, sums, weights)


def worst_region(mesh: Mesh, compared: Comparison) -> Region | None:
    """Find where a surface lies farthest off: about its peak, down to half of it.

    None where nothing was measured.
    """
    values = _smoothed(mesh, compared)
    peak = int(np.argmax(np.abs(values)))
    if values[peak] == 0:
        return None
    high = values * np.sign(values[peak]) > abs(values[peak]) / 2
    triangles = mesh.triangles[high[mesh.triangles].all(axis=1)]
    part = piece_of(triangles, len(mesh.vertices))
    mine = triangles[part[triangles[:, 0]] == part[peak]]
    # The peak may stand alone where triangles are large.
    if not len(mine):
        return Region(mesh.vertices[peak], float(values[peak]), 0.0)
    areas = replace(mesh, triangles=mine).areas()
    middles = mesh.vertices[mine].mean(axis=1)
    centre = (middles * areas[:, None]).sum(axis=0) / areas.sum()
    return Region(centre, float(values[peak]), float(areas.sum()))


def _smoothed(mesh: Mesh, compared: Comparison) -> FloatArray:
    """Mean of the points two rings about each vertex, 0 where they are too few.

    One stray point is no region.
    """
    matrix = _neighbours(mesh)
    sums, weights = compared.sums_mm, compared.weights
    for _ in range(SMOOTH_ROUNDS):
        sums, weights = sums + matrix @ sums, weights + matrix @ weights
    return np.where(weights >= LEAST_WEIGHT, np.nan_to_num(_mean(sums, weights)), 0.0)


def _mean(sums: FloatArray, weights: FloatArray) -> FloatArray:
    there = weights > 0
    return np.where(there, sums / np.where(there, weights, 1.0), np.nan)


def _neighbours(mesh: Mesh) -> csr_matrix:
    """Which vertices share an edge, as a matrix of ones."""
    a, b = mesh.triangles, np.roll(mesh.triangles, -1, axis=1)
    rows = np.concatenate([a.ravel(), b.ravel()])
    columns = np.concatenate([b.ravel(), a.ravel()])
    count = len(mesh.vertices)
    joined = coo_matrix((np.ones(len(rows)), (rows, columns)), (count, count)).tocsr()
    joined.data[:] = 1.0
    return joined
