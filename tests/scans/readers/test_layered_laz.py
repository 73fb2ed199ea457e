"""Layers of packed points: the sizes they claim are held against the file."""

from pathlib import Path

import laspy
import numpy as np
import pytest

from scans.errors import UnreadableScan
from scans.readers import read_scan
from scans.readers.las import count_las

POINTS = np.random.default_rng(0).random((300, 3)).round(3)


def write_laz(path: Path, layout: int, *, extra: bool) -> None:
    las = laspy.create(point_format=layout, file_version="1.4")
    las.change_scaling(scales=[1e-3] * 3)
    if extra:
        las.add_extra_dim(laspy.ExtraBytesParams("quality", "uint16"))
    las.xyz = POINTS
    las.write(path)


@pytest.mark.parametrize("layout", [6, 7, 8])
@pytest.mark.parametrize("extra", [False, True])
def test_layers_of_all_kinds_are_counted_right(
    tmp_path: Path, layout: int, *, extra: bool
) -> None:
    path = tmp_path / "a.laz"
    write_laz(path, layout, extra=extra)
    (scan,) = read_scan(path)
    np.testing.assert_allclose(scan.points, POINTS, atol=1e-9)


@pytest.mark.parametrize("layer", [0, 8, 9, 11])
def test_a_layer_larger_than_its_chunk_is_refused_before_it_is_read(
    tmp_path: Path, layer: int
) -> None:
    path = tmp_path / "a.laz"
    write_laz(path, 7, extra=True)
    with laspy.open(path) as file:
        start = file.header.offset_to_point_data + 8 + file.header.point_format.size + 4
    data = bytearray(path.read_bytes())
    data[start + 4 * layer : start + 4 * layer + 4] = b"\xf0\xff\xff\xff"
    path.write_bytes(data)
    with pytest.raises(UnreadableScan, match="header is damaged"):
        count_las(path)
