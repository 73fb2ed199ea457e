"""Folders and archives of scans: what is found, what is refused, what it is called."""

import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scans.digests import file_digest
from scans.errors import NoScans, OversizedScan, ScanError, UnreadableArchive
from scans.geometry.cloud_file import write_cloud
from scans.inputs import choose_recipe, find_inputs, unpacked
from scans.inspection import inspect
from scans.readers import read_scan
from scans.readers.archive import ArchiveLimits, unpack
from scans.recipe import (
    MESH_ONLY,
    POSED_SCANS,
    RANGE_SCANS,
    RGBD_SEQUENCE,
    SINGLE_CLOUD,
)

POINTS = np.random.default_rng(0).random((300, 3))
OBJ = "mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0.5 0.5\nusemtl m\nf 1/1 2/1 3/1\n"


def cloud(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_cloud(path, POINTS, None)
    return path


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def scan(tmp_path: Path) -> bytes:
    return cloud(tmp_path / "made" / "a.ply").read_bytes()


def told(inputs_of: Path, tmp_path: Path) -> list[str]:
    found = find_inputs(inputs_of, workspace=tmp_path / "work")
    return [entry.name for entry in found]


@pytest.mark.parametrize("below", ["", "set/", "one/two/"])
def test_an_archive_is_unpacked_and_its_scans_keep_their_names(
    tmp_path: Path, scan: bytes, below: str
) -> None:
    files = {
        f"{below}a.ply": scan,
        f"{below}b.ply": scan,
        f"{below}notes.txt": b"1 2 3",
    }
    files |= {"__MACOSX/._a.ply": b"x", f"{below}deeper/reference.ply": scan}
    archive = packed(tmp_path / "set.zip", files)
    inputs = find_inputs(archive, workspace=tmp_path / "work")
    assert [e.name for e in inputs] == [
        f"set.zip/{below}a.ply",
        f"set.zip/{below}b.ply",
    ]
    assert {entry.archive for entry in inputs} == {file_digest(archive)}
    assert choose_recipe(inputs) == RANGE_SCANS
    (read,) = map(inputs[1].named, read_scan(inputs[1].path))
    assert read.name == f"set.zip/{below}b.ply"
    assert [s.name for s in read_scan(archive)] == [entry.name for entry in inputs]


def test_what_is_never_asked_for_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def digest(path: Path) -> str:
        read.append(path)
        return "abc"

    monkeypatch.setattr("scans.inputs.file_digest", digest)
    (entry,) = find_inputs(cloud(tmp_path / "a.ply"))
    assert choose_recipe([entry]) == SINGLE_CLOUD
    assert read == []
    assert [entry.sha512, entry.sha512] == ["abc", "abc"]
    assert read == [entry.path]


def test_an_archive_is_unpacked_once(tmp_path: Path, scan: bytes) -> None:
    archive = packed(tmp_path / "set.zip", {"a.ply": scan})
    place, digest = unpacked(archive, tmp_path / "work")
    (place / "mark").touch()
    assert unpacked(archive, tmp_path / "work") == (place, digest)
    assert (place / "mark").exists()


PTX_STATION = """2\n1\n0 0 0\n1 0 0\n0 1 0\n0 0 1
1 0 0 0\n0 1 0 0\n0 0 1 0\n{shift} 0 0 1\n0.1 0.2 1 0.5\n0.3 0.1 1.2 0.5\n"""


@pytest.mark.parametrize(("stations", "recipe"), [(1, SINGLE_CLOUD), (2, POSED_SCANS)])
def test_stations_are_counted_by_their_headers(
    tmp_path: Path, stations: int, recipe: str
) -> None:
    path = tmp_path / "a.ptx"
    path.write_text("".join(PTX_STATION.format(shift=k) for k in range(stations)))
    assert choose_recipe(find_inputs(path)) == recipe
    assert len(read_scan(path)) == stations


def test_what_desktops_hide_is_no_scan(tmp_path: Path) -> None:
    cloud(tmp_path / "set" / "a.ply")
    (tmp_path / "set" / "._a.ply").write_bytes(b"\0\5\x16\7")
    (tmp_path / "set" / ".b.xyz").write_bytes(b"x")
    assert told(tmp_path / "set", tmp_path) == ["a.ply"]


def test_tables_of_points_are_scans_where_there_are_no_others(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    for name in ("front.txt", "back.csv"):
        np.savetxt(folder / name, POINTS, delimiter=",")
    (folder / "notes.txt").write_text("Scanned on 3 May, in 2 turns of 15.\n" * 40)
    np.savetxt(folder / "matrix.txt", np.eye(4))
    assert told(folder, tmp_path) == ["back.csv", "front.txt"]
    assert [f["file"] for f in inspect(folder)["files"]] == ["back.csv", "front.txt"]
    cloud(folder / "a.ply")
    assert told(folder, tmp_path) == ["a.ply"]


@pytest.mark.parametrize(
    ("faces", "recipe"), [("", SINGLE_CLOUD), ("f 1 2 3\n", MESH_ONLY)]
)
def test_vertices_without_faces_are_a_cloud(
    tmp_path: Path, faces: str, recipe: str
) -> None:
    path = tmp_path / "a.obj"
    rows = "".join("v {} {} {}\n".format(*point) for point in POINTS.tolist())
    path.write_text("# Units: mm\n" + rows + faces)
    assert choose_recipe(find_inputs(path)) == recipe
    assert read_scan(path)[0].unit == "mm"


def test_what_an_archive_leaves_closed_is_told_where_it_is_inspected(
    tmp_path: Path, scan: bytes
) -> None:
    inner = packed(tmp_path / "in.zip", {"b.ply": scan}).read_bytes()
    archive = packed(tmp_path / "a.zip", {"a.ply": scan, "in.zip": inner})
    (row,) = inspect(archive)["files"]
    assert [w["code"] for w in row["warnings"]] == ["nested-archive"]
    (row,) = inspect(tmp_path)["files"][:1]
    assert [w["code"] for w in row["warnings"]] == ["nested-archive"]


def test_archives_and_files_side_by_side(tmp_path: Path, scan: bytes) -> None:
    folder = tmp_path / "set"
    cloud(folder / "c.ply")
    packed(folder / "b.zip", {"c.ply": scan})
    assert told(folder, tmp_path) == ["b.zip/c.ply", "c.ply"]


def test_a_folder_one_deep_and_what_lies_beside_scans(tmp_path: Path) -> None:
    cloud(tmp_path / "set" / "inner" / "a.ply")
    assert told(tmp_path / "set", tmp_path) == ["inner/a.ply"]
    assert choose_recipe(find_inputs(tmp_path / "set")) == SINGLE_CLOUD
    cloud(tmp_path / "set" / "b.ply")
    assert told(tmp_path / "set", tmp_path) == ["b.ply"]


def test_a_mesh_with_its_picture_in_an_archive(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4), (200, 100, 50)).save(tmp_path / "skin.png")
    picture = (tmp_path / "skin.png").read_bytes()
    files = {"x/a.obj": OBJ.encode(), "x/A.MTL": b"newmtl m\nmap_Kd Skin.png\n"}
    archive = packed(tmp_path / "m.zip", files | {"x/skin.png": picture})
    (scan,) = read_scan(archive)
    assert scan.colours is not None
    np.testing.assert_array_equal(scan.colours, [[200, 100, 50]] * 3)
    inputs = find_inputs(archive, workspace=tmp_path / "work")
    assert choose_recipe(inputs) == MESH_ONLY


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("青铜鼎-扫描1", "gbk"),
        ("土器の破片", "cp932"),
        ("cafe\u0301", "utf-8"),
        ("Krüge", "cp437"),
    ],
)
def test_names_in_other_encodings(
    tmp_path: Path, scan: bytes, name: str, encoding: str
) -> None:
    raw = f"{name}.ply".encode(encoding)
    stand_in = "x" * len(raw)
    archive = packed(tmp_path / "set.zip", {stand_in: scan})
    archive.write_bytes(archive.read_bytes().replace(stand_in.encode(), raw))
    (found,) = told(archive, tmp_path)
    wanted = {"cp437": found, "utf-8": "set.zip/caf\u00e9.ply"}
    assert found == wanted.get(encoding, f"set.zip/{name}.ply")
    assert found.endswith(".ply")


def test_an_archive_in_an_archive_stays_closed_and_is_told(
    tmp_path: Path, scan: bytes
) -> None:
    inner = packed(tmp_path / "inner.zip", {"b.ply": scan}).read_bytes()
    archive = packed(tmp_path / "set.zip", {"a.ply": scan, "inner.zip": inner})
    (entry,) = find_inputs(archive, workspace=tmp_path / "work")
    assert [finding.facts["file"] for finding in entry.findings] == [
        "set.zip/inner.zip"
    ]


def climbing(path: Path) -> None:
    packed(path, {"../a.ply": b"ply"})


def absolute(path: Path) -> None:
    packed(path, {"/a.ply": b"ply"})


def climbing_backwards(path: Path) -> None:
    packed(path, {"x\\..\\..\\a.ply": b"ply"})


def drive(path: Path) -> None:
    packed(path, {"C:a.ply": b"ply"})


def link(path: Path) -> None:
    info = zipfile.ZipInfo("a.ply")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")


def twice(path: Path) -> None:
    packed(path, {"a.ply": b"ply", "A.PLY": b"ply"})


def encrypted(path: Path) -> None:
    _flagged(packed(path, {"a.ply": b"ply"}), flag=1, method=8)


def deflate64(path: Path) -> None:
    _flagged(packed(path, {"a.ply": b"ply"}), flag=0, method=9)


def _flagged(path: Path, *, flag: int, method: int) -> None:
    data = bytearray(path.read_bytes())
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    struct.pack_into("<HH", data, local + 6, flag, method)
    struct.pack_into("<HH", data, central + 8, flag, method)
    path.write_bytes(data)


def damaged(path: Path) -> None:
    data = bytearray(packed(path, {"a.ply": bytes(range(256)) * 9}).read_bytes())
    data[60:70] = bytes(10)
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(packed(path, {"a.ply": b"ply" * 99}).read_bytes()[:-30])


def lying(path: Path) -> None:
    """Its directory claims less than what comes out."""
    data = bytearray(packed(path, {"a.ply": bytes(5000)}).read_bytes())
    central = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, central + 24, 100)
    path.write_bytes(data)


BAD: list[Callable[[Path], None]] = [
    climbing, absolute, climbing_backwards, drive, link, twice, encrypted, deflate64,
    damaged, cut, lying,
]  # fmt: skip


@pytest.mark.parametrize("make", BAD, ids=[make.__name__ for make in BAD])
def test_bad_archives_are_refused_and_leave_nothing(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "in" / "set.zip"
    path.parent.mkdir()
    make(path)
    with pytest.raises(UnreadableArchive) as refused:
        find_inputs(path, workspace=tmp_path / "work")
    assert "set.zip" in str(refused.value)
    outside = {p for p in tmp_path.rglob("*") if p.is_file() and "work" not in p.parts}
    assert outside == {path}


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = packed(tmp_path / "bomb.zip", {"a.ply": bytes(60_000_000)})
    with pytest.raises(OversizedScan) as refused:
        unpack(path, tmp_path / "work")
    assert refused.value.facts["what"] == "bytes"
    assert not list((tmp_path / "work").iterdir())
    few = ArchiveLimits(members=2)
    path = packed(tmp_path / "many.zip", {f"{n}.ply": b"x" for n in range(3)})
    with pytest.raises(OversizedScan):
        unpack(path, tmp_path / "work", few)


def test_an_archive_without_scans(tmp_path: Path) -> None:
    path = packed(tmp_path / "letters.zip", {"letter.pdf": b"%PDF"})
    with pytest.raises(NoScans):
        find_inputs(path, workspace=tmp_path / "work")
    with pytest.raises(ScanError):
        read_scan(path)


def test_inspecting_an_archive_leaves_nothing_behind(
    tmp_path: Path, scan: bytes
) -> None:
    path = packed(tmp_path / "set.zip", {"a.ply": scan, "b.ply": scan})
    work = tmp_path / "work"
    work.mkdir()
    command = [sys.executable, "-m", "scans", "inspect", str(path), "--work", str(work)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    assert "set.zip/b.ply" in done.stdout
    assert not list(work.iterdir())


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_depth_sequence_is_looked_at_as_one(tmp_path: Path, is_packed: bool) -> None:
    folder = tmp_path / "kinect"
    for part, value in (("depth", 900), ("color", 40)):
        (folder / part).mkdir(parents=True)
        for number in range(2):
            kind = np.uint16 if part == "depth" else np.uint8
            shape = (48, 64) if part == "depth" else (48, 64, 3)
            picture = Image.fromarray(np.full(shape, value, kind))
            picture.save(folder / part / f"{number}.png")
    (folder / "intrinsics.txt").write_text("60 60 32 24")
    place = folder
    if is_packed:
        files = [path for path in folder.rglob("*") if path.is_file()]
        names = {f.relative_to(tmp_path).as_posix(): f.read_bytes() for f in files}
        place = packed(tmp_path / "kinect.zip", names)
    told = inspect(place)
    (row,) = told["files"]
    assert told["recipe"] == RGBD_SEQUENCE
    assert (row["file"], row["format"]) == (place.name, "RGB-D")
    assert (row["frames"], row["points"]) == (2, 2 * 64 * 48)
    np.testing.assert_allclose(row["size_m"][:2], [60 / 60 * 0.9, 44 / 60 * 0.9])


def test_folders_are_looked_into_one_deep(tmp_path: Path) -> None:
    cloud(tmp_path / "set" / "inner" / "a.ply")
    assert [row["file"] for row in inspect(tmp_path / "set")["files"]] == ["a.ply"]
