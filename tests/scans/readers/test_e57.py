"""E57 as it comes: damaged in one station, cut off, under another name, put together."""

import re
import struct
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pye57
import pytest

from scans.errors import TruncatedScan, UnreadableScan
from scans.inputs import choose_recipe, find_inputs
from scans.readers import read_scan
from scans.recipe import POSED_SCANS, RANGE_SCANS, SINGLE_CLOUD
from tests.scans.shapes import body, scans_of, sphere

POINTS = np.random.default_rng(0).normal(size=(3000, 3))
NAMES = ("cartesianX", "cartesianY", "cartesianZ")
STILL = np.array([1.0, 0, 0, 0])
PAGE, HELD = 1024, 1020  # bytes of a page, and those before its checksum
CASTAGNOLI = 0x82F63B78


def write_e57(path: Path, *stations: np.ndarray) -> Path:
    """Write stations of points, each with a pose one metre beside the last."""
    with pye57.E57(str(path), mode="w") as file:
        for number, points in enumerate(stations):
            held = dict(zip(NAMES, points.T.copy(), strict=True))
            shift = np.array([number, 0.0, 0.0])
            file.write_scan_raw(held, rotation=STILL, translation=shift)
    return path


def checksum(page: bytes) -> bytes:
    rest = 0xFFFFFFFF
    for byte in page:
        rest ^= byte
        for _ in range(8):
            rest = (rest >> 1) ^ (CASTAGNOLI if rest & 1 else 0)
    return struct.pack(">I", rest ^ 0xFFFFFFFF)


def rewrite_header(path: Path, edit: Callable[[str], str]) -> None:
    """Change the XML of an E57 and leave all else, checksums included, as it should be."""
    data = path.read_bytes()
    pages = [data[k : k + HELD] for k in range(0, len(data), PAGE)]
    held = b"".join(pages)
    place, length = struct.unpack("<QQ", held[24:40])
    start = place // PAGE * HELD + place % PAGE
    text = edit(held[start : start + length].decode()).encode()
    held = held[:start] + text
    held += b"\0" * (-len(held) % HELD)
    size = len(held) // HELD * PAGE
    held = held[:16] + struct.pack("<Q", size) + held[24:32]
    held += struct.pack("<Q", len(text)) + b"".join(pages)[40:start] + text
    held += b"\0" * (-len(held) % HELD)
    path.write_bytes(
        b"".join(
            held[k : k + HELD] + checksum(held[k : k + HELD])
            for k in range(0, len(held), HELD)
        )
    )


def without_poses(xml: str) -> str:
    return re.sub("<pose .*?</pose>", "", xml, flags=re.DOTALL)


def spoil(path: Path, page: int) -> None:
    data = bytearray(path.read_bytes())
    data[page * PAGE + 100 : page * PAGE + 200] = b"\xff" * 100
    path.write_bytes(data)


@pytest.mark.parametrize(("page", "lost"), [(10, 1), (50, 2)], ids=["first", "second"])
def test_a_damaged_station_is_left_out_and_the_others_are_read(
    tmp_path: Path, page: int, lost: int
) -> None:
    path = write_e57(tmp_path / "a.e57", POINTS, POINTS + 1, POINTS + 2)
    spoil(path, page)
    scans = read_scan(path)
    assert [len(scan.points) for scan in scans] == [3000, 3000]
    assert f"a.e57#{lost}" not in [scan.name for scan in scans]
    told = {finding.code: finding.facts for finding in scans[0].findings}
    assert told["station-left-out"]["station"] == lost
    assert choose_recipe(find_inputs(path)) == POSED_SCANS


def test_a_file_whose_every_station_is_damaged_is_refused(tmp_path: Path) -> None:
    path = write_e57(tmp_path / "a.e57", POINTS, POINTS + 1)
    for page in (10, 50):
        spoil(path, page)
    with pytest.raises(UnreadableScan, match="stations is damaged"):
        read_scan(path)


@pytest.mark.parametrize("count", ["30000", "900000000000", "-5"])
def test_a_station_that_claims_what_it_does_not_hold_is_left_out(
    tmp_path: Path, count: str
) -> None:
    path = write_e57(tmp_path / "a.e57", POINTS, POINTS + 1)
    claim = f'recordCount="{count}"'
    rewrite_header(path, lambda xml: re.sub('recordCount="3000"', claim, xml, count=1))
    (scan,) = read_scan(path)
    np.testing.assert_allclose(scan.points, POINTS + 1)
    assert [finding.code for finding in scan.findings] == ["station-left-out"]


def test_a_pose_that_lacks_a_part_is_not_used_and_its_points_are(
    tmp_path: Path,
) -> None:
    path = write_e57(tmp_path / "a.e57", POINTS, POINTS + 1)
    part = r'<w type="Float">.*?</w>'
    rewrite_header(path, lambda xml: re.sub(part, "", xml, count=1))
    first, second = read_scan(path)
    assert first.pose is None
    assert second.pose is not None
    assert first.findings[0].code == "pose-not-rigid"


def test_entities_of_a_header_are_not_unfolded(tmp_path: Path) -> None:
    path = write_e57(tmp_path / "a.e57", POINTS)
    names = "abcdefghij"
    rows = [f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names)]
    bomb = f'?><!DOCTYPE e57Root [<!ENTITY a "aaaaaaaaaa">{"".join(rows)}]>'
    guid = r"(<guid[^>]*>).*?</guid>"

    def edit(xml: str) -> str:
        return re.sub(guid, r"\1&j;</guid>", xml.replace("?>", bomb, 1), count=1)

    rewrite_header(path, edit)
    with pytest.raises(UnreadableScan):
        read_scan(path)


def test_a_file_that_was_cut_off_says_how_much_is_there(tmp_path: Path) -> None:
    path = write_e57(tmp_path / "a.e57", POINTS)
    data = path.read_bytes()
    path.write_bytes(data[:-5000])
    with pytest.raises(TruncatedScan, match=f"{len(data) - 5000} of {len(data)} bytes"):
        read_scan(path)


def test_the_recipe_follows_what_files_are_and_not_their_names(tmp_path: Path) -> None:
    write_e57(tmp_path / "a.e57", POINTS, POINTS + 1).rename(tmp_path / "a.ply")
    assert choose_recipe(find_inputs(tmp_path / "a.ply")) == POSED_SCANS


def test_files_that_state_no_poses_are_placed_as_range_scans(tmp_path: Path) -> None:
    for name in ("a.e57", "b.e57", "c.e57"):
        rewrite_header(write_e57(tmp_path / name, POINTS), without_poses)
    assert choose_recipe(find_inputs(tmp_path)) == RANGE_SCANS
    assert choose_recipe(find_inputs(tmp_path / "a.e57")) == SINGLE_CLOUD
    write_e57(tmp_path / "a.e57", POINTS)
    assert choose_recipe(find_inputs(tmp_path)) == RANGE_SCANS
    write_e57(tmp_path / "b.e57", POINTS)
    assert choose_recipe(find_inputs(tmp_path)) == POSED_SCANS


def test_a_scan_was_seen_from_the_origin_of_its_frame(tmp_path: Path) -> None:
    (points, _), *_ = scans_of(1, 3, points=4000)
    (scan,) = read_scan(write_e57(tmp_path / "a.e57", points))
    assert scan.viewpoint is not None


@pytest.mark.parametrize("shift", [0.0, 0.3, 5.0])
def test_what_was_put_together_from_all_sides_was_not_seen_from_the_origin(
    tmp_path: Path, shift: float
) -> None:
    """Programs write the identity for a pose where they know none."""
    points = body(sphere(4000), seed=1) + np.array([shift, 0, 0])
    (scan,) = read_scan(write_e57(tmp_path / "a.e57", points))
    assert scan.pose is not None
    assert scan.viewpoint is None


def test_a_pose_beyond_all_places_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "a.e57"
    with pye57.E57(str(path), mode="w") as file:
        held = dict(zip(NAMES, POINTS.T.copy(), strict=True))
        far = np.array([1e300, 0, 0])
        file.write_scan_raw(held, rotation=STILL, translation=far)
    (scan,) = read_scan(path)
    assert [finding.code for finding in scan.findings] == ["pose-not-rigid"]
