"""Sequences of depth pictures with colour: which files they are, the camera, the poses.

Layouts (docs/reference/rgbd.md): `NAME.depth.png`, `NAME.color.*`, `NAME.pose.txt` in one
folder; or folders `depth/` and `image/` (`color/`, `rgb/`), with a `*.log` of poses.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scans.errors import BadSequence
from scans.geometry.rigid import from_parts, is_rigid, nearest_rotation
from scans.geometry.scan import Finding
from scans.readers.painting import PICTURE_ERRORS

FloatArray = NDArray[np.float64]
Words = dict[str, str | int | float]

PICTURES = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".pgm", ".ppm"}
DEPTH_NAME = re.compile(r"^(.*)[._-]depth$", re.IGNORECASE)
COLOUR_NAME = re.compile(r"^(.*)[._-](?:colou?r|rgb|image)$", re.IGNORECASE)
COLOUR_FOLDERS = ("image", "images", "color", "colour", "rgb")
CAMERA_NAMES = re.compile(
    r"(camera[-_]?)?(intrinsics?|camera)\.(txt|json)", re.IGNORECASE
)
TIME = re.compile(r"\d+\.\d+")  # seconds, as recorders name pictures
MOST_APART_S = 0.02  # of depth and colour: less than half a frame at 24 a second
LEAST_FRAMES = 2
MILLIMETRES = 1000.0  # what 16-bit depth pictures hold unless the camera file differs
NO_DEPTH = 65_535  # how some recorders write a pixel that saw nothing
LOOSE = 1e-3  # how far from rigid a pose may be written
# PrimeSense and first Kinect at 640 by 480, as their driver gives them.
ASSUMED = (640, 480, 525.0, 525.0, 319.5, 239.5)


@dataclass(frozen=True)
class Camera:
    """A pinhole: size and focal lengths in pixels, depth units of a metre."""

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    depth_scale: float = MILLIMETRES

    def matrix(self) -> FloatArray:
        """The 3x3 matrix that projects."""
        rows = [[self.fx, 0, self.cx], [0, self.fy, self.cy], [0, 0, 1]]
        return np.array(rows, dtype=np.float64)


@dataclass(frozen=True)
class Frame:
    """One moment: its depth picture, colour picture and pose, camera to world."""

    name: str
    depth: Path
    colour: Path | None
    pose: FloatArray | None


@dataclass(frozen=True)
class DepthSequence:
    """All frames in order, the camera, and every file that was used."""

    folder: Path
    frames: tuple[Frame, ...]
    camera: Camera
    files: tuple[Path, ...]
    findings: tuple[Finding, ...]


def find_sequence(folder: Path) -> DepthSequence | None:
    """Look for a sequence in a folder or one level below; None if there is none.

    Raises BadSequence when there is one that cannot be used.
    """
    if not folder.is_dir():
        return None
    below = sorted(entry for entry in folder.iterdir() if entry.is_dir())
    for place in (folder, *below):
        pairs = _by_name(place) or _by_folder(place)
        if len(pairs) >= LEAST_FRAMES:
            return _sequence(folder, place, pairs)
    # Archives wrap what they hold.
    return find_sequence(below[0]) if len(below) == 1 else None


def _by_name(place: Path) -> list[tuple[str, Path, Path | None]]:
    """`NAME.depth.png` with `NAME.color.png`."""
    depths, colours = {}, {}
    for entry in _pictures(place):
        depth, colour = DEPTH_NAME.match(entry.stem), COLOUR_NAME.match(entry.stem)
        if depth:
            depths[depth[1]] = entry
        elif colour:
            colours[colour[1]] = entry
    return [(name, path, colours.get(name)) for name, path in sorted(depths.items())]


def _by_folder(place: Path) -> list[tuple[str, Path, Path | None]]:
    """`depth/` with `image/`: by equal names, by times, or by order where counts agree."""
    folder = _folders(place).get("depth")
    if folder is None:
        return []
    depths = _pictures(folder)
    beside = _colour_folder(place)
    colours = _pictures(beside) if beside else []
    by_name = _paired(depths, colours)
    return [(entry.stem, entry, by_name.get(entry.stem)) for entry in depths]


def _paired(depths: list[Path], colours: list[Path]) -> dict[str, Path]:
    """The colour picture of each depth picture, by its name; empty if nothing tells."""
    by_name = {entry.stem: entry for entry in colours}
    if any(entry.stem in by_name for entry in depths):
        return by_name
    if colours and all(TIME.fullmatch(entry.stem) for entry in (*depths, *colours)):
        times = np.array([float(entry.stem) for entry in colours])
        nearest = [int(np.abs(times - float(d.stem)).argmin()) for d in depths]
        return {
            d.stem: colours[k]
            for d, k in zip(depths, nearest, strict=True)
            if abs(times[k] - float(d.stem)) <= MOST_APART_S
        }
    if len(colours) == len(depths):
        return {d.stem: c for d, c in zip(depths, colours, strict=True)}
    return {}


def _folders(place: Path) -> dict[str, Path]:
    return {entry.name.lower(): entry for entry in place.iterdir() if entry.is_dir()}


def _colour_folder(place: Path) -> Path | None:
    """The folder of colour pictures, if it holds any."""
    folders = _folders(place)
    named = (folders[name] for name in COLOUR_FOLDERS if name in folders)
    return next((folder for folder in named if _pictures(folder)), None)


def _unpaired(place: Path) -> Finding:
    message = (
        f"The colour pictures in {place.name} were not used: neither their names nor "
        f"their number say which belongs to which depth picture. Name them alike."
    )
    return Finding("colour-unpaired", message, {"folder": place.name})


def _pictures(folder: Path) -> list[Path]:
    entries = [e for e in folder.iterdir() if e.suffix.lower() in PICTURES]
    return sorted(entries, key=lambda entry: _in_order(entry.name))


def _in_order(name: str) -> list[tuple[int, str]]:
    """Sort numbers in names by their value: frame 10 comes after frame 9."""
    return [(int(w), "") if w.isdigit() else (-1, w) for w in re.split(r"(\d+)", name)]


def _sequence(
    folder: Path, place: Path, pairs: list[tuple[str, Path, Path | None]]
) -> DepthSequence:
    pairs = sorted(pairs, key=lambda pair: _in_order(pair[0]))
    findings: list[Finding] = []
    if not any(colour for _, _, colour in pairs) and _colour_folder(place):
        findings.append(_unpaired(place))
    camera, camera_file = _camera(folder, place, pairs[0][1], findings)
    poses, pose_files = _poses(place, [name for name, _, _ in pairs])
    frames = []
    for (name, depth, colour), pose in zip(pairs, poses, strict=True):
        frames.append(Frame(name, depth, colour, _checked_pose(name, pose, findings)))
    pictures = [path for _, d, c in pairs for path in (d, c) if path is not None]
    files = [*pictures, *pose_files, *([camera_file] if camera_file else [])]
    return DepthSequence(folder, tuple(frames), camera, tuple(files), tuple(findings))


def _camera(
    folder: Path, place: Path, picture: Path, findings: list[Finding]
) -> tuple[Camera, Path | None]:
    size = _size(picture)
    if size is None:
        raise BadSequence(folder, "no depth pictures can be read")
    for where in dict.fromkeys((place, folder)):
        for entry in sorted(where.iterdir()):
            if CAMERA_NAMES.fullmatch(entry.name):
                return _checked_camera(folder, parse_camera(folder, entry, size)), entry
    if size != ASSUMED[:2]:
        raise BadSequence(folder, "nothing says how the camera sees")
    message = (
        f"Nothing in {folder.name} says how the camera sees; the values of a "
        f"PrimeSense camera were taken. Add camera-intrinsics.txt."
    )
    facts: Words = {"folder": folder.name}
    findings.append(Finding("intrinsics-assumed", message, facts))
    return Camera(*ASSUMED), None


def _size(path: Path) -> tuple[int, int] | None:
    try:
        with Image.open(path) as picture:
            return picture.size
    except PICTURE_ERRORS:
        return None


def parse_camera(folder: Path, path: Path, size: tuple[int, int]) -> Camera:
    """Read a 3x3 matrix, `fx fy cx cy`, or Open3D's JSON.

    Raises BadSequence.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".json":
            held = json.loads(text)
            matrix = np.array(held["intrinsic_matrix"], dtype=float).reshape(3, 3).T
            size = (int(held.get("width", size[0])), int(held.get("height", size[1])))
            scale = float(held.get("depth_scale", MILLIMETRES))
            fx, fy, cx, cy = (
                float(matrix[k]) for k in ((0, 0), (1, 1), (0, 2), (1, 2))
            )
            return Camera(*size, fx, fy, cx, cy, depth_scale=scale)
        values = [float(word) for word in re.split(r"[\s,;]+", text.strip())]
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise BadSequence(folder, "its camera file cannot be read") from error
    if len(values) == 9:
        values = [values[0], values[4], values[2], values[5]]
    if len(values) != 4:
        raise BadSequence(folder, "its camera file cannot be read")
    return Camera(*size, *values)


def _checked_camera(folder: Path, camera: Camera) -> Camera:
    focal = min(camera.fx, camera.fy) > 0 and np.isfinite([camera.fx, camera.fy]).all()
    inside = 0 < camera.cx < camera.width and 0 < camera.cy < camera.height
    if not (focal and inside and camera.depth_scale > 0):
        raise BadSequence(folder, "its camera does not fit its pictures")
    return camera


def _poses(
    place: Path, names: list[str]
) -> tuple[list[FloatArray | str | None], list[Path]]:
    """Poses as they are written, one a frame; text for what is no matrix."""
    own = [_own_pose_file(place, name) for name in names]
    if any(own):
        found = [_matrix(path) if path else None for path in own]
        return found, [path for path in own if path]
    logs = sorted([*place.glob("*.log"), *place.glob("*/*.log")])
    for log in logs:
        listed = parse_trajectory(log.read_text(encoding="utf-8", errors="replace"))
        if listed:
            padded: list[FloatArray | str | None] = [*listed, *([None] * len(names))]
            return padded[: len(names)], [log]
    return [None] * len(names), []


def _own_pose_file(place: Path, name: str) -> Path | None:
    candidates = (place / f"{name}.pose.txt", place / "poses" / f"{name}.txt")
    return next((path for path in candidates if path.is_file()), None)


def _matrix(path: Path) -> FloatArray | str:
    try:
        words = path.read_text(encoding="utf-8-sig").split()
        return np.array([float(word) for word in words]).reshape(4, 4)
    except (ValueError, OSError):
        return "it cannot be read"


def parse_trajectory(text: str) -> list[FloatArray]:
    """Parse Open3D's log: a line of three whole numbers, then four rows, again and again."""
    rows = [line.split() for line in text.splitlines() if line.strip()]
    poses = []
    try:
        for start in range(0, len(rows) - 4, 5):
            if len(rows[start]) != 3:
                return []
            block = [
                [float(word) for word in row] for row in rows[start + 1 : start + 5]
            ]
            poses.append(np.array(block).reshape(4, 4))
    except ValueError:
        return []
    return poses


def _checked_pose(
    name: str, pose: FloatArray | str | None, findings: list[Finding]
) -> FloatArray | None:
    if pose is None:
        return None
    reason = pose if isinstance(pose, str) else "it is no rigid motion"
    if not isinstance(pose, str) and is_rigid(pose, tolerance=LOOSE):
        return from_parts(nearest_rotation(pose[:3, :3]), pose[:3, 3])
    message = f"The pose of {name} was not used: {reason}."
    findings.append(Finding("pose-left-out", message, {"file": name, "reason": reason}))
    return None


@dataclass(frozen=True)
class Pictures:
    """Decoded pictures of a frame: (h, w) uint16 depth, (h, w, 3) uint8 colour or None."""

    depth: NDArray[np.uint16]
    colour: NDArray[np.uint8] | None


def read_pictures(frame: Frame, camera: Camera) -> Pictures | str:
    """Decode a frame; a reason where it cannot be used."""
    depth = _array(frame.depth)
    if depth is None or depth.ndim != 2:
        return "it cannot be read"
    if depth.shape != (camera.height, camera.width):
        return "its size differs from the others"
    depth = np.where((depth < 0) | (depth >= NO_DEPTH), 0, depth)
    if not depth.any():
        return "it holds no depth"
    if frame.colour is None:
        return Pictures(depth.astype(np.uint16), None)
    colour = _colour(frame.colour, (camera.width, camera.height))
    if colour is None:
        return "its colour picture is missing"
    return Pictures(depth.astype(np.uint16), colour)


def _array(path: Path) -> NDArray[np.int64] | None:
    try:
        with Image.open(path) as picture:
            return np.array(picture).astype(np.int64)
    except PICTURE_ERRORS:
        return None


def _colour(path: Path, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    """Decode colour at the depth's size; None if it cannot be seen through it."""
    try:
        with Image.open(path) as picture:
            same_shape = picture.width * size[1] == picture.height * size[0]
            if not same_shape:
                return None
            plain = picture.convert("RGB")
            resized = plain if plain.size == size else plain.resize(size)
            return np.array(resized, dtype=np.uint8)
    except PICTURE_ERRORS:
        return None
