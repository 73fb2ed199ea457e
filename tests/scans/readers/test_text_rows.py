"""Rows of numbers come out the same, whatever a program puts between and above them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from scans.errors import UnreadableScan
from scans.readers import read_scan

POINTS = np.random.default_rng(2).normal(size=(60, 3)).round(4)
COLOURS = np.random.default_rng(3).integers(0, 256, (60, 3))
Row = Callable[[list[float]], str]


def joined(mark: str) -> Row:
    return lambda row: mark.join(f"{value:.4f}" for value in row)


def quoted(row: list[float]) -> str:
    """As tables are saved where the decimal sign is a comma."""
    return ",".join(f'"{value:.4f}"'.replace(".", ",") for value in row)


@pytest.mark.parametrize(
    "row",
    [*map(joined, ["|", " | ", ":", "/", "&", "~", ";", "\t", ", "]), quoted],
)
def test_any_separator(tmp_path: Path, row: Row) -> None:
    path = tmp_path / "a.xyz"
    path.write_text("\n".join(row(point) for point in POINTS.tolist()) + "\n")
    (scan,) = read_scan(path)
    np.testing.assert_array_equal(scan.points, POINTS)


@pytest.mark.parametrize("blank", ["\u00a0", "\u2009", "\u3000"])
def test_blanks_and_signs_of_other_alphabets(tmp_path: Path, blank: str) -> None:
    path = tmp_path / "a.txt"
    rows = [joined(blank)(point).replace("-", "\u2212") for point in POINTS.tolist()]
    path.write_text("\n".join(rows), encoding="utf-8")
    (scan,) = read_scan(path)
    np.testing.assert_array_equal(scan.points, POINTS)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_headings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    head = "X坐标（毫米）,Y坐标（毫米）,Z坐标（毫米）,法向X,法向Y,法向Z,红,绿,蓝,强度\n"
    rows = [
        ",".join(map(str, [*place, 0, 0, 1, *colour, 7]))
        for place, colour in zip(POINTS.tolist(), COLOURS.tolist(), strict=True)
    ]
    path.write_text(head + "\n".join(rows), encoding=encoding)
    (scan,) = read_scan(path)
    np.testing.assert_array_equal(scan.points, POINTS)
    assert scan.colours is not None
    np.testing.assert_array_equal(scan.colours, COLOURS)
    assert scan.normals is not None
    np.testing.assert_array_equal(scan.normals[0], [0, 0, 1])
    assert scan.intensities is not None
    assert scan.unit == "mm"


@pytest.mark.parametrize("remark", ["# 单位：毫米", "# 单位为毫米", "# unit = mm"])
def test_a_unit_in_a_remark(tmp_path: Path, remark: str) -> None:
    path = tmp_path / "a.asc"
    path.write_text(f"{remark}\n1 2 3\n4 5 6\n7 8 10\n", encoding="utf-8")
    assert read_scan(path)[0].unit == "mm"


def test_a_unit_in_headings(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("X_cm,Y_cm,Z_cm\n1,2,3\n4,5,6\n7,8,10\n")
    assert read_scan(path)[0].unit == "cm"


def test_shares_of_one_behind_places_are_colours(tmp_path: Path) -> None:
    path = tmp_path / "a.xyz"
    rows = np.hstack([POINTS, COLOURS / 255.0])
    np.savetxt(path, rows, fmt="%.6f")
    (scan,) = read_scan(path)
    assert scan.colours is not None
    np.testing.assert_array_equal(scan.colours, COLOURS)


def test_of_columns_with_one_name_the_first_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "\n".join(["1,2,3,9,9,9", "4,5,6,9,9,9", "7,8,10,9,9,9"])
    path.write_text("x,y,z,x,y,z\n" + rows + "\n")
    np.testing.assert_array_equal(read_scan(path)[0].points[2], [7, 8, 10])


@pytest.mark.parametrize("head", ["\ufeffply", "PLY"])
def test_a_ply_behind_a_mark_or_in_capitals_keeps_its_faces(
    tmp_path: Path, head: str
) -> None:
    path = tmp_path / "a.ply"
    text = (
        f"{head}\nformat ascii 1.0\ncomment 单位: 毫米\nelement vertex 3\n"
        "property float x\nproperty float y\nproperty float z\nelement face 1\n"
        "property list uchar int vertex_indices\nend_header\n"
        "0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n"
    )
    path.write_text(text, encoding="utf-8")
    (scan,) = read_scan(path)
    assert scan.triangles is not None
    assert (scan.unit, scan.findings) == ("mm", ())


PLACES = np.random.default_rng(4).normal(size=(60, 3)).round(5)
ROWS = "".join("{:.5f} {:.5f} {:.5f}\n".format(*row) for row in PLACES.tolist())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32"])
def test_wide_letters_without_a_mark(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.xyz"
    path.write_bytes(ROWS.encode(encoding))
    np.testing.assert_array_equal(read_scan(path)[0].points, PLACES)


@pytest.mark.parametrize("suffix", [".xyz", ".csv", ".pts", ".pcd"])
def test_rows_behind_long_remarks(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    head = "# Units: mm\n" + f"# {'x' * 100}\n" * 900
    if suffix == ".pcd":
        head += "VERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\n"
        head += "WIDTH 60\nHEIGHT 1\nPOINTS 60\nDATA ascii\n"
    path.write_text(head + ROWS)
    (scan,) = read_scan(path)
    np.testing.assert_allclose(scan.points, PLACES, atol=1e-6)
    assert suffix == ".pcd" or scan.unit == "mm"


@pytest.mark.parametrize(
    ("head", "row", "left_out"),
    [
        ("name,x,y,z,part\n", "p{0},{1},{2},{3},handle\n", 2),
        ("x;y;z;note\n", "{1};{2};{3};seen twice\n", 1),
        ("time,x,y,z\n", "2026-11-22 10:00:01,{1},{2},{3}\n", 1),
        ("", "p{0} {1} {2} {3}\n", 1),
    ],
)
def test_columns_of_words_are_left_out(
    tmp_path: Path, head: str, row: str, left_out: int
) -> None:
    path = tmp_path / "a.csv"
    rows = (row.format(k, *place) for k, place in enumerate(PLACES.tolist()))
    path.write_text(head + "".join(rows))
    (scan,) = read_scan(path)
    np.testing.assert_array_equal(scan.points, PLACES)
    (told,) = scan.findings
    assert (told.code, told.facts["columns"]) == ("columns-left-out", left_out)


def test_an_empty_cell_beside_words_shifts_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"p{k},{x},{y},{z}\n" for k, (x, y, z) in enumerate(PLACES.tolist())]
    rows[5] = "p5,,1,2\n"
    path.write_text("name,x,y,z\n" + "".join(rows))
    (scan,) = read_scan(path)
    np.testing.assert_array_equal(scan.points, np.delete(PLACES, 5, axis=0))


def test_words_among_columns_that_nobody_names_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xyz"
    rows = (f"p {x} {y} {z} {x}\n" for x, y, z in PLACES.tolist())
    path.write_text("".join(rows))
    with pytest.raises(UnreadableScan, match="numbers only"):
        read_scan(path)
