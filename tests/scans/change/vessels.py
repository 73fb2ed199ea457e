"""A generated vessel, whole and with a loss whose area and depth are known."""

import numpy as np
from scipy.spatial import cKDTree

from scans.forms import build_form
from scans.geometry.mesh import FloatArray, Mesh, vertex_normals
from scans.geometry.rigid import from_parts, turning_axis

EDGE_M = 0.0003  # over which the loss falls to its depth
STEEP = 0.3  # cosine


def dense(mesh: Mesh, triangles: int) -> Mesh:
    """Divide triangles into four until there are enough."""
    while len(mesh.triangles) < triangles:
        corners = mesh.triangles
        edges = np.sort(
            np.stack([corners, np.roll(corners, -1, axis=1)], axis=2), axis=2
        ).reshape(-1, 2)
        ends, index = np.unique(edges, axis=0, return_inverse=True)
        middles = mesh.vertices[ends].mean(axis=1)
        ab, bc, ca = (index.reshape(-1, 3) + len(mesh.vertices)).T
        a, b, c = corners.T
        parts = ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))
        finer = np.concatenate([np.stack(part, axis=1) for part in parts])
        mesh = Mesh(np.vstack([mesh.vertices, middles]), finer.astype(np.int32))
    return mesh


def vessel(kind: str = "vase", seed: int = 3, triangles: int = 100_000) -> Mesh:
    return dense(_plain(build_form(kind, seed)), triangles)


def _plain(mesh: Mesh) -> Mesh:
    return Mesh(mesh.vertices, mesh.triangles)


def outer_spot(mesh: Mesh, seed: int, radius_m: float) -> tuple[FloatArray, FloatArray]:
    """Choose a place on the outside, and its normal.

    Within the radius lies one sheet, none that is steep against it: a flake that is
    taken off along the normals there is one piece, as deep everywhere. On a boss that
    stands out it would be two, the one within the other's body.
    """
    random = np.random.default_rng(seed)
    normals = vertex_normals(mesh.vertices, mesh.triangles)
    out = mesh.vertices - mesh.vertices.mean(axis=0)
    level = np.abs(out[:, 1]) < 0.25 * np.ptp(mesh.vertices[:, 1])
    wide = np.linalg.norm(out[:, [0, 2]], axis=1)
    outer = level & ((out * normals)[:, [0, 2]].sum(axis=1) > 0.8 * wide)
    tree = cKDTree(mesh.vertices)
    for index in random.permutation(np.flatnonzero(outer)):
        near = tree.query_ball_point(mesh.vertices[index], radius_m)
        if np.abs(normals[near] @ normals[index]).min() > STEEP:
            return mesh.vertices[index], normals[index]
    raise LookupError(radius_m)


def with_loss(
    mesh: Mesh, *, area_m2: float, depth_m: float, seed: int = 0
) -> tuple[Mesh, float]:
    """Take a round flake off; give the mesh and the area that was lost, square metres."""
    radius = float(np.sqrt(area_m2 / np.pi))
    spot = outer_spot(mesh, seed, radius + EDGE_M)
    share = _flake(mesh, *spot, radius)
    return _struck(mesh, share, depth_m)


def with_two_losses(
    mesh: Mesh, *, area_m2: float, depth_m: float, apart_m: float, seed: int = 0
) -> tuple[Mesh, list[float]]:
    """Take off two flakes, so far apart at their edges; give the area of each."""
    radius = float(np.sqrt(area_m2 / np.pi))
    reach = radius + apart_m / 2  # from their middle to that of each
    place, normal = outer_spot(mesh, seed, reach + radius + EDGE_M)
    way = np.cross(normal, [0.0, 1.0, 0.0])
    way *= reach / np.linalg.norm(way)
    found = cKDTree(mesh.vertices).query([place + way, place - way])[1]
    shares = [_flake(mesh, mesh.vertices[one], normal, radius) for one in found]
    lost, _area = _struck(mesh, np.maximum(*shares), depth_m)
    return lost, [float(_vertex_areas(mesh) @ share) for share in shares]


def _flake(
    mesh: Mesh, place: FloatArray, normal: FloatArray, radius: float
) -> FloatArray:
    """How much of the depth each vertex loses, (n,), none on a wall's other side."""
    normals = vertex_normals(mesh.vertices, mesh.triangles)
    off = np.linalg.norm(mesh.vertices - place, axis=1)
    share = np.clip((radius - off) / EDGE_M + 0.5, 0, 1)
    return np.asarray(share * (normals @ normal > STEEP))


def _struck(mesh: Mesh, share: FloatArray, depth_m: float) -> tuple[Mesh, float]:
    normals = vertex_normals(mesh.vertices, mesh.triangles)
    lost = Mesh(mesh.vertices - (depth_m * share)[:, None] * normals, mesh.triangles)
    return lost, float(_vertex_areas(mesh) @ share)


def _vertex_areas(mesh: Mesh) -> FloatArray:
    shares = np.repeat(mesh.areas() / 3, 3)
    found = np.bincount(mesh.triangles.ravel(), shares, len(mesh.vertices))
    return np.asarray(found, np.float64)


def noisy(mesh: Mesh, sigma_m: float, seed: int) -> Mesh:
    """Move each vertex along its normal."""
    random = np.random.default_rng(seed)
    normals = vertex_normals(mesh.vertices, mesh.triangles)
    off = random.normal(0, sigma_m, (len(normals), 1))
    return Mesh(mesh.vertices + off * normals, mesh.triangles)


def elsewhere(mesh: Mesh, seed: int) -> Mesh:
    """Put it into another frame."""
    random = np.random.default_rng(seed)
    spin = turning_axis(random.normal(size=3), random.uniform(0.5, np.pi))
    shift = from_parts(np.eye(3), random.normal(0, 0.3, 3))
    return mesh.moved(shift @ spin)
