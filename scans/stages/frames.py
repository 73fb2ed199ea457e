"""First stage for depth pictures: read them, and keep those that can be used."""

import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.geometry.scan import Finding, Scan
from scans.inputs import Input
from scans.readers.cameras import Camera
from scans.readers.rgbd import (
    NOTHING_SEEN,
    DepthSequence,
    Frame,
    read_pictures,
    why_none,
)
from scans.runner import Bench, write_json
from scans.scan_store import save_scans
from scans.stages.reading import input_row

FloatArray = NDArray[np.float64]

FRAMES = "frames.json"
EVERY = 4  # pixels between the points that measuring and pictures of the set go by


@dataclass(frozen=True)
class Stored:
    """A frame as the read stage keeps it."""

    name: str
    file: str
    pose: FloatArray | None


@dataclass
class FramesStage:
    """Decode every frame; those that cannot be used are left out, and said."""

    sequence: DepthSequence
    inputs: list[Input]
    far_m: float
    name: str = "read"
    version: int = 3

    def depends(self) -> dict[str, Any]:
        names = [frame.name for frame in self.sequence.frames]
        return {
            "frames": names,
            "camera": asdict(self.sequence.camera),
            "far": self.far_m,
        }

    def run(self, bench: Bench) -> dict[str, Any]:
        for finding in self.sequence.findings:
            bench.warn(finding)
        digests = {entry.path: entry for entry in self.inputs}
        stored, scans, rows, reasons = [], [], [], []
        coloured = any(frame.colour for frame in self.sequence.frames)
        for number, frame in enumerate(self.sequence.frames):
            made = self._store(frame, number, bench, needs_colour=coloured)
            if isinstance(made, str):
                bench.warn(left_out(frame.name, made))
                reasons.append(made)
            else:
                stored.append(made[0])
                scans.append(made[1])
                rows.append(input_row(digests[frame.depth], made[1], "m"))
            bench.progress((number + 1) / len(self.sequence.frames))
        if len(stored) < 2:
            raise why_none(self.sequence.folder, reasons)
        save_scans(bench.folder, scans)
        write_json(bench.folder / FRAMES, _index(stored, self.sequence.camera))
        return {"inputs": rows, "points": sum(row["points"] for row in rows)}

    def _store(
        self, frame: Frame, number: int, bench: Bench, *, needs_colour: bool
    ) -> tuple[Stored, Scan] | str:
        camera = self.sequence.camera
        found = read_pictures(frame, camera)
        if not isinstance(found, str) and needs_colour and found.colour is None:
            found = "its colour picture is missing"
        if isinstance(found, str):
            return found
        near = found.depth <= self.far_m * camera.depth_scale
        depth = np.where(near, found.depth, 0).astype(np.uint16)
        if not depth.any():
            return NOTHING_SEEN
        held: dict[str, NDArray[Any]] = {"depth": depth}
        if found.colour is not None:
            held["colour"] = found.colour
        file = f"frame-{number:05d}.npz"
        np.savez(bench.folder / file, allow_pickle=False, **held)
        scan = part_of_frame(frame, depth, found.colour, camera)
        return Stored(frame.name, file, frame.pose), scan


def stored_frames(bench: Bench) -> tuple[list[Stored], Camera]:
    """The frames that the read stage kept, and their camera."""
    held = json.loads((bench.output("read") / FRAMES).read_text())
    frames = [
        Stored(
            row["name"],
            row["file"],
            None if row["pose"] is None else np.array(row["pose"]),
        )
        for row in held["frames"]
    ]
    return frames, Camera(**held["camera"])


def frame_pictures(
    bench: Bench, frame: Stored
) -> tuple[NDArray[np.uint16], NDArray[np.uint8] | None]:
    """Depth and colour of a frame that was kept."""
    with np.load(bench.output("read") / frame.file) as held:
        return held["depth"], held["colour"] if "colour" in held.files else None


def part_of_frame(
    frame: Frame,
    depth: NDArray[np.uint16],
    colour: NDArray[np.uint8] | None,
    camera: Camera,
) -> Scan:
    """A part of a frame's points, in the camera's frame."""
    rows, columns = np.nonzero(depth[::EVERY, ::EVERY])
    rows, columns = rows * EVERY, columns * EVERY
    z = depth[rows, columns] / camera.depth_scale
    x = (columns - camera.cx) / camera.fx * z
    y = (rows - camera.cy) / camera.fy * z
    return Scan(
        name=frame.name,
        format="RGB-D",
        points=np.stack([x, y, z], axis=1),
        colours=None if colour is None else colour[rows, columns],
        viewpoint=np.zeros(3),
        pose=frame.pose,
        unit="m",
    )


def left_out(name: str, reason: str) -> Finding:
    """Tell that a frame was left out."""
    facts: dict[str, str | int | float] = {"file": name, "reason": reason}
    return Finding("frame-left-out", f"{name} was left out: {reason}.", facts)


def _index(stored: list[Stored], camera: Camera) -> dict[str, Any]:
    rows = [
        {
            "name": frame.name,
            "file": frame.file,
            "pose": None if frame.pose is None else frame.pose.tolist(),
        }
        for frame in stored
    ]
    return {"camera": asdict(camera), "frames": rows}
