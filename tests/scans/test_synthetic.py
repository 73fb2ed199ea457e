"""Virtual scans lie on the surface they claim to show, in frames of their own."""

import json
from pathlib import Path

import numpy as np
import open3d as o3d
import pytest

from scans.errors import BadParameter
from scans.forms import KINDS
from scans.geometry.mesh_file import read_master
from scans.geometry.rigid import carry, is_rigid
from scans.readers import read_scan
from scans.synthetic import Scanning, synthesize

NOISE_M = 0.00005
SCANNING = Scanning(scans=2, points=1_500, noise_m=NOISE_M)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_points_lie_on_the_true_surface(kind: str, tmp_path: Path) -> None:
    made = synthesize(kind, tmp_path, seed=3, scanning=SCANNING)
    poses = json.loads((tmp_path / "truth" / "poses.json").read_text())
    surface = read_master(tmp_path / "truth" / "surface.ply")
    assert surface.colours is not None
    assert list(poses) == made["scans"]
    for name, rows in poses.items():
        pose = np.array(rows)
        (scan,) = read_scan(tmp_path / name)
        assert is_rigid(pose)
        assert scan.unit == "m"
        assert scan.colours is not None
        assert 500 < len(scan.points) < 3_000
        assert scan.points[:, 2].max() < 0  # in front of a camera that looks down -z
        placed = carry(scan.points[::10], pose)
        scene = o3d.t.geometry.RaycastingScene()
        scene.add_triangles(
            o3d.core.Tensor.from_numpy(surface.vertices.astype(np.float32)),
            o3d.core.Tensor.from_numpy(surface.triangles.astype(np.uint32)),
        )
        places = o3d.core.Tensor.from_numpy(placed.astype(np.float32))
        nearest = scene.compute_distance(places).numpy()
        # Noise is along the ray, at most three times longer at the flattest angle.
        assert nearest.max() < 6 * 3 * NOISE_M


def test_a_seed_repeats_and_another_differs(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        synthesize("bowl", tmp_path / name, seed=seed, scanning=SCANNING)
    first, again, other = (
        (tmp_path / name / "bowl-00.ply").read_bytes() for name in "abc"
    )
    assert first == again
    assert first != other


def test_unknown_kinds_and_counts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="known kinds are"):
        synthesize("spaceship", tmp_path, seed=0, scanning=SCANNING)
    with pytest.raises(BadParameter):
        synthesize("bowl", tmp_path, seed=0, scanning=Scanning(scans=0))
