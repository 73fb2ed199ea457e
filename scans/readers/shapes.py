"""Trimesh as a second reader, for what Open3D refuses."""

from pathlib import Path
from typing import Any

import numpy as np
import trimesh

from scans.errors import EmptyScan
from scans.geometry.scan import Scan
from scans.readers.foreign import refusing


def read_with_trimesh(path: Path) -> Scan:
    """Read a file that its own reader refused; raises EmptyScan, UnreadableScan."""
    form = path.suffix.lstrip(".").upper()
    return load_with_trimesh(path, form, reason="it is broken or of another kind")


def load_with_trimesh(path: Path, form: str, *, reason: str) -> Scan:
    """Read a file with trimesh; all parts of a scene in one frame."""
    with refusing(path, reason):
        loaded = trimesh.load(path, process=False)
        part = _joined(loaded)
        colours = _colours(part) if part is not None else None
    if part is None or len(part.vertices) == 0:
        raise EmptyScan(path)
    triangles = getattr(part, "faces", None)
    return Scan(
        name=path.name,
        format=form,
        points=np.array(part.vertices, dtype=np.float64),
        colours=colours,
        triangles=_indices(triangles),
    )


def _joined(loaded: Any) -> Any:
    if isinstance(loaded, trimesh.Scene):
        parts = loaded.dump()
        meshes = [p for p in parts if isinstance(p, trimesh.Trimesh)]
        if meshes:
            return trimesh.util.concatenate(meshes)
        return parts[0] if parts else None
    return loaded


def _indices(triangles: Any) -> np.ndarray | None:
    if triangles is None or len(triangles) == 0:
        return None
    return np.asarray(triangles, dtype=np.int32)


def _has_picture(part: Any) -> bool:
    material = part.visual.material
    held = [getattr(material, n, None) for n in ("image", "baseColorTexture")]
    return any(picture is not None for picture in held)


def _colours(part: Any) -> np.ndarray | None:
    if isinstance(part, trimesh.PointCloud):
        held = part.colors
    elif part.visual.kind == "vertex":
        held = part.visual.vertex_colors
    elif part.visual.kind == "texture" and _has_picture(part):
        held = part.visual.to_color().vertex_colors
    else:
        return None
    array = np.asarray(held)
    if array.ndim != 2 or len(array) != len(part.vertices):
        return None
    return array[:, :3].astype(np.uint8)
