"""Files that Open3D reads: what it gives, as plain arrays."""

from pathlib import Path
from typing import Any

import numpy as np
import open3d as o3d

from scans.geometry.scan import Scan


def read_cloud(path: Path, form: str) -> Scan:
    """Read points with Open3D; no points if it could not."""
    with o3d.utility.VerbosityContextManager(o3d.utility.VerbosityLevel.Error):
        try:
            cloud = o3d.io.read_point_cloud(path, remove_nan_points=False)
        except RuntimeError:  # how its C++ errors arrive
            cloud = o3d.geometry.PointCloud()
    return Scan(
        name=path.name,
        format=form,
        points=np.asarray(cloud.points).copy(),
        normals=_or_none(cloud.normals),
        colours=_bytes_or_none(cloud.colors),
    )


def read_mesh(path: Path, form: str) -> Scan:
    """Read a triangle mesh with Open3D; no points if it could not."""
    with o3d.utility.VerbosityContextManager(o3d.utility.VerbosityLevel.Error):
        try:
            mesh = o3d.io.read_triangle_mesh(path)
        except RuntimeError:  # how its C++ errors arrive
            mesh = o3d.geometry.TriangleMesh()
    return Scan(
        name=path.name,
        format=form,
        points=np.asarray(mesh.vertices).copy(),
        normals=_or_none(mesh.vertex_normals),
        colours=_bytes_or_none(mesh.vertex_colors),
        triangles=np.asarray(mesh.triangles).astype(np.int32),
    )


def _or_none(vectors: Any) -> np.ndarray | None:
    array = np.asarray(vectors)
    return array.copy() if len(array) and np.isfinite(array).all() else None


def _bytes_or_none(colours: Any) -> np.ndarray | None:
    array = np.asarray(colours)
    if not len(array):
        return None
    levels: np.ndarray = np.rint(np.nan_to_num(array) * 255).clip(0, 255)
    return levels.astype(np.uint8)
