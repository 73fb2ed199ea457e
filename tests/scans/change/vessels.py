"""A generated vessel, whole and with a loss whose area and depth are known."""

import numpy as np

from scans.forms import build_form
from scans.geometry.mesh import FloatArray, Mesh, vertex_normals
from scans.geometry.rigid import from_parts, turning_axis

EDGE_M = 0.0003  # over which the loss falls to its depth


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


def outer_spot(mesh: Mesh, seed: int) -> tuple[FloatArray, FloatArray]:
    """Choose a place on the outside, and its normal."""
    random = np.random.default_rng(seed)
    normals = vertex_normals(mesh.vertices, mesh.triangles)
    middle = mesh.vertices.mean(axis=0)
    out = mesh.vertices - middle
    level = np.abs(out[:, 1]) < 0.25 * np.ptp(mesh.vertices[:, 1])
    wide = np.linalg.norm(out[:, [0, 2]], axis=1)
    outer = level & ((out * normals)[:, [0, 2]].sum(axis=1) > 0.8 * wide)
    outer &= wide > 0.8 * wide[level].max()
    index = int(random.choice(np.flatnonzero(outer)))
    return mesh.vertices[index], normals[index]


def with_loss(
    mesh: Mesh, *, area_m2: float, depth_m: float, seed: int = 0
) -> tuple[Mesh, float]:
    """Take a round flake off; give the mesh and the area that was lost, square metres."""
    place, normal = outer_spot(mesh, seed)
    normals = vertex_normals(mesh.vertices, mesh.triangles)
    radius = np.sqrt(area_m2 / np.pi)
    off = np.linalg.norm(mesh.vertices - place, axis=1)
    share = np.clip((radius - off) / EDGE_M + 0.5, 0, 1) * (normals @ normal > 0.3)
    lost = Mesh(mesh.vertices - (depth_m * share)[:, None] * normals, mesh.triangles)
    areas = np.bincount(
        mesh.triangles.ravel(), np.repeat(mesh.areas() / 3, 3), len(mesh.vertices)
    )
    return lost, float(areas @ share)


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
