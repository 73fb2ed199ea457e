"""How a depth camera sees: the files that say so, and what is taken where none does.

Text of a 3x3 or 4x4 matrix or of `fx fy cx cy`; or JSON as Open3D and recorders write it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scans.errors import BadSequence
from scans.geometry.scan import Finding
from scans.readers.painting import PICTURE_ERRORS

FloatArray = NDArray[np.float64]
Size = tuple[int, int]

CAMERA_NAMES = re.compile(
    r"(camera[-_]?)?(intrinsics?|camera)\.(txt|json)", re.IGNORECASE
)
# Names that others give such a file; what cannot be read under them is none.
OTHER_NAMES = re.compile(
    r"(?=.*(camera|intrinsic|calib|cam_?param))"
    r"(?!.*(colou?r|rgb|pose|traj|imu|extrinsic)).*\.(txt|json)|k\.txt",
    re.IGNORECASE,
)
CAMERA_FOLDERS = ("intrinsic", "intrinsics", "calibration", "calib")
MILLIMETRES = 1000.0  # what 16-bit depth pictures hold unless something says otherwise
# Beside such lists lie pictures of the TUM benchmark's form: 5000 steps a metre.
TUM_LISTS = ("groundtruth*.txt", "assoc*.txt", "*.freiburg")
TUM_STEPS = 5000.0
SAME_SHAPE = 0.01  # share by which width to height may differ
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

    def at(self, size: Size) -> "Camera":
        """The same camera for pictures of another size; pixels are told by their middle."""
        across, down = size[0] / self.width, size[1] / self.height
        return replace(
            self,
            width=size[0],
            height=size[1],
            fx=self.fx * across,
            fy=self.fy * down,
            cx=(self.cx + 0.5) * across - 0.5,
            cy=(self.cy + 0.5) * down - 0.5,
        )


def find_camera(
    folder: Path, place: Path, picture: Path
) -> tuple[Camera, Path | None, list[Finding]]:
    """Find what says how the camera saw a picture; the camera, the file, what is odd.

    Raises BadSequence.
    """
    size = picture_size(picture)
    if size is None:
        raise BadSequence(folder, "no depth pictures can be read")
    steps, findings = _steps(folder, place)
    camera, file = _stated(folder, place, size)
    if camera is not None:
        scale = camera.depth_scale
        findings = [] if scale else findings
        camera = _checked(folder, replace(camera, depth_scale=scale or steps))
        if (camera.width, camera.height) != size:
            findings = [*findings, _scaled(folder, camera, size)]
        return camera.at(size), file, findings
    if size != ASSUMED[:2]:
        raise BadSequence(folder, "nothing says how the camera sees")
    message = (
        f"Nothing in {folder.name} says how the camera sees; the values of a "
        f"PrimeSense camera were taken. Add camera-intrinsics.txt."
    )
    assumed = Finding("intrinsics-assumed", message, {"folder": folder.name})
    return Camera(*ASSUMED, depth_scale=steps), None, [assumed, *findings]


def parse_camera(folder: Path, path: Path, size: Size) -> Camera:
    """Read a file of one camera; depth_scale 0 where it states none.

    Raises BadSequence.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".json":
            return _from_json(json.loads(text), size)
        words = re.split(r"[\s,;\[\]]+", re.sub(r"#.*", "", text))
        values = [float(word) for word in words if word]
    except (
        ValueError,
        LookupError,
        TypeError,
        OSError,
        OverflowError,
        RecursionError,
    ) as error:
        raise BadSequence(folder, "its camera file cannot be read") from error
    if len(values) in (9, 16):
        row = 3 if len(values) == 9 else 4
        values = [values[0], values[row + 1], values[2], values[row + 2]]
    if len(values) != 4:
        raise BadSequence(folder, "its camera file cannot be read")
    fx, fy, cx, cy = values
    return Camera(*size, fx, fy, cx, cy, depth_scale=0.0)


def picture_size(path: Path) -> Size | None:
    """Width and height of a picture; None if it cannot be read."""
    try:
        with Image.open(path) as picture:
            return picture.size
    except PICTURE_ERRORS:
        return None


def is_same_shape(one: Size, other: Size) -> bool:
    """Tell whether two pictures can show the same part of the world."""
    across, down = one[0] * other[1], one[1] * other[0]
    return abs(across - down) <= SAME_SHAPE * max(across, down)


def _stated(folder: Path, place: Path, size: Size) -> tuple[Camera | None, Path | None]:
    places = list(dict.fromkeys((place, folder)))
    for where in places:
        for entry in sorted(where.iterdir()):
            if CAMERA_NAMES.fullmatch(entry.name):
                return parse_camera(folder, entry, size), entry
    below = [where / name for where in places for name in CAMERA_FOLDERS]
    for where in (*places, *(entry for entry in below if entry.is_dir())):
        # Of several cameras that of the depth.
        entries = sorted(where.iterdir(), key=lambda e: ("depth" not in e.name, e.name))
        for entry in entries:
            if OTHER_NAMES.fullmatch(entry.name) and entry.is_file():
                try:
                    return parse_camera(folder, entry, size), entry
                except BadSequence:
                    continue  # it tells of something else
    return None, None


def _from_json(document: Any, size: Size) -> Camera:
    held = next(_cameras(document), None)
    if held is None:
        raise ValueError("it holds no camera")
    width = int(held.get("width", held.get("w", size[0])))
    height = int(held.get("height", held.get("h", size[1])))
    if "intrinsic_matrix" in held:
        matrix = np.array(held["intrinsic_matrix"], dtype=float).reshape(3, 3)
        # Open3D writes it by columns, others by rows.
        matrix = matrix.T if matrix[2, :2].any() else matrix
        values = [matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2]]
    else:
        values = [held[name] for name in ("fx", "fy", "cx", "cy")]
    scale = float(held.get("depth_scale", held.get("scale", 0.0)))
    if 0 < scale < 1:  # metres a step, as RealSense has it
        scale = 1 / scale
    fx, fy, cx, cy = (float(value) for value in values)
    return Camera(width, height, fx, fy, cx, cy, scale)


def _cameras(document: Any) -> Iterator[dict[str, Any]]:
    """Every part of a document that holds a camera's numbers."""
    if not isinstance(document, dict):
        return
    if "intrinsic_matrix" in document or {"fx", "fy", "cx", "cy"} <= set(document):
        yield document
    for part in document.values():
        yield from _cameras(part)


def _steps(folder: Path, place: Path) -> tuple[float, list[Finding]]:
    """Steps of depth a metre where no camera file says, and what to say of that."""
    forms = [where.glob(form) for where in {place, folder} for form in TUM_LISTS]
    if not any(True for form in forms for _ in form):
        return MILLIMETRES, []
    message = (
        f"Nothing in {folder.name} says how deep a step of its depth pictures is; 5000 "
        f"steps a metre were taken, as in the TUM benchmark. State depth_scale in "
        f"camera_intrinsic.json."
    )
    return TUM_STEPS, [Finding("depth-steps-assumed", message, {"folder": folder.name})]


def _scaled(folder: Path, camera: Camera, size: Size) -> Finding:
    """Tell that a camera of other pictures was used; raises BadSequence if it cannot be."""
    if not is_same_shape((camera.width, camera.height), size):
        raise BadSequence(folder, "its camera does not fit its pictures")
    facts: dict[str, str | int | float] = {
        "folder": folder.name,
        "stated": f"{camera.width} x {camera.height}",
        "found": f"{size[0]} x {size[1]}",
    }
    message = (
        "The camera file in {folder} is for pictures of {stated} pixels, and these have "
        "{found}; it was scaled to them."
    ).format(**facts)
    return Finding("intrinsics-scaled", message, facts)


def _checked(folder: Path, camera: Camera) -> Camera:
    lengths = np.array([camera.fx, camera.fy])
    focal = bool(np.isfinite(lengths).all() and (lengths > 0).all())
    inside = 0 < camera.cx < camera.width and 0 < camera.cy < camera.height
    scale = camera.depth_scale
    if not (focal and inside and np.isfinite(scale) and scale > 0):
        raise BadSequence(folder, "its camera does not fit its pictures")
    return camera
