"""Small solids made in memory, known exactly."""

import numpy as np

from scans.geometry.mesh import FloatArray, Mesh

UP_IS_Y = np.eye(4)


def sphere(radius: float, *, rings: int, segments: int) -> Mesh:
    """A closed sphere round the origin, outward faces, exact normals."""
    polar = np.linspace(0, np.pi, rings + 1)[1:-1]
    turn = np.arange(segments) * 2 * np.pi / segments
    slope, around = np.meshgrid(polar, turn, indexing="ij")
    belt = np.stack(
        [
            np.sin(slope) * np.sin(around),
            np.cos(slope),
            np.sin(slope) * np.cos(around),
        ],
        axis=-1,
    ).reshape(-1, 3)
    unit = np.vstack([belt, (0, 1, 0), (0, -1, 0)])
    return Mesh(unit * radius, _sphere_triangles(rings - 1, segments), unit)


def _sphere_triangles(belts: int, segments: int) -> np.ndarray:
    here = np.arange(segments)
    there = (here + 1) % segments
    top, bottom = belts * segments, belts * segments + 1
    strips = [
        np.vstack(
            [
                np.column_stack([a + here, b + here, a + there]),
                np.column_stack([a + there, b + here, b + there]),
            ]
        )
        for a, b in ((k * segments, (k + 1) * segments) for k in range(belts - 1))
    ]
    last = (belts - 1) * segments
    caps = [
        np.column_stack([np.full(segments, top), here, there]),
        np.column_stack([np.full(segments, bottom), last + there, last + here]),
    ]
    return np.vstack([*strips, *caps]).astype(np.int32)


def coloured(mesh: Mesh) -> Mesh:
    """Paint: red where it looks to +Z (the front), green to +X, blue behind, grey above."""
    x, y, z = (mesh.vertices / np.abs(mesh.vertices).max()).T
    grey = 60 + 20 * y
    red, green, blue = (grey + 150 * np.clip(share, 0, 1) for share in (z, x, -z))
    colours = np.rint(np.column_stack([red, green, blue])).astype(np.uint8)
    return Mesh(mesh.vertices, mesh.triangles, mesh.normals, colours)


def lumpy(mesh: Mesh, height: float) -> Mesh:
    """Give a surface waves, so that simplifying it loses something."""
    unit = mesh.vertices / np.linalg.norm(mesh.vertices, axis=1, keepdims=True)
    wave = np.prod(np.sin(unit * 17 + 1), axis=1)
    return Mesh(mesh.vertices + unit * wave[:, None] * height, mesh.triangles)


def box(width: float, height: float, depth: float) -> Mesh:
    """A box round the origin, twelve triangles."""
    corners = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    triangles = [
        *((0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1)),
        *((2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3)),
    ]
    half = np.array([width, height, depth]) / 2
    return Mesh(corners * half, np.array(triangles, np.int32))


def turned(degrees: float, axis: tuple[float, float, float]) -> FloatArray:
    """A rigid motion: a turn about an axis and some shift."""
    x, y, z = np.array(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.deg2rad(degrees)
    motion = np.eye(4)
    motion[:3, :3] += np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    motion[:3, 3] = (0.3, -0.2, 5.0)
    return motion
