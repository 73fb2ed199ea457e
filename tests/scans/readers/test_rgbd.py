"""Depth sequences in both layouts; frames, poses and cameras that cannot be used."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scans.errors import BadSequence
from scans.readers.rgbd import (
    DepthSequence,
    find_sequence,
    read_pictures,
)
from scans.readers.trajectories import parse_trajectory

WIDE, HIGH = 64, 48


def depth(
    path: Path, level: int = 1000, *, size: tuple[int, int] = (WIDE, HIGH)
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full(size[::-1], level, np.uint16)).save(path)


def colour(path: Path, *, size: tuple[int, int] = (WIDE, HIGH)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (10, 20, 30)).save(path)


def camera(folder: Path) -> None:
    (folder / "camera-intrinsics.txt").write_text(
        " 5.85e+001 0 3.2e+001\n0 5.85e+001 2.4e+001\n0 0 1\n"
    )


def by_name(folder: Path, frames: int = 3) -> Path:
    """Frames beside each other, poses with exponents of three digits."""
    for number in range(frames):
        stem = folder / "frames" / f"frame-{number:06d}"
        depth(stem.with_name(f"{stem.name}.depth.png"))
        colour(stem.with_name(f"{stem.name}.color.png"))
        rows = ["1.0e+000 0 0 2.5e-001", "0 1 0 0", "0 0 1 0", "0 0 0 1.0e+000"]
        stem.with_name(f"{stem.name}.pose.txt").write_text("\n".join(rows))
    camera(folder)
    return folder


def by_folder(folder: Path, frames: int = 12) -> Path:
    for number in range(frames):
        depth(folder / "depth" / f"{number}.png", 1000 + number)
        colour(folder / "image" / f"{number}.jpg")
    block = "{0} {0} {1}\n1 0 0 0.5\n0 1 0 {0}\n0 0 1 0\n0 0 0 1\n"
    text = "".join(block.format(n, n + 1) for n in range(frames))
    (folder / "test_scene").mkdir()
    (folder / "test_scene" / "trajectory.log").write_text(text)
    camera(folder)
    return folder


def found(folder: Path) -> DepthSequence:
    sequence = find_sequence(folder)
    assert sequence is not None
    return sequence


def test_frames_by_name(tmp_path: Path) -> None:
    sequence = found(by_name(tmp_path))
    assert [frame.name for frame in sequence.frames][:1] == ["frame-000000"]
    assert sequence.camera.fx == pytest.approx(58.5)
    assert sequence.frames[1].pose is not None
    assert sequence.frames[1].pose[0, 3] == pytest.approx(0.25)
    assert len(sequence.files) == 10
    assert not sequence.findings


def test_frames_by_folder_in_order_of_their_numbers(tmp_path: Path) -> None:
    sequence = found(by_folder(tmp_path))
    assert [frame.name for frame in sequence.frames] == [str(n) for n in range(12)]
    assert sequence.frames[11].pose is not None
    assert sequence.frames[11].pose[1, 3] == 11
    pictures = read_pictures(sequence.frames[11], sequence.camera)
    assert not isinstance(pictures, str)
    assert pictures.depth.max() == 1011


def test_a_wrapped_sequence(tmp_path: Path) -> None:
    by_name(tmp_path / "wrap" / "kinect")
    assert len(found(tmp_path / "wrap").frames) == 3


def test_open3ds_camera_with_a_scale_of_its_own(tmp_path: Path) -> None:
    by_folder(tmp_path)
    (tmp_path / "camera-intrinsics.txt").unlink()
    matrix = [60.0, 0, 0, 0, 61.0, 0, 32.0, 24.0, 1]
    told = {
        "width": WIDE,
        "height": HIGH,
        "intrinsic_matrix": matrix,
        "depth_scale": 5000,
    }
    (tmp_path / "camera_intrinsic.json").write_text(json.dumps(told))
    held = found(tmp_path).camera
    assert (held.fx, held.fy, held.cx, held.cy) == (60, 61, 32, 24)
    assert held.depth_scale == 5000


def test_a_folder_of_photographs_is_no_sequence(tmp_path: Path) -> None:
    for number in range(3):
        colour(tmp_path / "set" / f"{number}.jpg")
    assert find_sequence(tmp_path / "set") is None
    assert find_sequence(tmp_path / "gone") is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1 2 3", "cannot be read"),
        ("a b c d", "cannot be read"),
        ("-5 5 10 10", "does not fit"),
        ("50 50 5000 24", "does not fit"),
        ("", "cannot be read"),
    ],
)
def test_bad_cameras_are_refused(tmp_path: Path, text: str, reason: str) -> None:
    by_name(tmp_path)
    (tmp_path / "camera-intrinsics.txt").write_text(text)
    with pytest.raises(BadSequence, match=reason):
        find_sequence(tmp_path)


def test_without_a_camera_only_the_usual_size_is_taken(tmp_path: Path) -> None:
    by_name(tmp_path / "small")
    (tmp_path / "small" / "camera-intrinsics.txt").unlink()
    with pytest.raises(BadSequence, match="how the camera sees"):
        find_sequence(tmp_path / "small")
    for number in range(2):
        depth(tmp_path / "usual" / "depth" / f"{number}.png", size=(640, 480))
    assert [f.code for f in found(tmp_path / "usual").findings] == [
        "intrinsics-assumed"
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1 0 0 0 0 1 0 0 0 0 1", "cannot be read"),
        ("nonsense", "cannot be read"),
        ("2 0 0 0 0 2 0 0 0 0 2 0 0 0 0 1", "no rigid motion"),
        ("nan " * 16, "no rigid motion"),
        ("-1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1", "no rigid motion"),
    ],
)
def test_bad_poses_are_left_out_and_told(
    tmp_path: Path, text: str, reason: str
) -> None:
    by_name(tmp_path)
    (tmp_path / "frames" / "frame-000001.pose.txt").write_text(text)
    sequence = found(tmp_path)
    assert [frame.pose is None for frame in sequence.frames] == [False, True, False]
    (told,) = sequence.findings
    assert (told.code, told.facts["file"]) == ("pose-left-out", "frame-000001")
    assert reason in str(told.facts["reason"])


def test_a_log_that_is_none_gives_no_poses() -> None:
    assert parse_trajectory("started\nstopped\n") == []
    assert parse_trajectory("0 0 1\n1 0 0 0\n0 1 0 0\n0 0 x 0\n0 0 0 1\n") == []


def test_frames_that_cannot_be_used_give_a_reason(tmp_path: Path) -> None:
    by_name(tmp_path, frames=6)
    frames = tmp_path / "frames"
    depth(frames / "frame-000000.depth.png", 0)
    depth(frames / "frame-000001.depth.png", 65_535)
    depth(frames / "frame-000002.depth.png", size=(32, 24))
    colour(frames / "frame-000003.depth.png")
    (frames / "frame-000004.depth.png").write_bytes(b"\x89PNG and no more")
    (frames / "frame-000005.color.png").write_bytes(b"\x89PNG and no more")
    # The camera's size comes from the first picture.
    sequence = found(tmp_path)
    reasons = [read_pictures(frame, sequence.camera) for frame in sequence.frames]
    assert reasons == [
        "it holds no depth",
        "it holds no depth",
        "its size differs from the others",
        "it cannot be read",
        "it cannot be read",
        "its colour picture is missing",
    ]


def test_the_real_ones_are_found(shared_data: Path) -> None:
    kinect = found(shared_data / "rgbd" / "kinect-posed-frames")
    assert len(kinect.frames) == 12
    assert all(frame.pose is not None and frame.colour for frame in kinect.frames)
    assert kinect.camera.fx == 585
    room = found(shared_data / "rgbd" / "livingroom1-micro")
    assert len(room.frames) == 40
    assert all(frame.pose is not None and frame.colour for frame in room.frames)
    assert [finding.code for finding in room.findings] == ["intrinsics-assumed"]


def by_time(folder: Path, *, apart_s: float, without: int) -> Path:
    """As recorders name pictures: each camera by its own clock's seconds."""
    for number in range(6):
        seconds = 1305031102.1 + number / 30
        depth(folder / "depth" / f"{seconds:.6f}.png")
        if number != without:
            colour(folder / "rgb" / f"{seconds + apart_s:.6f}.png")
    camera(folder)
    return folder


def test_pictures_of_two_clocks_are_paired_by_their_times(tmp_path: Path) -> None:
    found = find_sequence(by_time(tmp_path, apart_s=0.008, without=2))
    assert found is not None
    missing = [number for number, f in enumerate(found.frames) if f.colour is None]
    assert missing == [2]
    for frame in found.frames:
        if frame.colour is not None:
            apart_s = float(frame.colour.stem) - float(frame.depth.stem)
            assert apart_s == pytest.approx(0.008, abs=1e-5)


def test_colour_that_belongs_to_no_picture_of_depth_is_told(tmp_path: Path) -> None:
    for number in range(6):
        depth(tmp_path / "depth" / f"{number}.png")
        if number != 2:
            colour(tmp_path / "rgb" / f"view-{number}.png")
    camera(tmp_path)
    found = find_sequence(tmp_path)
    assert found is not None
    assert [finding.code for finding in found.findings] == ["colour-unpaired"]
    assert all(frame.colour is None for frame in found.frames)
