"""Every kind of bad file is refused with a sentence that names it and says what to do."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import laspy
import numpy as np
import pytest

from scans.errors import (
    EmptyScan,
    FlatScan,
    NoFinitePoints,
    OversizedScan,
    ScanError,
    TruncatedScan,
    UnknownFormat,
    UnreadableArchive,
    UnreadableScan,
)
from scans.geometry.cloud_file import write_cloud
from scans.readers import ReadLimits, read_scan

HEADER = "ply\nformat {form} 1.0\nelement vertex {count}\n"
PLACES = "property float x\nproperty float y\nproperty float z\nend_header\n"


def ply(path: Path, rows: str, *, count: int) -> Path:
    path.write_text(HEADER.format(form="ascii", count=count) + PLACES + rows)
    return path


def empty(folder: Path) -> Path:
    path = folder / "empty.ply"
    path.write_bytes(b"")
    return path


def no_points(folder: Path) -> Path:
    return ply(folder / "none.ply", "", count=0)


def not_a_ply(folder: Path) -> Path:
    path = folder / "letter.ply"
    path.write_text("Dear curator, the scans are on the way.")
    return path


def headless(folder: Path) -> Path:
    path = folder / "headless.ply"
    path.write_text("ply\nformat ascii 1.0\nelement vertex 3\n")
    return path


def cut_in_binary(folder: Path) -> Path:
    path = folder / "cut.ply"
    write_cloud(path, np.random.default_rng(0).random((500, 3)), None)
    path.write_bytes(path.read_bytes()[:-700])
    return path


def cut_in_long_text(folder: Path) -> Path:
    """Numbers of many digits: what is left is longer than the shortest whole file."""
    return ply(folder / "long.ply", "0.123456 0.234567 0.345678\n" * 137, count=500)


def cut_in_text_of_faces(folder: Path) -> Path:
    path = folder / "faces.ply"
    faces = "element face 2\nproperty list uchar int vertex_indices\n"
    head = HEADER.format(form="ascii", count=4) + PLACES.replace("end_", f"{faces}end_")
    path.write_text(head + "0 0 0\n1.25 0 0\n0 1.25 0\n0 0 1.25\n3 0 1 2\n3 0\n")
    return path


def cut_in_text(folder: Path) -> Path:
    return ply(folder / "cut-text.ply", "0 0 0\n1 0 0\n0 1 0\n", count=30)


def all_nan(folder: Path) -> Path:
    return ply(folder / "nan.ply", "nan nan nan\n" * 4, count=4)


def one_place(folder: Path) -> Path:
    return ply(folder / "dot.ply", "1 2 3\n" * 4, count=4)


def words_for_numbers(folder: Path) -> Path:
    path = folder / "words.xyz"
    path.write_text("1 2 3\n4 five 6\n7 8 9\n")
    return path


def two_columns(folder: Path) -> Path:
    path = folder / "flat.xyz"
    path.write_text("1 2\n3 4\n")
    return path


def unfinished_pts(folder: Path) -> Path:
    path = folder / "short.pts"
    path.write_text("100\n1 2 3\n4 5 6\n7 8 10\n")
    return path


def cut_ptx(folder: Path) -> Path:
    path = folder / "cut.ptx"
    frame = "0 0 0\n1 0 0\n0 1 0\n0 0 1\n1 0 0 0\n0 1 0 0\n0 0 1 0\n0 0 0 1\n"
    path.write_text("3\n1\n" + frame + "1 2 3 0.5\n4 5 6 0.5\n7 8")
    return path


def unknown(folder: Path) -> Path:
    path = folder / "scan.blend"
    path.write_bytes(b"BLENDER")
    return path


def broken_las(folder: Path) -> Path:
    path = folder / "broken.las"
    path.write_bytes(b"LASF" + bytes(400))
    return path


def written_las(path: Path, header: laspy.LasHeader) -> bytearray:
    held = laspy.LasData(header)
    held.x, held.y, held.z = np.random.default_rng(0).random((3, 200))
    held.write(str(path))
    return bytearray(path.read_bytes())


def las_of_no_steps(folder: Path) -> Path:
    """A LAS whose x is multiplied by nothing: all its points would lie in a plane."""
    path = folder / "steps.las"
    data = written_las(path, laspy.LasHeader(point_format=0, version="1.2"))
    data[131:139] = bytes(8)
    path.write_bytes(data)
    return path


def laz_of_too_many_chunks(folder: Path) -> Path:
    """A LAZ whose table claims a billion chunks: lazrs would end the process."""
    path = folder / "chunks.laz"
    data = written_las(path, laspy.LasHeader(point_format=6, version="1.4"))
    start = int.from_bytes(data[96:100], "little")
    table = int.from_bytes(data[start : start + 8], "little")
    data[table + 4 : table + 8] = (1 << 30).to_bytes(4, "little")
    path.write_bytes(data)
    return path


def damaged_lzma(folder: Path) -> Path:
    path = folder / "lzma.zip"
    rows = "\n".join(f"{k} {k * k % 97} {k % 7}" for k in range(500))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.xyz", rows)
    data = bytearray(path.read_bytes())
    data[80:90] = b"\xff" * 10
    path.write_bytes(data)
    return path


def faces_of_no_number(folder: Path) -> Path:
    """What our reader refuses makes trimesh raise a SyntaxError."""
    path = folder / "odd.ply"
    head = HEADER.format(form="binary_little_endian", count=3)
    faces = "element face 1\nproperty list float float vertex_indices\nend_header\n"
    body = np.eye(3, dtype="<f4").tobytes() + struct.pack("<4f", np.nan, 0, 1, 2)
    path.write_bytes((head + PLACES.replace("end_header\n", faces)).encode() + body)
    return path


def not_an_e57(folder: Path) -> Path:
    path = folder / "room.e57"
    path.write_bytes(b"PK\x03\x04" + bytes(200))
    return path


def broken_glb(folder: Path) -> Path:
    path = folder / "broken.glb"
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 9999) + bytes(20))
    return path


def bad_pcd(folder: Path) -> Path:
    path = folder / "bad.pcd"
    path.write_text("VERSION .7\nFIELDS x y z\nPOINTS many\nDATA ascii\n1 2 3\n")
    return path


def wild_triangles(folder: Path) -> Path:
    path = folder / "wild.off"
    path.write_text("OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 7\n")
    return path


CASES: list[tuple[Callable[[Path], Path], type[ScanError]]] = [
    (empty, EmptyScan),
    (no_points, EmptyScan),
    (not_a_ply, UnreadableScan),
    (headless, TruncatedScan),
    (cut_in_binary, TruncatedScan),
    (cut_in_text, TruncatedScan),
    (cut_in_long_text, TruncatedScan),
    (cut_in_text_of_faces, TruncatedScan),
    (all_nan, NoFinitePoints),
    (one_place, FlatScan),
    (words_for_numbers, UnreadableScan),
    (two_columns, UnreadableScan),
    (unfinished_pts, TruncatedScan),
    (cut_ptx, TruncatedScan),
    (unknown, UnknownFormat),
    (broken_las, UnreadableScan),
    (las_of_no_steps, UnreadableScan),
    (faces_of_no_number, UnreadableScan),
    (laz_of_too_many_chunks, UnreadableScan),
    (damaged_lzma, UnreadableArchive),
    (not_an_e57, UnreadableScan),
    (broken_glb, TruncatedScan),
    (bad_pcd, UnreadableScan),
    (wild_triangles, UnreadableScan),
]


@pytest.mark.parametrize(
    ("make", "cause"), CASES, ids=[make.__name__ for make, _ in CASES]
)
def test_a_bad_file_is_refused_with_a_sentence(
    make: Callable[[Path], Path], cause: type[ScanError], tmp_path: Path
) -> None:
    path = make(tmp_path)
    with pytest.raises(cause) as refused:
        read_scan(path)
    assert path.name in str(refused.value)
    assert str(refused.value) == refused.value.sentence.format(**refused.value.facts)
    assert refused.value.code != "scan-error"


def test_a_claim_above_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.ply"
    write_cloud(path, np.random.default_rng(0).random((50, 3)), None)
    with pytest.raises(OversizedScan) as refused:
        read_scan(path, ReadLimits(points=10))
    assert refused.value.facts["found"] == 50
    with pytest.raises(OversizedScan):
        read_scan(path, ReadLimits(file_bytes=100))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableScan):
        read_scan(tmp_path / "gone.ply")
