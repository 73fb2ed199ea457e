"""OBJ as programs really write it: names, pictures, polygons, counting from the end."""

from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from scans.errors import EmptyScan, UnreadableScan
from scans.geometry.polygons import triangulate
from scans.geometry.scan import Scan
from scans.readers.obj import read_obj
from tests.scans.readers.pictured import shows_its_picture

SQUARE = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n"
CORNERS = "vt 0.25 0.25\nvt 0.75 0.25\nvt 0.75 0.75\nvt 0.25 0.75\n"
# Rows of the picture from above; OBJ counts v from below.
PIXELS = np.array(
    [[[10, 20, 30], [250, 0, 0]], [[0, 250, 0], [0, 0, 250]]], dtype=np.uint8
)


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "a.obj"
    path.write_bytes(text.encode(encoding))
    return path


def pictured(folder: Path, *, names: str = "skin.png", on_disk: str = "") -> Path:
    """A square with a material and a picture, the file under another name if asked."""
    Image.fromarray(PIXELS).save(folder / (on_disk or names))
    (folder / "a.mtl").write_text(f"newmtl skin\nKd 0.8 0.8 0.8\nmap_Kd {names}\n")
    face = "mtllib a.mtl\nusemtl skin\nf 1/1 2/2 3/3 4/4\n"
    return written(folder, SQUARE + CORNERS + face)


def painted_as_the_picture(scan: Scan, *codes: str) -> None:
    assert scan.colours is not None
    wanted = [PIXELS[1, 0], PIXELS[1, 1], PIXELS[0, 1], PIXELS[0, 0]]
    np.testing.assert_array_equal(scan.colours, wanted)
    assert [finding.code for finding in scan.findings] == [*codes]


def test_a_picture_becomes_colours(tmp_path: Path) -> None:
    painted_as_the_picture(read_obj(pictured(tmp_path)))


def test_the_picture_comes_along(tmp_path: Path) -> None:
    scan = read_obj(pictured(tmp_path))
    shows_its_picture(scan)
    assert scan.painting is not None
    np.testing.assert_array_equal(scan.painting.pictures[0], PIXELS)


def test_faces_without_a_picture_keep_the_colours_of_their_vertices(
    tmp_path: Path,
) -> None:
    path = pictured(tmp_path)
    bare = "usemtl bare\nv 0 0 1\nf 1 2 5\n"
    path.write_text(path.read_text() + bare)
    painting = read_obj(path).painting
    assert painting is not None
    assert painting.picture.tolist() == [0, 0, -1]


def test_letter_case_and_blanks_in_names(tmp_path: Path) -> None:
    path = pictured(tmp_path, names="Old Skin.PNG", on_disk="old skin.png")
    # It is used, and told: other programs would not find it.
    painted_as_the_picture(read_obj(path), "companion-case")


def test_a_picture_that_lies_in_another_folder_now(tmp_path: Path) -> None:
    path = pictured(tmp_path, names="maps\\skin.png", on_disk="skin.png")
    painted_as_the_picture(read_obj(path))


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("青铜鼎贴图", "gbk"),
        ("土器の破片", "cp932"),
        ("青花瓷器", "big5"),
        ("Krüge", "utf-8"),
    ],
)
def test_names_in_other_encodings(tmp_path: Path, name: str, encoding: str) -> None:
    Image.fromarray(PIXELS).save(tmp_path / f"{name}.png")
    library = f"newmtl 材料\nmap_Kd {name}.png\n".replace("材料", name)
    (tmp_path / f"{name}.mtl").write_bytes(library.encode(encoding))
    face = f"mtllib {name}.mtl\nusemtl {name}\nf 1/1 2/2 3/3 4/4\n"
    path = written(tmp_path, SQUARE + CORNERS + face, encoding)
    painted_as_the_picture(read_obj(path))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le", "utf-8-sig"])
def test_utf_16(tmp_path: Path, encoding: str) -> None:
    scan = read_obj(written(tmp_path, SQUARE + "f 1 2 3 4\n", encoding))
    assert scan.triangles is not None
    assert (len(scan.points), len(scan.triangles)) == (4, 2)


def codes(scan: Scan) -> list[str]:
    return [finding.code for finding in scan.findings]


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    path = pictured(tmp_path)
    (tmp_path / "skin.png").unlink()
    assert codes(read_obj(path)) == ["companion-missing"]
    (tmp_path / "a.mtl").unlink()
    assert codes(read_obj(path)) == ["companion-missing"]


def test_a_picture_that_is_none_is_told(tmp_path: Path) -> None:
    path = pictured(tmp_path)
    (tmp_path / "skin.png").write_bytes(b"GIF89a, or so it says")
    assert codes(read_obj(path)) == ["companion-unreadable"]


@pytest.mark.parametrize("name", ["../skin.png", "/tmp/skin.png", "C:\\skin.png", "x/../../skin.png"])  # fmt: skip  # noqa: S108
def test_names_that_lead_out_are_not_followed(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    path = pictured(folder)
    (folder / "skin.png").rename(tmp_path / "skin.png")
    (folder / "a.mtl").write_text(f"newmtl skin\nmap_Kd {name}\n")
    scan = read_obj(path)
    assert codes(scan) == ["companion-outside"]
    assert scan.colours is None


def test_materials_of_different_colours(tmp_path: Path) -> None:
    (tmp_path / "a.mtl").write_text("newmtl r\nKd 1 0 0\nnewmtl b\nKd 0 0 1\n")
    more = "v 5 5 5\nv 6 5 5\nv 5 6 5\n"
    faces = "mtllib a.mtl\nusemtl r\nf 1 2 3\nusemtl b\nf 5 6 7\n"
    scan = read_obj(written(tmp_path, SQUARE + more + faces))
    assert scan.colours is not None
    np.testing.assert_array_equal(scan.colours[[0, 4]], [[255, 0, 0], [0, 0, 255]])


def test_the_grey_that_programs_write_is_no_colour(tmp_path: Path) -> None:
    (tmp_path / "a.mtl").write_text("newmtl r\nKd 0.8 0.8 0.8\n")
    scan = read_obj(written(tmp_path, SQUARE + "mtllib a.mtl\nusemtl r\nf 1 2 3\n"))
    assert scan.colours is None


def test_colours_of_vertices(tmp_path: Path) -> None:
    rows = "v 0 0 0 1 0 0\nv 1 0 0 0 1 0\nv 0 1 0 0 0 0.5\nf 1 2 3\n"
    scan = read_obj(written(tmp_path, rows))
    assert scan.colours is not None
    np.testing.assert_array_equal(scan.colours, [[255, 0, 0], [0, 255, 0], [0, 0, 128]])


def test_counting_from_the_end_and_lines_that_go_on(tmp_path: Path) -> None:
    text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf -3 -2 \\\n-1\nv 0 0 5\nf -4// -2// -1//\n"
    scan = read_obj(written(tmp_path, text))
    np.testing.assert_array_equal(scan.triangles, [[0, 1, 2], [0, 2, 3]])


def test_several_objects_are_one_mesh(tmp_path: Path) -> None:
    text = "o one\n" + SQUARE + "f 1 2 3 4\no two\n" + SQUARE + "f 5 6 7\n"
    scan = read_obj(written(tmp_path, text))
    assert scan.triangles is not None
    assert (len(scan.points), len(scan.triangles)) == (8, 3)


def test_vertices_alone_are_a_cloud(tmp_path: Path) -> None:
    scan = read_obj(written(tmp_path, SQUARE))
    assert len(scan.points) == 4
    assert scan.triangles is None


def test_a_polygon_that_is_not_convex_is_cut_inside(tmp_path: Path) -> None:
    # An L: a fan from its first corner would cover the notch.
    outline = np.array([[1, 3], [0, 3], [0, 0], [3, 0], [3, 1], [1, 1]], dtype=float)
    points = np.column_stack([outline, np.zeros(6)])
    for start in range(6):
        turned = np.roll(points, start, axis=0)
        cut, owner = triangulate(turned, np.arange(6), np.array([6]))
        a, b, c = (turned[cut[:, k]] for k in range(3))
        areas = np.cross(b - a, c - a)[:, 2] / 2
        assert (areas > 0).all()
        assert areas.sum() == pytest.approx(5.0)
        assert (owner == 0).all()


HUGE = "9" * 23


@pytest.mark.parametrize(
    "face", ["f 1 2 9\n", "f 1 2 x\n", "f 0 1 2\n", f"f 1/{HUGE} 2/1 3/1\n"]
)
def test_faces_of_no_vertices_are_refused(tmp_path: Path, face: str) -> None:
    with pytest.raises(UnreadableScan):
        read_obj(written(tmp_path, SQUARE + face))


@pytest.mark.parametrize(
    "short", ["vn 0 0\nf 1//1 2//1 3//1\n", "vt 0\nf 1/1 2/1 3/1\n"]
)
def test_rows_that_lack_a_number_give_nothing(tmp_path: Path, short: str) -> None:
    scan = read_obj(written(tmp_path, SQUARE + short))
    assert scan.triangles is not None
    assert scan.normals is None


def test_a_face_of_no_corners_is_none(tmp_path: Path) -> None:
    assert read_obj(written(tmp_path, SQUARE + "f #\n")).triangles is None


def test_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmptyScan):
        read_obj(written(tmp_path, "# made by a program\no nothing\n"))


def test_a_real_one_agrees_with_trimesh(shared_data: Path) -> None:
    path = shared_data / "meshes" / "general" / "fuze.obj"
    scan = read_obj(path)
    other = trimesh.load_mesh(path, process=True, merge_tex=True)
    assert scan.triangles is not None
    assert len(scan.triangles) == len(other.faces)
    assert scan.colours is not None
    assert isinstance(other.visual, trimesh.visual.TextureVisuals)
    paint = other.visual.to_color().vertex_colors[:, :3]  # type: ignore[no-untyped-call]
    seen = other.vertices
    nearest = [int(np.argmin(((seen - p) ** 2).sum(axis=1))) for p in scan.points[:200]]
    apart = np.abs(scan.colours[:200].astype(int) - paint[nearest].astype(int))
    assert np.median(apart) <= 8  # it takes the nearest pixel, we mix four
