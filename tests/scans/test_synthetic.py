"""Virtual scans lie on the surface they claim to show, in frames of their own."""

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import open3d as o3d
import pytest

from scans import synthetic
from scans.errors import BadParameter
from scans.forms import KINDS, PLAIN, build_form
from scans.forms.fixtures import FIXTURES
from scans.forms.plants import DENT_M, PLANTS
from scans.geometry.mesh import Mesh
from scans.geometry.mesh_file import read_master
from scans.geometry.rigid import FloatArray, carry, is_rigid, turning_axis
from scans.readers import read_scan
from scans.synthetic import Scanning, synthesize, synthesize_cloud

NOISE_M = 0.00005
SCANNING = Scanning(scans=2, points=1_500, noise_m=NOISE_M)
build_once = lru_cache(maxsize=2)(build_form)


@pytest.fixture
def same_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """Build the form of one kind and seed once: it takes most of making its scans."""
    monkeypatch.setattr(synthetic, "build_form", build_once)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_points_lie_on_the_true_surface(kind: str, tmp_path: Path) -> None:
    made = synthesize(kind, tmp_path, seed=3, scanning=SCANNING)
    poses = truth(tmp_path, "poses.json")
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
        nearest = distances(surface, carry(scan.points[::10], pose))
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


def test_what_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="known are"):
        synthesize("spaceship", tmp_path, seed=0, scanning=SCANNING)
    for wrong in (
        {"scans": 0},
        {"fixture": "tray"},
        {"plant": "tree"},
        {"seats": 3},
    ):
        scanning = replace(SCANNING, **wrong)
        with pytest.raises(BadParameter):
            synthesize("bowl", tmp_path, seed=0, scanning=scanning)


@pytest.mark.parametrize("kind", PLAIN)
def test_plain_bodies_look_alike_from_all_around(kind: str) -> None:
    form = build_form(kind, seed=5)
    turned = form.moved(turning_axis(np.array([0.0, 1.0, 0.0]), 0.7))
    # Facets leave them round to half a micrometre at 0.1 m.
    assert distances(form, turned.vertices).max() < 1e-6


@pytest.mark.parametrize("kind", ["bowl", "casket", "handled-jug"])
def test_other_bodies_do_not(kind: str) -> None:
    form = build_form(kind, seed=5)
    turned = form.moved(turning_axis(np.array([0.0, 1.0, 0.0]), 0.7))
    assert distances(form, turned.vertices).max() > 0.003


@pytest.mark.slow
@pytest.mark.usefixtures("same_form")
@pytest.mark.parametrize("fixture", FIXTURES)
def test_fixtures_turn_with_the_object_or_stay(fixture: str, tmp_path: Path) -> None:
    scanning = replace(SCANNING, scans=6, fixture=fixture)
    synthesize("ewer", tmp_path, seed=4, scanning=scanning)
    surface = read_master(tmp_path / "truth" / "surface.ply")
    seats = truth(tmp_path, "truth.json")["seats"]
    assert list(seats.values()) == [0, 0, 0, 0, 1, 1]
    poses, ours, rest = told_apart(tmp_path)
    for name, pose in poses.items():
        assert distances(surface, carry(ours[name], pose)).max() < 6 * 3 * NOISE_M
        assert len(rest[name]) > 200
    # The table is round: in the scanner's frame it is always the same place.
    table = [rest[name] for name in poses]
    apart = [nearest(table[0], other) for other in table[1:]]
    assert max(np.median(each) for each in apart) < 0.003


@pytest.mark.slow
@pytest.mark.usefixtures("same_form")
@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_defect_is_told(plant: str, tmp_path: Path) -> None:
    scanning = Scanning(scans=8, points=1_500, noise_m=NOISE_M, plant=plant)
    made = synthesize("ewer", tmp_path, seed=2, scanning=scanning)
    told = truth(tmp_path, "truth.json")["plant"]
    surface = read_master(tmp_path / "truth" / "surface.ply")
    assert told["kind"] == plant
    files = {path.name for path in tmp_path.glob("*.ply")}
    assert files == set(made["scans"])
    poses = truth(tmp_path, "poses.json")
    if plant == "missing-scan":
        assert told["scans"]
        assert not set(told["scans"]) & files
    elif plant == "doubled-scan":
        first, again = (read_scan(tmp_path / name)[0].points for name in told["scans"])
        assert not np.array_equal(first, again)
        assert np.array_equal(np.sort(first, axis=0), np.sort(again, axis=0))
    elif plant == "two-objects":
        assert set(told["scans"]) == files - set(poses)
        assert len(told["scans"]) == 3
    elif plant == "hole":
        world = in_the_world(tmp_path, poses)
        assert nearest(world, np.array([told["place"]]))[0] > 0.9 * told["radius_m"]
    elif plant == "wrong-unit":
        (scan,) = read_scan(tmp_path / "ewer-00.ply")
        assert np.ptp(scan.points, axis=0).max() > 100
        assert scan.unit == "m"
    elif plant == "noise":
        off = distances(surface, in_the_world(tmp_path, poses))
        assert off.mean() > 3 * 0.5 * NOISE_M
    elif plant == "moved-turntable":
        assert told["from"] == "ewer-04.ply"
        assert truth(tmp_path, "truth.json")["fixture"] == "turntable"


def test_a_dent_is_half_a_millimetre_deep_where_it_is_said(tmp_path: Path) -> None:
    scanning = Scanning(scans=8, points=12_000, noise_m=0.0, plant="dent")
    synthesize("vase", tmp_path, seed=2, scanning=scanning)
    told = truth(tmp_path, "truth.json")["plant"]
    world = in_the_world(tmp_path, truth(tmp_path, "poses.json"))
    off = distances(read_master(tmp_path / "truth" / "surface.ply"), world)
    far = np.linalg.norm(world - told["place"], axis=1)
    assert off[far > told["radius_m"] * 1.01].max() < 2e-6
    assert off[far < 0.15 * told["radius_m"]].max() == pytest.approx(DENT_M, rel=0.1)
    assert np.linalg.norm(world[off.argmax()] - told["place"]) < 0.3 * told["radius_m"]


def test_one_cloud_shows_the_outside_with_its_true_normals(tmp_path: Path) -> None:
    scanning = Scanning(points=20_000, noise_m=0.0001)
    made = synthesize_cloud("ding", tmp_path, seed=1, scanning=scanning)
    (cloud,) = read_scan(tmp_path / made["scans"][0])
    normals = np.load(tmp_path / "truth" / "normals.npy")
    surface = read_master(tmp_path / "truth" / "surface.ply")
    assert len(cloud.points) == len(normals) == 20_000
    assert np.allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-5)
    off = distances(surface, cloud.points)
    assert 0.00003 < off.mean() < 0.0001
    # From 2 mm above the surface nothing lies deeper inside than a millimetre.
    above = cloud.points + 0.002 * normals
    assert np.mean(distances(surface, above) > 0.0015) > 0.97


def truth(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "truth" / name).read_text())
    return found


def in_the_world(folder: Path, poses: dict[str, Any]) -> FloatArray:
    placed = [
        carry(read_scan(folder / name)[0].points, np.array(pose))
        for name, pose in poses.items()
    ]
    return np.vstack(placed)


def told_apart(
    folder: Path,
) -> tuple[dict[str, FloatArray], dict[str, FloatArray], dict[str, FloatArray]]:
    """Poses, points of the object, and points of the rest, by scan."""
    poses = {name: np.array(p) for name, p in truth(folder, "poses.json").items()}
    with np.load(folder / "truth" / "labels.npz") as held:
        labels = {name: held[name] for name in held.files}
    points = {name: read_scan(folder / name)[0].points for name in poses}
    ours = {name: points[name][labels[name]] for name in poses}
    return poses, ours, {name: points[name][~labels[name]] for name in poses}


def distances(surface: Mesh, points: FloatArray) -> FloatArray:
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(
        o3d.core.Tensor.from_numpy(surface.vertices.astype(np.float32)),
        o3d.core.Tensor.from_numpy(surface.triangles.astype(np.uint32)),
    )
    places = o3d.core.Tensor.from_numpy(points.astype(np.float32))
    return np.asarray(scene.compute_distance(places).numpy(), dtype=np.float64)


def nearest(points: FloatArray, wanted: FloatArray) -> FloatArray:
    tree = o3d.core.nns.NearestNeighborSearch(
        o3d.core.Tensor.from_numpy(np.ascontiguousarray(points))
    )
    tree.knn_index()
    found = tree.knn_search(o3d.core.Tensor.from_numpy(np.ascontiguousarray(wanted)), 1)
    return np.asarray(np.sqrt(found[1].numpy().ravel()))
