"""STL and OFF in all their kinds."""

import struct
from pathlib import Path

import numpy as np
import pytest
import trimesh

from scans.errors import EmptyScan, TruncatedScan, UnreadableScan
from scans.readers.off import read_off
from scans.readers.stl import read_stl

BOX = trimesh.creation.box()


@pytest.mark.parametrize("kind", ["stl", "stl_ascii"])
def test_stl_has_its_corners_joined(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.stl"
    BOX.export(path, file_type=kind)
    scan = read_stl(path)
    assert scan.triangles is not None
    assert (len(scan.points), len(scan.triangles)) == (8, 12)
    a, b, c = (scan.points[scan.triangles[:, k]] for k in range(3))
    assert (np.cross(a, b) * c).sum() / 6 == pytest.approx(1.0)
    assert not scan.findings


def test_stl_that_begins_like_text_and_has_colours(tmp_path: Path) -> None:
    path = tmp_path / "a.stl"
    data = bytearray(BOX.export(file_type="stl"))
    data[:80] = b"solid COLOR=\xff\x00\x00\xff".ljust(80)
    path.write_bytes(data)
    scan = read_stl(path)
    assert len(scan.points) == 8
    assert [finding.code for finding in scan.findings] == ["stl-colours"]


def test_stl_of_several_solids_in_capitals(tmp_path: Path) -> None:
    path = tmp_path / "a.stl"
    text = BOX.export(file_type="stl_ascii")
    path.write_text((text + "\n" + text).upper())
    assert len(read_stl(path).points) == 8


def test_stl_whose_solid_is_named_with_any_words(tmp_path: Path) -> None:
    path = tmp_path / "a.stl"
    named = BOX.export(file_type="stl_ascii").replace("solid ", "solid a vertex of ", 1)
    path.write_text(named)
    assert len(read_stl(path).points) == 8


def test_stl_with_a_number_that_signals(tmp_path: Path) -> None:
    path = tmp_path / "a.stl"
    data = bytearray(BOX.export(file_type="stl"))
    data[96:100] = bytes.fromhex("010080ff")  # the first corner's x
    path.write_bytes(data)
    assert np.isnan(read_stl(path).points).any(axis=1).sum() == 1


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("keyword", ["OFF\n", "OFF # made here\n", ""])
def test_off_with_or_without_its_keyword(
    tmp_path: Path, keyword: str, ends: str
) -> None:
    path = tmp_path / "a.off"
    text = keyword + BOX.export(file_type="off").removeprefix("OFF\n")
    path.write_bytes(text.replace("\n", ends).encode())
    scan = read_off(path)
    assert scan.triangles is not None
    assert (len(scan.points), len(scan.triangles)) == (8, 12)


@pytest.mark.parametrize("cut", [100, 30, 83])
def test_stl_that_breaks_off(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.stl"
    path.write_bytes(BOX.export(file_type="stl")[:-cut])
    with pytest.raises(TruncatedScan):
        read_stl(path)
    path.write_text(BOX.export(file_type="stl_ascii")[:-cut])
    with pytest.raises(TruncatedScan):
        read_stl(path)


def test_stl_that_claims_a_billion(tmp_path: Path) -> None:
    path = tmp_path / "a.stl"
    path.write_bytes(bytes(80) + struct.pack("<I", 1_000_000_000) + bytes(50))
    with pytest.raises(TruncatedScan):
        read_stl(path)
    path.write_bytes(bytes(84))
    with pytest.raises(EmptyScan):
        read_stl(path)


SQUARE = "0 0 0{0}\n1 0 0{0}\n1 1 0{0}\n0 1 0{0}\n"


@pytest.mark.parametrize(
    ("head", "row", "colour"),
    [
        ("OFF\n4 1 4\n", "", None),
        ("OFF 4 1 4 # on one line\n# and a comment\n", "", None),
        ("COFF\n4 1 0\n", " 255 128 0 255", [255, 128, 0]),
        ("COFF\n4 1 0\n", " 1.0 0.5 0.0 1.0", [255, 128, 0]),
        ("OFF\n4 1 0\n", " 255 128 0", [255, 128, 0]),
        ("NOFF\n4 1 0\n", " 0 0 1", None),
        ("CNOFF\n4 1 0\n", " 0 0 1 255 128 0 255", [255, 128, 0]),
    ],
)
def test_off(tmp_path: Path, head: str, row: str, colour: list[int] | None) -> None:
    path = tmp_path / "a.off"
    path.write_text(head + SQUARE.format(row) + "4 0 1 2 3 0.5 0.5 0.5\n")
    scan = read_off(path)
    assert scan.triangles is not None
    assert (len(scan.points), len(scan.triangles)) == (4, 2)
    assert (scan.normals is not None) == ("N" in head.split()[0])
    if colour is None:
        assert scan.colours is None
    else:
        np.testing.assert_array_equal(scan.colours, [colour] * 4)


def test_binary_off(tmp_path: Path) -> None:
    path = tmp_path / "a.off"
    places = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], ">f4")
    faces = np.array([3, 0, 1, 2, 0, 3, 0, 2, 3, 1], ">i4").tobytes()
    faces += np.array([0.5], ">f4").tobytes()
    head = b"OFF BINARY\n" + np.array([4, 2, 0], ">i4").tobytes()
    path.write_bytes(head + places.tobytes() + faces)
    scan = read_off(path)
    np.testing.assert_array_equal(scan.points, places)
    np.testing.assert_array_equal(scan.triangles, [[0, 1, 2], [0, 2, 3]])
    path.write_bytes(head + places.tobytes() + faces[:-8])
    with pytest.raises(TruncatedScan):
        read_off(path)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("OFF\n", EmptyScan),
        ("OFF\n0 0 0\n", EmptyScan),
        ("OFF\n353535235358 1 0\n0 0 0\n", TruncatedScan),
        ("OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1\n", TruncatedScan),
        ("OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 7\n", UnreadableScan),
        ("OFF\n3 0 0\n0 0\n1 0\n0 1\n", UnreadableScan),
        ("4OFF\n1 0 0\n0 0 0 0\n", None),
        ("nOFF\n4\n1 0 0\n0 0 0 0\n", UnreadableScan),
        ("Dear curator", UnreadableScan),
    ],
)
def test_bad_off(tmp_path: Path, text: str, cause: type[Exception] | None) -> None:
    path = tmp_path / "a.off"
    path.write_text(text)
    if cause is None:
        assert len(read_off(path).points) == 1
        return
    with pytest.raises(cause):
        read_off(path)


def test_off_whose_lines_break_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "a.off"
    path.write_text("OFF 3 1 0 0 0 0 1 0 0 0 1 0 3 0 1 2")
    scan = read_off(path)
    assert scan.triangles is not None
    assert scan.points.tolist() == [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
    assert scan.triangles.tolist() == [[0, 1, 2]]
    path.write_text("OFF 3 1 0 0 0 0 1 0 0 0 1 0 3 0 1")
    with pytest.raises(TruncatedScan):
        read_off(path)
