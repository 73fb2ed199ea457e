"""Colours, normals, intensities, units and poses survive, whichever format brings them."""

import struct
from pathlib import Path

import laspy
import numpy as np
import pye57
import pytest
from laspy.vlrs.known import WktCoordinateSystemVlr

from scans.errors import UnreadableScan
from scans.geometry.rigid import carry
from scans.geometry.scan import Scan
from scans.readers import read_scan
from scans.readers.checks import doubles
from scans.readers.crs import from_geokeys, from_wkt

POINTS = np.random.default_rng(0).random((40, 3)) * 0.1 + [0.0, 0.0, 1.0]
COLOURS = np.random.default_rng(1).integers(2, 255, (40, 3))
LIGHT = np.linspace(-2048, 2047, 40).round()
TURN = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
POSE = "5 6 7\n0 1 0\n-1 0 0\n0 0 1\n0 1 0 0\n-1 0 0 0\n0 0 1 0\n5 6 7 1\n"
FOOT_WKT = (
    'PROJCS["x",GEOGCS["y",DATUM["z",SPHEROID["s",6378137,298]],'
    'PRIMEM["G",0],UNIT["degree",0.0174532925]],PROJECTION["p"],'
    'UNIT["US survey foot",0.304800609601219]]'
)
METRE_WKT2 = (
    'PROJCRS["x",BASEGEOGCRS["y",DATUM["z",ELLIPSOID["e",6378137,298,'
    'LENGTHUNIT["foot",0.3048]]]],CONVERSION["c"],CS[Cartesian,2],'
    'AXIS["e",east],AXIS["n",north],LENGTHUNIT["metre",1]]'
)


def read(path: Path, data: bytes | str) -> Scan:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_scan(path)[0]


def rows(*columns: np.ndarray) -> str:
    table = np.column_stack(columns)
    return "".join(" ".join(f"{v:.6g}" for v in row) + "\n" for row in table)


def test_pts_keeps_intensity_and_colour(tmp_path: Path) -> None:
    scan = read(tmp_path / "a.pts", "40\n" + rows(POINTS, LIGHT, COLOURS))
    assert scan.colours is not None
    assert scan.intensities is not None
    np.testing.assert_array_equal(scan.colours, COLOURS)
    np.testing.assert_array_equal(scan.intensities, LIGHT)


def test_headings_name_columns_and_state_the_unit(tmp_path: Path) -> None:
    text = "row;col;Y [mm];X [mm];Z [mm];Intensity;Nx;Ny;Nz\n"
    body = rows(np.arange(40), np.arange(40), POINTS[:, [1, 0, 2]], LIGHT)
    lines = [f"{line} 0 0 1" for line in body.splitlines()]
    text += "\n".join(lines).replace(" ", ";").replace(".", ",")
    scan = read(tmp_path / "a.csv", text)
    np.testing.assert_allclose(scan.points, POINTS, rtol=1e-5)
    assert scan.unit == "mm"
    assert scan.attributes() == ["normals", "intensities"]


def test_rows_and_columns_without_headings_are_no_places(tmp_path: Path) -> None:
    grid = np.stack(np.meshgrid(range(8), range(5), indexing="ij"), -1).reshape(-1, 2)
    scan = read(tmp_path / "a.xyz", rows(grid, POINTS, COLOURS))
    np.testing.assert_allclose(scan.points, POINTS, rtol=1e-5)
    assert scan.colours is not None
    np.testing.assert_array_equal(scan.colours, COLOURS)


def test_ptx_gives_each_scan_its_own_frame_and_pose(tmp_path: Path) -> None:
    path = tmp_path / "a.ptx"
    empty = "0 0 0 0.5\n"
    path.write_text(
        f"41\n1\n{POSE}{empty}{rows(POINTS, LIGHT)}40\n1\n{POSE}"
        + rows(POINTS, LIGHT, COLOURS)
    )
    first, second = read_scan(path)
    assert (first.name, second.name) == ("a.ptx#1", "a.ptx#2")
    assert len(first.points) == 40
    assert first.pose is not None
    np.testing.assert_allclose(
        carry(first.points, first.pose), POINTS @ TURN.T + [5, 6, 7], atol=1e-5
    )
    assert first.viewpoint is not None
    assert first.findings[-1].facts == {"file": "a.ptx", "stations": 2}
    assert second.colours is not None
    np.testing.assert_array_equal(second.colours, COLOURS)


def test_a_pose_that_scales_is_not_used(tmp_path: Path) -> None:
    scaled = POSE.replace("0 0 1 0\n5", "0 0 2 0\n5")
    scan = read(tmp_path / "a.ptx", f"40\n1\n{scaled}{rows(POINTS, LIGHT)}")
    assert scan.pose is None
    assert [f.code for f in scan.findings] == ["pose-not-rigid"]


def test_an_empty_station_is_told_and_the_others_keep_their_numbers(
    tmp_path: Path,
) -> None:
    station = "2\n1\n0 0 0\n1 0 0\n0 1 0\n0 0 1\n" + "{}\n" * 6
    frame = ["1 0 0 0", "0 1 0 0", "0 0 1 0", "0 0 0 1"]
    full = station.format(*frame, "0.1 0.2 1 0.5", "0.3 0.1 1.2 0.5")
    path = tmp_path / "a.ptx"
    path.write_text(full + station.format(*frame, "0 0 0 0", "0 0 0 0") + full)
    scans = read_scan(path)
    assert [scan.name for scan in scans] == ["a.ptx#1", "a.ptx#3"]
    codes = [finding.code for finding in scans[0].findings]
    assert codes == ["station-left-out", "several-stations"]
    assert scans[0].findings[0].facts["station"] == 2


def test_an_e57_pose_that_cannot_be_true_leaves_its_station_without_one(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.e57"
    points = np.random.default_rng(0).random((50, 3))
    names = ("cartesianX", "cartesianY", "cartesianZ")
    held = dict(zip(names, np.ascontiguousarray(points.T), strict=True))
    with pye57.E57(str(path), mode="w") as file:
        for rotation in (np.zeros(4), np.array([1.0, 0, 0, 0])):
            file.write_scan_raw(held, rotation=rotation, translation=np.zeros(3))
    first, second = read_scan(path)
    assert first.pose is None
    assert second.pose is not None


def test_e57_gives_each_station_its_own_frame_and_pose(tmp_path: Path) -> None:
    path = tmp_path / "a.e57"
    with pye57.E57(str(path), mode="w") as file:
        for shift in (0.0, 10.0):
            x, y, z = POINTS.T.copy()
            data = {"cartesianX": x, "cartesianY": y, "cartesianZ": z}
            names = ("colorRed", "colorGreen", "colorBlue")
            data |= {n: c.astype("u1") for n, c in zip(names, COLOURS.T, strict=True)}
            data["intensity"] = np.linspace(0, 1, 40, dtype=np.float32)
            quarter = np.array([0.5, 0.0, 0.0, 0.5]) * np.sqrt(2)
            file.write_scan_raw(
                data, rotation=quarter, translation=np.array([shift, 0, 0])
            )
    first, second = read_scan(path)
    for scan, shift in ((first, 0.0), (second, 10.0)):
        np.testing.assert_allclose(scan.points, POINTS, atol=1e-6)
        assert scan.pose is not None
        np.testing.assert_allclose(scan.pose[:3, :3], TURN, atol=1e-9)
        assert scan.pose[0, 3] == shift
        assert scan.colours is not None
        np.testing.assert_array_equal(scan.colours, COLOURS)
        assert scan.intensities is not None
        assert scan.intensities[-1] == 1.0


def test_normals_of_a_real_e57(shared_data: Path) -> None:
    (scan,) = read_scan(shared_data / "pointclouds/e57/pye57/testWithNormals.e57")
    assert scan.normals is not None
    np.testing.assert_allclose(np.linalg.norm(scan.normals, axis=1), 1)


def test_an_e57_of_pictures_alone_says_so(shared_data: Path) -> None:
    name = "PinholeImageWithDistortionParameters.e57"
    with pytest.raises(UnreadableScan, match="3 pictures and no points"):
        read_scan(shared_data / "pointclouds/e57/self" / name)


def test_pcd_keeps_packed_colours_intensity_and_viewpoint(tmp_path: Path) -> None:
    packed = COLOURS[:, 0] << 16 | COLOURS[:, 1] << 8 | COLOURS[:, 2]
    head = "FIELDS x y z rgb intensity\nSIZE 8 8 8 4 4\nTYPE F F F F F\n"
    head += (
        "COUNT 1 1 1 1 1\nWIDTH 40\nHEIGHT 1\nVIEWPOINT 1 2 3 1 0 0 0\nDATA binary\n"
    )
    body = b"".join(
        struct.pack("<3dIf", *point, bits, light)
        for point, bits, light in zip(POINTS, packed.tolist(), LIGHT, strict=True)
    )
    scan = read(tmp_path / "a.pcd", head.encode() + body)
    np.testing.assert_array_equal(scan.points, POINTS)
    assert scan.colours is not None
    np.testing.assert_array_equal(scan.colours, COLOURS)
    assert scan.intensities is not None
    np.testing.assert_array_equal(scan.intensities, LIGHT)
    assert scan.viewpoint is not None
    np.testing.assert_array_equal(scan.viewpoint, [1, 2, 3])


def test_las_in_feet_becomes_metres_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.las"
    las = laspy.create(point_format=3, file_version="1.4")
    las.change_scaling(scales=[1e-6, 1e-6, 1e-6])
    las.xyz = POINTS
    las.intensity = np.arange(40)
    las.header.vlrs.append(WktCoordinateSystemVlr(FOOT_WKT))
    las.write(path)
    (scan,) = read_scan(path)
    np.testing.assert_allclose(scan.points, POINTS * 1200 / 3937, atol=1e-6)
    assert scan.unit == "m"
    assert [f.code for f in scan.findings] == ["unit-converted"]
    assert scan.intensities is not None
    np.testing.assert_array_equal(scan.intensities, np.arange(40))


def test_units_of_coordinate_systems() -> None:
    assert from_wkt(FOOT_WKT).metres == pytest.approx(1200 / 3937)
    assert from_wkt(METRE_WKT2).metres == 1.0
    assert from_wkt('GEOGCS["y",UNIT["degree",0.0174532925]]').degrees
    assert from_wkt("").metres == 0.0
    assert from_geokeys({1024: 1, 3072: 32633}).metres == 1.0
    assert from_geokeys({1024: 2}).degrees
    assert from_geokeys({1024: 1, 3076: 9002}).metres == 0.3048


def test_triangle_strips_become_triangles(tmp_path: Path) -> None:
    head = "ply\nformat ascii 1.0\nelement vertex 5\nproperty float x\n"
    head += "property float y\nproperty float z\nelement tristrips 1\n"
    head += "property list int int vertex_indices\nend_header\n"
    body = "0 0 0\n1 0 0\n0 1 0\n1 1 0\n2 1 1\n8 0 1 2 3 -1 1 4 3\n"
    scan = read(tmp_path / "a.ply", head + body)
    assert scan.triangles is not None
    assert scan.triangles.tolist() == [[0, 1, 2], [2, 1, 3], [1, 4, 3]]


def test_places_taken_twice_are_found() -> None:
    points = np.random.default_rng(2).random((1000, 3))
    points[700] = points[3]
    points[900] = points[3]
    points[10], points[11] = [0.0, 1, 2], [-0.0, 1, 2]
    assert np.flatnonzero(doubles(points)).tolist() == [11, 700, 900]


def test_a_file_of_another_kind_than_its_name_says(tmp_path: Path) -> None:
    scan = read(tmp_path / "a.ply", rows(POINTS))
    assert (scan.format, len(scan.points)) == ("XYZ", 40)
    assert [f.code for f in scan.findings] == ["format-by-content"]
