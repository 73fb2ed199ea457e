"""Depth pictures with poses into one surface: a truncated signed distance in voxels.

Open3D's VoxelBlockGrid (its ScalableTSDFVolume gives nothing for some sequences in 0.20).
Each voxel takes pictures in their order, so its value repeats; only the order of the
vertices does not, and they are sorted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import open3d as o3d
from numpy.typing import NDArray

from scans.errors import NoSurface
from scans.geometry.mesh import Mesh, vertex_normals
from scans.geometry.rigid import inverse
from scans.readers.cameras import Camera

FloatArray = NDArray[np.float64]

BLOCK = 8  # voxels along a block's side
VOXEL_BYTES = 4 * (1 + 1 + 3)  # distance, weight, colour
MARGIN = 4.0  # voxels on either side of the surface that are kept
PIXELS = 2.0  # a voxel is so many pixels wide where the scene typically is
# Spread of a first Kinect's depth by its distance (Nguyen, Izadi, Lovell 2012).
NOISE_AT, NOISE_LEAST, NOISE_GROWTH = 0.4, 0.0012, 0.0019
LEAST_TRIANGLES = 100


@dataclass(frozen=True)
class View:
    """One picture with its pose: (h, w) uint16 depth, (h, w, 3) uint8 colour or None."""

    depth: NDArray[np.uint16]
    colour: NDArray[np.uint8] | None
    pose: FloatArray


@dataclass(frozen=True)
class Rule:
    """voxel_m: width; far_m: depth beyond which nothing counts; seen: pictures that a
    voxel must be seen by."""

    voxel_m: float
    far_m: float
    seen: float


def choose_voxel(
    depths_m: FloatArray, camera: Camera, points: FloatArray, *, memory_bytes: int
) -> float:
    """Choose the voxel by pixel width and noise at the typical depth, then by memory.

    depths_m : (n,) a sample of all depths; points : (m, 3) a sample of all places
    """
    typical = float(np.median(depths_m))
    noise = NOISE_LEAST + NOISE_GROWTH * (typical - NOISE_AT) ** 2
    voxel = max(PIXELS * typical / min(camera.fx, camera.fy), noise)
    while _grid_bytes(points, voxel) > memory_bytes:
        voxel *= 1.25
    return voxel


def fuse(
    views: Iterable[View], camera: Camera, rule: Rule, progress: Callable[[int], None]
) -> Mesh:
    """Fuse pictures into a mesh with colours (where the pictures have them).

    Raises NoSurface.
    """
    core: Any = o3d.core  # its stubs know neither arrays nor plain sizes
    t: Any = o3d.t.geometry
    grid = t.VoxelBlockGrid(
        ("tsdf", "weight", "color"), (core.float32,) * 3, ((1), (1), (3)),
        rule.voxel_m, BLOCK, 10_000, core.Device("CPU:0"),
    )  # fmt: skip
    matrix = core.Tensor(camera.matrix())
    coloured = True
    for number, view in enumerate(views):
        coloured &= view.colour is not None
        blank = np.full((*view.depth.shape, 3), 255, np.uint8)
        colour = blank if view.colour is None else view.colour
        depth = t.Image(core.Tensor(np.ascontiguousarray(view.depth)))
        painted = t.Image(core.Tensor(np.ascontiguousarray(colour)))
        motion = core.Tensor(inverse(view.pose))
        told = (camera.depth_scale, rule.far_m, MARGIN)
        blocks = grid.compute_unique_block_coordinates(depth, matrix, motion, *told)
        grid.integrate(blocks, depth, painted, matrix, matrix, motion, *told)
        progress(number + 1)
    mesh = _sorted(grid.extract_triangle_mesh(rule.seen).to_legacy(), coloured=coloured)
    if len(mesh.triangles) < LEAST_TRIANGLES:
        reason = "the points do not form a surface"
        raise NoSurface(points=len(mesh.vertices), reason=reason)
    return mesh


def _grid_bytes(points: FloatArray, voxel: float) -> int:
    """Memory of all blocks the surface touches, and their neighbours within the margin."""
    cells = np.unique(np.floor(points / (voxel * BLOCK)).astype(np.int64), axis=0)
    # A block's surface is met with MARGIN voxels on both sides, which is one more block.
    return int(2 * len(cells) * BLOCK**3 * VOXEL_BYTES)


def _sorted(made: Any, *, coloured: bool) -> Mesh:
    """Put vertices and triangles into an order of their own."""
    vertices = np.asarray(made.vertices)
    triangles = np.asarray(made.triangles).astype(np.int64)
    order = np.lexsort(vertices.T)
    rank = np.zeros(len(order), np.int64)
    rank[order] = np.arange(len(order))
    triangles = rank[triangles]
    # Begin each triangle with its least corner; that keeps its turn.
    first = np.argmin(triangles, axis=1) if len(triangles) else np.zeros(0, np.int64)
    turns = (first[:, None] + np.arange(3)) % 3
    triangles = np.take_along_axis(triangles, turns, axis=1)
    triangles = triangles[np.lexsort(triangles.T[::-1])]
    places = vertices[order].astype(np.float64)
    colours = None
    if coloured and made.has_vertex_colors():
        levels = np.rint(np.asarray(made.vertex_colors)[order] * 255).clip(0, 255)
        colours = levels.astype(np.uint8)
    mesh = Mesh(places, triangles.astype(np.int32), None, colours)
    mesh = mesh.only(np.asarray(mesh.areas() > 0))
    return Mesh(
        mesh.vertices,
        mesh.triangles,
        vertex_normals(mesh.vertices, mesh.triangles),
        mesh.colours,
    )
