"""A painting is the same after it was stored, and follows its triangles."""

import json
from pathlib import Path

import numpy as np

from scans.geometry.mesh import Mesh
from scans.geometry.painting import Painting, joined_paintings
from scans.geometry.scan import Scan
from scans.scan_store import load_scans, save_scans
from scans.stages.surfacing import take_mesh


def _painting(shades: list[int]) -> Painting:
    """One picture, three triangles, the last of them without."""
    picture = np.zeros((2, 4, 3), np.uint8) + np.array(shades, np.uint8)
    uvs = np.arange(18, dtype=np.float32).reshape(3, 3, 2) / 18
    return Painting(
        (picture,), np.array([0, 0, -1], np.int16), np.asarray(uvs, np.float32)
    )


POINTS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [2, 2, 2]], float)
TRIANGLES = np.array([[0, 1, 2], [1, 3, 2], [3, 4, 2]], np.int32)


def test_what_is_stored_comes_back(tmp_path: Path) -> None:
    painting = _painting([1, 2, 3])
    scan = Scan("a.obj", "OBJ", POINTS, triangles=TRIANGLES, painting=painting)
    save_scans(tmp_path, [scan])
    found = load_scans(tmp_path)[0].painting
    assert found is not None
    np.testing.assert_array_equal(found.pictures[0], painting.pictures[0])
    np.testing.assert_array_equal(found.picture, painting.picture)
    np.testing.assert_array_equal(found.uvs, painting.uvs)


def test_a_scan_without_one_comes_back_without(tmp_path: Path) -> None:
    save_scans(tmp_path, [Scan("a.obj", "OBJ", POINTS, triangles=TRIANGLES)])
    assert load_scans(tmp_path)[0].painting is None


def test_it_follows_its_triangles() -> None:
    painting = _painting([1, 2, 3])
    mesh = Mesh(POINTS, TRIANGLES, painting=painting)
    kept = mesh.only(np.array([False, True, True])).painting
    scan = Scan("a.obj", "OBJ", POINTS, triangles=TRIANGLES, painting=painting)
    left = scan.only(np.array([False, True, True, True, True])).painting
    for found in (kept, left):
        assert found is not None
        np.testing.assert_array_equal(found.uvs, painting.uvs[1:])
        assert found.picture.tolist() == [0, -1]


def test_a_mesh_taken_as_it_is_keeps_it_without_its_slivers(tmp_path: Path) -> None:
    painting = _painting([1, 2, 3])
    flat = np.array([[0, 1, 2], [1, 1, 2], [1, 3, 2]], np.int32)
    scan = Scan("a.obj", "OBJ", POINTS, triangles=flat, painting=painting, unit="m")
    poses = tmp_path / "poses.json"
    poses.write_text(json.dumps({"a.obj": np.eye(4).tolist()}))
    mesh = take_mesh(scan, poses, 0.0)
    assert mesh.painting is not None
    assert len(mesh.triangles) == 2
    np.testing.assert_array_equal(mesh.painting.uvs, painting.uvs[[0, 2]])


def test_parts_joined_keep_their_own_pictures() -> None:
    first, second = _painting([1, 1, 1]), _painting([2, 2, 2])
    joined = joined_paintings([first, None, second, first], [3, 2, 3, 3])
    assert joined is not None
    assert joined.picture.tolist() == [0, 0, -1, -1, -1, 1, 1, -1, 0, 0, -1]
    assert [int(picture[0, 0, 0]) for picture in joined.pictures] == [1, 2]
    assert joined_paintings([None, None], [3, 2]) is None
