"""What is written in any dialect of a format is read again, to the last attribute."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scans.errors import ScanError
from scans.readers import lzf, read_scan
from tests.fuzz.seeds import SEEDS, literal_lzf

FEW = settings(max_examples=40, derandomize=True, deadline=None)
FINITE = st.floats(-1e6, 1e6, width=32).map(lambda x: round(x, 3))
PLACE = st.tuples(FINITE, FINITE, FINITE)
PLACES = st.lists(PLACE, min_size=2, max_size=30, unique=True)


def through(suffix: str, data: bytes) -> NDArray[np.float64]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{suffix}"
        path.write_bytes(data)
        return read_scan(path)[0].points


@FEW
@given(
    PLACES,
    st.sampled_from([" ", "\t", ",", ";", ", ", "   "]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", "# made here", "x{0}y{0}z", "// x y z", '"X"{0}"Y"{0}"Z"']),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@example([(0.0, 0.0, 0.0), (0.0, 0.0, 1.0)], " ", "\r", "", "utf-8-sig")
def test_text_of_any_dialect(
    places: list[tuple[float, float, float]],
    separator: str,
    end: str,
    heading: str,
    letters: str,
) -> None:
    rows = [separator.join(map(str, place)) for place in places]
    lines = [heading.format(separator), *rows] if heading else rows
    data = (end.join(lines) + end).encode(letters)
    np.testing.assert_allclose(through("xyz", data), places)


@FEW
@given(PLACES, st.sampled_from([" ", ";", "\t"]))
def test_decimal_commas(
    places: list[tuple[float, float, float]], separator: str
) -> None:
    rows = [separator.join(f"{v:.3f}" for v in place) for place in places]
    data = "\n".join(rows).replace(".", ",").encode()
    np.testing.assert_allclose(through("asc", data), places, atol=1e-3)


@FEW
@given(
    PLACES,
    st.sampled_from(["ascii", "binary_little_endian", "binary_big_endian"]),
    st.sampled_from(["float", "double"]),
    st.integers(0, 3),
)
def test_ply_of_any_body(
    places: list[tuple[float, float, float]], form: str, kind: str, stray: int
) -> None:
    """Lists of several lengths stand before the points; they must be passed over."""
    order = ">" if "big" in form else "<"
    before = [list(range(k % 3)) for k in range(stray)]
    head = f"ply\nformat {form} 1.0\nelement other {stray}\n"
    head += "property list uchar short items\n"
    head += f"element vertex {len(places)}\n"
    head += "".join(f"property {kind} {axis}\n" for axis in "xyz") + "end_header\n"
    table = np.array(places, dtype=f"{order}f{8 if kind == 'double' else 4}")
    if form == "ascii":
        lists = [" ".join(map(str, [len(items), *items])) for items in before]
        rows = [" ".join(repr(v) for v in row) for row in table.tolist()]
        body = "".join(f"{line}\n" for line in lists + rows).encode()
    else:
        lists_packed = [
            bytes([len(items)]) + np.array(items, f"{order}i2").tobytes()
            for items in before
        ]
        body = b"".join(lists_packed) + table.tobytes()
    np.testing.assert_array_equal(through("ply", head.encode() + body), table)


@FEW
@given(PLACES, st.sampled_from(["ascii", "binary", "binary_compressed"]))
def test_pcd_of_any_body(places: list[tuple[float, float, float]], form: str) -> None:
    table = np.array(places, dtype="<f4")
    head = "VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\n"
    head += f"WIDTH {len(places)}\nHEIGHT 1\nPOINTS {len(places)}\nDATA {form}\n"
    body = table.tobytes()
    if form == "ascii":
        body = "".join(f"{x!r} {y!r} {z!r}\n" for x, y, z in table.tolist()).encode()
    if form == "binary_compressed":
        columns = table.T.tobytes()
        packed = literal_lzf(columns)
        sizes = np.array([len(packed), len(columns)], "<u4").tobytes()
        body = sizes + packed
    np.testing.assert_array_equal(through("pcd", head.encode() + body), table)


def test_runs_and_references_of_lzf() -> None:
    # "ab", then 2 + 7 + 250 bytes from two back: a run; then 3 bytes from three back.
    packed = b"\x01ab" + bytes([0b111_00000, 250, 1]) + bytes([0b001_00000, 2])
    whole = (b"ab" * 200)[: 2 + 259]
    assert lzf.decompress(packed, 264) == whole + whole[-3:]
    for size in (263, 265):
        with pytest.raises(ValueError, match="than was announced"):
            lzf.decompress(packed, size)
    with pytest.raises(ValueError, match="before its beginning"):
        lzf.decompress(bytes([0b001_00000, 9]), 3)


SCANS = sorted(set(SEEDS) - {"mtl"})  # a library of materials is no scan by itself


@pytest.mark.parametrize("suffix", SCANS)
def test_what_the_fuzzer_begins_from_is_read(suffix: str) -> None:
    for data in SEEDS[suffix]():
        assert 2 <= len(through(suffix, data)) <= 4


@pytest.mark.parametrize("suffix", SCANS)
def test_a_damaged_file_is_read_or_refused(suffix: str) -> None:
    seeds = list(SEEDS[suffix]())

    @FEW
    @given(
        st.sampled_from(seeds),
        st.lists(st.tuples(st.integers(0, 2**16), st.binary(max_size=4)), max_size=4),
        st.integers(0, 2**16),
    )
    def damage(data: bytes, changes: list[tuple[int, bytes]], cut: int) -> None:
        for place, new in changes:
            at = place % len(data)
            data = data[:at] + new + data[at + len(new) :]
        if cut % 3 == 0:
            data = data[: cut % len(data)]
        with suppress(ScanError):
            points = through(suffix, data)
            assert len(points)
            assert np.isfinite(points).all()

    damage()
