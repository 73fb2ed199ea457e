"""Where a closed body is thinner than a printer can build: rays cast inward."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from scans.delivery.rays import RayScene
from scans.geometry.distinct import distinct
from scans.geometry.mesh import FloatArray, Mesh

MOST_PROBES = 2_000_000
OPPOSITE = -0.5  # cosine: the far side of a wall looks away from the near one
LIFT = 1e-5  # of the diagonal: clear of the triangle that a ray starts from
THIN_PERCENTILE = 5.0  # of the thickness in one place: a single ray may graze an edge
PLASTIC = 0.7548776662466927, 0.5698402909980532  # R2 sequence (Roberts 2018)


@dataclass(frozen=True)
class ThinPlace:
    """A coherent part of a wall below the limit, both of its sides together.

    centre : (3,) metres; thickness_m : all but the thinnest twentieth is at least that
    area_m2 : of one side
    """

    centre: FloatArray
    thickness_m: float
    area_m2: float

    def as_json(self) -> dict[str, Any]:
        """Millimetres, with the digits that mean something."""
        return {
            "centre_mm": [round(float(x) * 1000, 2) for x in self.centre],
            "thickness_mm": float(f"{self.thickness_m * 1000:.3g}"),
            "area_mm2": float(f"{self.area_m2 * 1e6:.3g}"),
        }


@dataclass(frozen=True)
class _Probes:
    """Places on the surface: (n, 3) metres, their triangles, the area each stands for."""

    places: FloatArray
    triangles: NDArray[np.int64]
    areas: FloatArray


def find_thin(mesh: Mesh, *, wall_m: float) -> list[ThinPlace]:
    """Tell where a closed mesh has walls thinner than `wall_m`; thinnest first.

    A place smaller than the wall is thick, as a square, is a scratch and not told.
    """
    probes = _probes(mesh, spacing_m=wall_m / 2)
    normals = _facing(mesh)
    thickness, beyond = _thickness(mesh, probes, normals)
    thin = np.flatnonzero(thickness < wall_m)
    thin = thin[_bare(mesh, probes, normals, thickness, thin)]
    if not len(thin):
        return []
    places = _gathered(mesh, probes.triangles[thin], beyond[thin])
    found = [
        _place(probes, thin[places == n], thickness) for n in range(places.max() + 1)
    ]
    large = [place for place in found if place.area_m2 >= wall_m**2]
    return sorted(large, key=lambda place: place.thickness_m)


def _probes(mesh: Mesh, *, spacing_m: float) -> _Probes:
    """Spread places over every triangle, at least one on each, none by chance."""
    areas = mesh.areas()
    count = np.ceil(areas / spacing_m**2)
    count = np.maximum(count * min(1.0, MOST_PROBES / max(count.sum(), 1)), 1)
    count = count.astype(np.int64)
    owner = np.repeat(np.arange(len(areas)), count)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    u, v = ((0.5 + (number + 1) * step) % 1 for step in PLASTIC)
    single = count[owner] == 1
    u[single] = v[single] = 1 / 3
    turned = u + v > 1
    u, v = np.where(turned, 1 - u, u), np.where(turned, 1 - v, v)
    a, b, c = (mesh.vertices[mesh.triangles[owner, k]] for k in range(3))
    places = a + u[:, None] * (b - a) + v[:, None] * (c - a)
    return _Probes(places, owner, areas[owner] / count[owner])


def _thickness(
    mesh: Mesh, probes: _Probes, normals: FloatArray
) -> tuple[FloatArray, NDArray[np.int64]]:
    """How far in the body ends under each probe, metres, and in which triangle.

    Infinite where what is met is no far side: a fold, or the flank of a groove.
    """
    inward = -normals[probes.triangles]
    lift = LIFT * mesh.diagonal()
    starts = probes.places + lift * inward
    hits = RayScene.of(mesh).cast(starts.astype(np.float32), inward.astype(np.float32))
    cosine = np.einsum("ij,ij->i", normals[hits.triangles], -inward[hits.rays])
    far = cosine < OPPOSITE
    thickness = np.full(len(starts), np.inf)
    beyond = np.zeros(len(starts), np.int64)
    thickness[hits.rays[far]] = hits.distances[far] + lift
    beyond[hits.rays[far]] = hits.triangles[far]
    return thickness, beyond


def _bare(
    mesh: Mesh,
    probes: _Probes,
    normals: FloatArray,
    thickness: FloatArray,
    thin: NDArray[np.intp],
) -> NDArray[np.bool_]:
    """Tell which thin probes have air on both sides, (k,).

    Where pieces stand in one another, what looks like a wall may lie within a body.
    """
    lift = LIFT * mesh.diagonal()
    outward = normals[probes.triangles[thin]]
    near = probes.places[thin] + 2 * lift * outward
    far = probes.places[thin] - (thickness[thin, None] + 2 * lift) * outward
    within = _winding(mesh, np.vstack([near, far]), normals).reshape(2, -1)
    return np.asarray((within == 0).all(axis=0))


def _winding(mesh: Mesh, points: FloatArray, normals: FloatArray) -> NDArray[np.int64]:
    """How many bodies each point lies in, (n,): surfaces left less surfaces entered."""
    ray = np.array([0.4423, 0.7071, 0.5518])  # along no edge that anybody builds
    rays = np.broadcast_to(ray, points.shape).astype(np.float32)
    hits, triangles = RayScene.of(mesh).all_hits(
        points.astype(np.float32), rays, reach=2 * mesh.diagonal()
    )
    leaving = np.sign(normals[triangles] @ ray).astype(np.int64)
    found = np.zeros(len(points), np.int64)
    np.add.at(found, hits, leaving)
    return found


def _gathered(
    mesh: Mesh, near: NDArray[np.int64], far: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Number the place of each thin probe: triangles side by side, and through the wall."""
    thin = distinct(near)
    edges = np.sort(mesh.triangles[thin][:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    keys = edges[:, 0].astype(np.int64) * len(mesh.vertices) + edges[:, 1]
    order = np.argsort(keys, kind="stable")
    owner = np.repeat(np.arange(len(thin)), 3)[order]
    same = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    across = np.minimum(np.searchsorted(thin, far), len(thin) - 1)
    through = thin[across] == far
    rows = np.concatenate([owner[same], np.searchsorted(thin, near[through])])
    columns = np.concatenate([owner[same + 1], across[through]])
    links = coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), 2 * (len(thin),))
    numbers = connected_components(links, directed=False)[1]
    return np.asarray(numbers[np.searchsorted(thin, near)])


def _place(
    probes: _Probes, chosen: NDArray[np.intp], thickness: FloatArray
) -> ThinPlace:
    areas = probes.areas[chosen]
    weights = areas / max(float(areas.sum()), 1e-30)
    return ThinPlace(
        centre=np.asarray(weights @ probes.places[chosen]),
        thickness_m=float(np.percentile(thickness[chosen], THIN_PERCENTILE)),
        area_m2=float(areas.sum()) / 2,
    )


def _facing(mesh: Mesh) -> FloatArray:
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    crossed = np.cross(b - a, c - a)
    lengths = np.linalg.norm(crossed, axis=1, keepdims=True)
    return np.asarray(crossed / np.where(lengths > 0, lengths, 1))
