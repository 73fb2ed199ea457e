"""Sequences of depth pictures with colour: which files they are, in which order.

Layouts (docs/reference/rgbd.md): `NAME.depth.png`, `NAME.color.*`, `NAME.pose.txt` in one
folder; or folders `depth/` and `image/` (`color/`, `rgb/`), with a list of poses.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scans.errors import BadSequence
from scans.geometry.rigid import from_parts, is_rigid, nearest_rotation
from scans.geometry.scan import Finding
from scans.readers.cameras import Camera, find_camera, is_same_shape, picture_size
from scans.readers.painting import PICTURE_ERRORS
from scans.readers.trajectories import MOST_APART_S, TIME, Poses, listed_poses

FloatArray = NDArray[np.float64]
Words = dict[str, str | int | float]

PICTURES = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".pgm", ".ppm"}
# How programs write depth that cannot be read here.
FOREIGN = {".exr", ".npy", ".npz", ".pfm", ".raw", ".bin", ".dpt", ".hdr", ".oni"}
DEPTH_NAME = re.compile(r"^(.*)[._-]depth$|^depth[._-]?(\d.*)$", re.IGNORECASE)
COLOUR_NAME = re.compile(
    r"^(.*)[._-](?:colou?r|rgb|image)$|^(?:colou?r|rgb|image|frame)[._-]?(\d.*)$",
    re.IGNORECASE,
)
DEPTH_FOLDERS = ("depth", "depths", "depth_images", "depth_raw")
COLOUR_FOLDERS = ("image", "images", "color", "colour", "rgb", "colors")
LEAST_FRAMES = 2
NOTHING_SEEN = "it holds no depth"
NO_DEPTH = 65_535  # how some recorders write a pixel that saw nothing
FARTHEST_M = 100.0  # pictures of fractions hold metres, unless they reach farther
LOOSE = 1e-3  # how far from rigid a pose may be written


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


def check_none(folder: Path) -> None:
    """Refuse a folder whose depth is no sequence, which would look like no depth at all."""
    below = sorted(entry for entry in folder.iterdir() if entry.is_dir())
    for place in (folder, *below):
        if _by_name(place) or _by_folder(place):
            raise BadSequence(folder, "it holds one depth picture, and two are needed")
        held = _depth_folder(place)
        if held and any(entry.suffix.lower() in FOREIGN for entry in held.iterdir()):
            raise BadSequence(folder, "its depth is not in PNG or TIFF pictures")


def _by_name(place: Path) -> list[tuple[str, Path, Path | None]]:
    """`NAME.depth.png` with `NAME.color.png`."""
    depths, colours = {}, {}
    for entry in _pictures(place):
        depth, colour = DEPTH_NAME.match(entry.stem), COLOUR_NAME.match(entry.stem)
        if depth:
            depths[depth[1] or depth[2]] = entry
        elif colour:
            colours[colour[1] or colour[2]] = entry
    return [(name, path, colours.get(name)) for name, path in sorted(depths.items())]


def _by_folder(place: Path) -> list[tuple[str, Path, Path | None]]:
    """`depth/` with `image/`: by equal names, by times, or by order where counts agree."""
    folder = _depth_folder(place)
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


def _depth_folder(place: Path) -> Path | None:
    folders = _folders(place)
    return next((folders[name] for name in DEPTH_FOLDERS if name in folders), None)


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
    camera, camera_file, odd = find_camera(folder, place, pairs[0][1])
    findings += odd
    if _colour_differs(pairs, camera):
        findings.append(_unfitting(place))
        pairs = [(name, depth, None) for name, depth, _ in pairs]
    poses, pose_files = _poses(folder, place, [name for name, _, _ in pairs])
    if any(pose is None for pose in poses) and pose_files:
        findings.append(_few_poses(place, poses))
    frames = []
    for (name, depth, colour), pose in zip(pairs, poses, strict=True):
        frames.append(Frame(name, depth, colour, _checked_pose(name, pose, findings)))
    pictures = [path for _, d, c in pairs for path in (d, c) if path is not None]
    files = [*pictures, *pose_files, *([camera_file] if camera_file else [])]
    return DepthSequence(folder, tuple(frames), camera, tuple(files), tuple(findings))


def _colour_differs(pairs: list[tuple[str, Path, Path | None]], camera: Camera) -> bool:
    """Tell whether all colour pictures that can be read have another shape than depth."""
    sizes = [picture_size(colour) for _, _, colour in pairs if colour is not None]
    depth = (camera.width, camera.height)
    return any(sizes) and not any(size and is_same_shape(size, depth) for size in sizes)


def _unfitting(place: Path) -> Finding:
    message = (
        f"The colour pictures in {place.name} have another shape than the depth pictures "
        f"and were not used. Record colour that is registered to the depth."
    )
    return Finding("colour-unfitting", message, {"folder": place.name})


def _few_poses(place: Path, poses: Poses) -> Finding:
    missing = sum(pose is None for pose in poses)
    message = (
        f"{missing} of {len(poses)} frames in {place.name} have no pose; where the "
        f"camera was then is found from the pictures."
    )
    facts: Words = {"missing": missing, "frames": len(poses), "folder": place.name}
    return Finding("poses-missing", message, facts)


def _poses(folder: Path, place: Path, names: list[str]) -> tuple[Poses, list[Path]]:
    """Poses as they are written, one a frame; text for what is no matrix."""
    own = [_own_pose_file(place, name) for name in names]
    if any(own):
        found = [_matrix(path) if path else None for path in own]
        return found, [path for path in own if path]
    listed, path = listed_poses(place, names)
    if path is None and place != folder:
        listed, path = listed_poses(folder, names)
    return listed, [path] if path else []


def _own_pose_file(place: Path, name: str) -> Path | None:
    candidates = (
        place / f"{name}.pose.txt",
        place / "poses" / f"{name}.txt",
        place / "pose" / f"{name}.txt",
    )
    return next((path for path in candidates if path.is_file()), None)


def _matrix(path: Path) -> FloatArray | str:
    try:
        words = path.read_text(encoding="utf-8-sig").split()
        return np.array([float(word) for word in words]).reshape(4, 4)
    except (ValueError, OSError):
        return "it cannot be read"


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
    depth = _array(frame.depth, camera.depth_scale)
    if depth is None or depth.ndim != 2:
        return "it cannot be read"
    if depth.dtype.itemsize == 1:
        return "it holds 8 bits, too few for depth"
    if depth.shape != (camera.height, camera.width):
        return "its size differs from the others"
    depth = np.where((depth < 0) | (depth >= NO_DEPTH), 0, depth)
    if not depth.any():
        return NOTHING_SEEN
    if frame.colour is None:
        return Pictures(depth.astype(np.uint16), None)
    colour = _colour(frame.colour, (camera.width, camera.height))
    if colour is None:
        return "its colour picture is missing"
    return Pictures(depth.astype(np.uint16), colour)


def why_none(folder: Path, reasons: list[str]) -> BadSequence:
    """Why no frame of a sequence can be used: what is wrong with all, if it is one thing."""
    shared = reasons[0] if len(set(reasons)) == 1 else NOTHING_SEEN
    return BadSequence(
        folder, "none of its frames has depth" if shared == NOTHING_SEEN else shared
    )


def _array(path: Path, steps: float) -> NDArray[np.int64] | NDArray[np.uint8] | None:
    """Decode depth in steps; pictures of fractions hold metres, or steps as well."""
    try:
        with Image.open(path) as picture:
            held = np.array(picture)
    except PICTURE_ERRORS:
        return None
    if not np.issubdtype(held.dtype, np.floating):
        if held.dtype.itemsize == 1:
            return held.astype(np.uint8)
        return held.astype(np.int64)
    held = np.where(np.isfinite(held) & (held < NO_DEPTH), held, 0).astype(np.float64)
    in_metres = held.max(initial=0) < FARTHEST_M
    return np.rint(held * steps if in_metres else held).clip(0).astype(np.int64)


def _colour(path: Path, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    """Decode colour at the depth's size; None if it cannot be seen through it."""
    try:
        with Image.open(path) as picture:
            if not is_same_shape(picture.size, size):
                return None
            plain = picture.convert("RGB")
            resized = plain if plain.size == size else plain.resize(size)
            return np.array(resized, dtype=np.uint8)
    except PICTURE_ERRORS:
        return None
