"""Casting rays: what the library does not bear."""

import numpy as np
import trimesh

from scans.delivery.rays import RayScene


def test_no_rays_hit_nothing() -> None:
    box = trimesh.creation.box()
    scene = RayScene(box.vertices.astype(np.float32), box.faces.astype(np.uint32))
    none = np.zeros((0, 3), np.float32)
    rays, triangles = scene.all_hits(none, none, reach=1.0)
    assert (len(rays), len(triangles)) == (0, 0)
