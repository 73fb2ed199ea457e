"""Depth sequences as other programs keep them: cameras, lists of poses, depth in metres."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scans.errors import BadSequence
from scans.inspection import inspect
from scans.readers.cameras import Camera
from scans.readers.rgbd import Frame, Pictures, find_sequence, read_pictures
from scans.sequences import given_sequence
from tests.scans.readers.test_rgbd import HIGH, WIDE, camera, colour, depth, found

FLAT = [60.0, 0, 0, 0, 61.0, 0, 32.0, 24.0, 1]
ROWS = [[60.0, 0, 32.0], [0, 61.0, 24.0], [0, 0, 1]]
SIZE = {"width": WIDE, "height": HIGH}


def frames(folder: Path, names: list[str]) -> Path:
    for name in names:
        depth(folder / "depth" / f"{name}.png")
        colour(folder / "rgb" / f"{name}.png")
    return folder


def numbered(folder: Path, count: int = 4) -> Path:
    return frames(folder, [f"{number:05d}" for number in range(count)])


def shifts(folder: Path) -> list[float | None]:
    """How far along x each frame's pose lies; None where it has none."""
    held = found(folder).frames
    return [None if f.pose is None else float(f.pose[0, 3]) for f in held]


@pytest.mark.parametrize(
    ("name", "told", "steps"),
    [
        ("camera_primesense.json", SIZE | {"intrinsic_matrix": FLAT}, 1000),
        ("camera.json", SIZE | {"intrinsic_matrix": ROWS}, 1000),
        ("intrinsic.json", {"intrinsic": SIZE | {"intrinsic_matrix": FLAT}}, 1000),
        ("cam_params.json", {"camera": {"fx": 60, "fy": 61, "cx": 32, "cy": 24}}, 1000),
        ("camera.json", {"intrinsic_matrix": FLAT, "depth_scale": 0.001}, 1000),
        ("camera.json", {"intrinsic_matrix": FLAT, "depth_scale": 5000}, 5000),
    ],
)
def test_cameras_as_others_write_them(
    tmp_path: Path, name: str, told: dict[str, object], steps: float
) -> None:
    (numbered(tmp_path) / name).write_text(json.dumps(told))
    held = found(tmp_path).camera
    assert (held.fx, held.fy, held.cx, held.cy) == (60, 61, 32, 24)
    assert held.depth_scale == pytest.approx(steps)


def test_of_several_cameras_that_of_the_depth_is_taken(tmp_path: Path) -> None:
    place = numbered(tmp_path) / "intrinsic"
    place.mkdir()
    whole = np.eye(4)
    whole[:3, :3] = np.array(ROWS)
    np.savetxt(place / "intrinsic_depth.txt", whole)
    np.savetxt(place / "intrinsic_color.txt", 9 * whole)
    np.savetxt(place / "extrinsic_depth.txt", np.eye(4))
    assert found(tmp_path).camera.fy == 61


def test_a_camera_for_pictures_of_twice_the_size_is_scaled(tmp_path: Path) -> None:
    told = {"width": 2 * WIDE, "height": 2 * HIGH, "intrinsic_matrix": FLAT}
    path = numbered(tmp_path) / "camera.json"
    path.write_text(json.dumps(told))
    sequence = found(tmp_path)
    assert sequence.camera.fx == 30
    assert sequence.camera.cx == 15.75
    assert [finding.code for finding in sequence.findings] == ["intrinsics-scaled"]
    path.write_text(json.dumps(told | {"height": 10 * HIGH}))
    with pytest.raises(BadSequence, match="does not fit"):
        find_sequence(tmp_path)


def test_lists_of_times_give_poses_and_steps_of_the_tum_benchmark(
    tmp_path: Path,
) -> None:
    times = [1305031102.1 + number / 30 for number in range(4)]
    frames(tmp_path, [f"{time:.6f}" for time in times])
    camera(tmp_path)
    rows = [f"{time + 0.004:.4f} {k} 0 0 0 0 0 1" for k, time in enumerate(times[:3])]
    (tmp_path / "groundtruth.txt").write_text("# ground truth\n" + "\n".join(rows))
    assert shifts(tmp_path) == [0, 1, 2, None]
    sequence = found(tmp_path)
    assert sequence.camera.depth_scale == 5000
    codes = [finding.code for finding in sequence.findings]
    assert codes == ["depth-steps-assumed", "poses-missing"]


def test_a_list_of_numbered_frames_and_one_of_matrices(tmp_path: Path) -> None:
    camera(numbered(tmp_path))
    path = tmp_path / "livingRoom0.gt.freiburg"
    path.write_text("".join(f"{k} {k} 0 0 0 0 0 1\n" for k in range(4)))
    assert shifts(tmp_path) == [0, 1, 2, 3]
    path.unlink()
    rows = [f"1 0 0 {k} 0 1 0 0 0 0 1 0 0 0 0 1\n" for k in range(4)]
    (tmp_path / "traj.txt").write_text("".join(rows))
    assert shifts(tmp_path) == [0, 1, 2, 3]


def test_poses_of_all_frames_where_some_are_left_out(tmp_path: Path) -> None:
    """Every third frame was kept, and the list of all of them."""
    camera(frames(tmp_path, ["00000", "00003", "00006"]))
    block = "{0} {0} {1}\n1 0 0 {0}\n0 1 0 0\n0 0 1 0\n0 0 0 1\n"
    text = "".join(block.format(n, n + 1) for n in range(9))
    (tmp_path / "trajectory.log").write_text(text)
    assert shifts(tmp_path) == [0, 3, 6]


def test_depth_in_metres_as_fractions(tmp_path: Path) -> None:
    sees = np.full((HIGH, WIDE), 1.2344, np.float32)
    sees[0, :3] = np.nan, np.inf, -1
    for unit in (1.0, 1000.0):
        path = tmp_path / f"{unit}.tiff"
        Image.fromarray(sees * np.float32(unit)).save(path)
        made = read_pictures(
            Frame("a", path, None, None), Camera(WIDE, HIGH, 60, 60, 32, 24)
        )
        assert isinstance(made, Pictures)
        assert made.depth[5, 5] == 1234
        assert made.depth[0, :3].tolist() == [0, 0, 0]


def test_colour_of_another_shape_is_told_and_depth_used_alone(tmp_path: Path) -> None:
    camera(numbered(tmp_path))
    for path in (tmp_path / "rgb").iterdir():
        colour(path, size=(WIDE * 2, HIGH))
    sequence = found(tmp_path)
    assert [finding.code for finding in sequence.findings] == ["colour-unfitting"]
    assert inspect(tmp_path)["files"][0]["frames"] == 4


@pytest.mark.parametrize(("suffix", "count"), [(".exr", 3), (".npy", 3), (".png", 1)])
def test_depth_that_is_no_sequence_is_refused_with_its_reason(
    tmp_path: Path, suffix: str, count: int
) -> None:
    numbered(tmp_path, count)
    for path in (tmp_path / "depth").iterdir():
        path.rename(path.with_suffix(suffix))
    reason = "one depth picture" if count == 1 else "PNG or TIFF"
    with pytest.raises(BadSequence, match=reason):
        given_sequence(tmp_path, tmp_path)


def test_depth_for_the_eye_is_refused_with_its_reason(tmp_path: Path) -> None:
    camera(numbered(tmp_path))
    for path in (tmp_path / "depth").iterdir():
        Image.new("L", (WIDE, HIGH), 90).save(path)
    with pytest.raises(BadSequence, match="8 bits"):
        inspect(tmp_path)


def test_names_that_begin_with_what_they_are(tmp_path: Path) -> None:
    for number in range(3):
        depth(tmp_path / f"depth_{number:04d}.png")
        colour(tmp_path / f"color_{number:04d}.jpg")
    camera(tmp_path)
    assert all(frame.colour for frame in found(tmp_path).frames)


@pytest.mark.parametrize(
    "told",
    [
        {"width": float("inf"), "height": HIGH, "intrinsic_matrix": FLAT},
        {"intrinsic_matrix": [1, 2]},
        {"fx": None, "fy": 1, "cx": 1, "cy": 1},
        [],
    ],
)
def test_cameras_that_are_none_are_refused(tmp_path: Path, told: object) -> None:
    (numbered(tmp_path) / "camera.json").write_text(json.dumps(told))
    with pytest.raises(BadSequence, match="cannot be read"):
        find_sequence(tmp_path)
