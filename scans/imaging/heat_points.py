"""Where a surface lies off its points, as points in space: for viewers that colour a model.

One small file for all levels of detail: a viewer gives each of its vertices the value of
the nearest point. Little-endian: `HPTS0001`, count (u32), limit in mm (f32), lowest
corner (3 x f32) and step (f32) in metres in the master's frame; then count times x, y, z
in steps (u16), then count values (i16) as shares of the limit over 32767, -32768 for none.
"""

import struct
from pathlib import Path

import numpy as np

from scans.geometry.mesh import FloatArray

from .heatmap import Heat

MAGIC = b"HPTS0001"
MOST_POINTS = 40_000  # 320 kB; a vessel of 30 cm every 2 mm
NO_VALUE, FULL = -32_768, 32_767
STEPS = 65_535
SEED = 7


def write_heat_points(heat: Heat, path: Path, *, most: int = MOST_POINTS) -> None:
    """Write the master's vertices with their values, evenly thinned to `most`."""
    vertices, values = _thinned(heat, most)
    low = vertices.min(axis=0)
    step = max(float(np.ptp(vertices, axis=0).max()) / STEPS, 1e-12)
    places = np.rint((vertices - low) / step).astype("<u2")
    known = np.isfinite(values)
    shares = np.clip(np.where(known, values / heat.limit_mm, 0.0), -1.0, 1.0)
    told = np.where(known, np.rint(shares * FULL), NO_VALUE).astype("<i2")
    head = struct.pack("<If3ff", len(vertices), heat.limit_mm, *low, step)
    path.write_bytes(MAGIC + head + places.tobytes() + told.tobytes())


def _thinned(heat: Heat, most: int) -> tuple[FloatArray, FloatArray]:
    """Give vertices about as many for each piece of surface, whatever the mesh's density."""
    corners = heat.master.vertices[heat.master.triangles]
    sides = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(sides, axis=1)
    count = min(most, len(heat.master.vertices))
    ends = np.cumsum(areas)
    # Every so much of the surface one triangle, and of it one corner.
    spread = (np.arange(count) + 0.5) / count * ends[-1]
    faces = np.minimum(np.searchsorted(ends, spread), len(areas) - 1)
    corner = np.random.default_rng(SEED).integers(0, 3, count)
    chosen = np.unique(heat.master.triangles[faces, corner])
    return heat.master.vertices[chosen], heat.by_vertex[chosen]
