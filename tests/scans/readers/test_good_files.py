"""Every format gives the points, colours and unit that its file holds."""

from pathlib import Path

import laspy
import numpy as np
import pye57
import pytest
import trimesh

from scans.geometry.cloud_file import write_cloud
from scans.readers import expected_points, read_scan

POINTS = np.random.default_rng(0).random((200, 3)) * 0.1
BEFORE = np.array([0.0, 0.0, 1.0])  # a scanner: it stands at the origin
COLOURS = np.random.default_rng(1).integers(0, 255, (200, 3)).astype(np.uint8)


def test_ply_with_its_unit(tmp_path: Path) -> None:
    path = tmp_path / "a.ply"
    write_cloud(path, POINTS, COLOURS)
    (scan,) = read_scan(path)
    np.testing.assert_allclose(scan.points, POINTS, atol=1e-7)
    assert scan.colours is not None
    np.testing.assert_array_equal(scan.colours, COLOURS)
    assert (scan.unit, expected_points(path)) == ("m", 200)


def test_ply_with_odd_headers(tmp_path: Path) -> None:
    path = tmp_path / "old.ply"
    head = "ply\nformat ascii 1.0\nobj_info num_cols 2\nobj_info is_mesh 0\n"
    head += "element vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
    head += "element range_grid 4\nproperty list uchar int vertex_indices\nend_header\n"
    path.write_text(head + "0 0 0\n1 0 0\n0 1 0\n" + "1 0\n1 1\n0\n1 2\n")
    (scan,) = read_scan(path)
    np.testing.assert_array_equal(scan.points, [[0, 0, 0], [1, 0, 0], [0, 1, 0]])
    assert scan.unit == ""


def test_ply_whose_header_ends_its_lines_in_two_ways(tmp_path: Path) -> None:
    path = tmp_path / "mixed.ply"
    mesh = trimesh.creation.box()
    body = mesh.export(file_type="ply")
    path.write_bytes(body.replace(b"end_header\n", b"end_header\r\n", 1))
    (scan,) = read_scan(path)
    assert len(scan.points) == 8
    assert scan.triangles is not None
    np.testing.assert_array_equal(scan.triangles, mesh.faces)


@pytest.mark.parametrize("suffix", ["xyz", "asc", "txt", "pts"])
def test_text(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    rows = "\n".join(
        f"{x:.9f} {y:.9f} {z:.9f} {r} {g} {b}"
        for (x, y, z), (r, g, b) in zip(POINTS, COLOURS, strict=True)
    )
    path.write_text(("200\n" if suffix == "pts" else "# made here\n") + rows + "\n")
    (scan,) = read_scan(path)
    np.testing.assert_allclose(scan.points, POINTS, atol=1e-8)
    assert scan.colours is not None
    np.testing.assert_array_equal(scan.colours, COLOURS)


def test_text_with_commas_and_normals(tmp_path: Path) -> None:
    path = tmp_path / "a.xyz"
    path.write_text("1,2,3,0,0,1\n4,5,6,0,1,0\n7,8,9,1,0,0\n")
    (scan,) = read_scan(path)
    assert scan.normals is not None
    np.testing.assert_allclose(scan.normals[0], [0, 0, 1])


def test_las_with_16_bit_colours(tmp_path: Path) -> None:
    path = tmp_path / "a.las"
    las = laspy.create(point_format=2, file_version="1.2")
    las.change_scaling(scales=[1e-6, 1e-6, 1e-6])
    las.xyz = POINTS
    las.red, las.green, las.blue = (COLOURS.astype(np.uint16) * 257).T
    las.write(path)
    (scan,) = read_scan(path)
    np.testing.assert_allclose(scan.points, POINTS, atol=1e-6)
    assert scan.colours is not None
    np.testing.assert_array_equal(scan.colours, COLOURS)


def test_e57_is_in_metres_and_knows_where_it_stood(tmp_path: Path) -> None:
    path = tmp_path / "a.e57"
    with pye57.E57(str(path), mode="w") as file:
        x, y, z = (POINTS + BEFORE).T
        data = {"cartesianX": x.copy(), "cartesianY": y.copy(), "cartesianZ": z.copy()}
        turn = np.array([1.0, 0.0, 0.0, 0.0])
        file.write_scan_raw(data, rotation=turn, translation=np.array([1.0, 2.0, 3.0]))
    (scan,) = read_scan(path)
    np.testing.assert_allclose(scan.points, POINTS + BEFORE, atol=1e-6)
    assert scan.unit == "m"
    assert scan.viewpoint is not None
    np.testing.assert_array_equal(scan.viewpoint, [0, 0, 0])
    assert scan.pose is not None
    np.testing.assert_allclose(scan.pose[:3, 3], [1, 2, 3])


@pytest.mark.parametrize("suffix", ["obj", "stl", "off", "glb"])
def test_meshes(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    trimesh.creation.box(extents=[1, 2, 3]).export(path)
    (scan,) = read_scan(path)
    np.testing.assert_allclose(np.ptp(scan.points, axis=0), [1, 2, 3])
    assert scan.triangles is not None
    assert len(scan.triangles) == 12
    assert scan.unit == ("m" if suffix == "glb" else "")


def test_pcd(tmp_path: Path) -> None:
    path = tmp_path / "a.pcd"
    head = "VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 3\n"
    head += "HEIGHT 1\nVIEWPOINT 0 0 5 1 0 0 0\nPOINTS 3\nDATA ascii\n"
    path.write_text(head + "0 0 0\n1 0 0\n0 1 0\n")
    (scan,) = read_scan(path)
    assert len(scan.points) == 3
    assert scan.viewpoint is not None
    np.testing.assert_array_equal(scan.viewpoint, [0, 0, 5])


def test_points_without_a_place_are_dropped_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "holes.xyz"
    path.write_text("0 0 0\nnan nan nan\n1 0 0\n0 1 0\n")
    (scan,) = read_scan(path)
    assert len(scan.points) == 3
    assert scan.findings[0].facts["dropped"] == 1


def test_a_unit_becomes_metres(tmp_path: Path) -> None:
    path = tmp_path / "a.xyz"
    path.write_text("0 0 0\n1000 0 0\n0 500 0\n")
    in_metres = read_scan(path)[0].in_metres("mm")
    np.testing.assert_allclose(np.ptp(in_metres.points, axis=0), [1.0, 0.5, 0.0])
