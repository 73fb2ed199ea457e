"""Poses of a moving camera as lists beside its pictures hold them, camera to world.

Open3D's log: a line of three whole numbers, then four rows, for every frame. TUM's: a time
and seven numbers (place, quaternion x y z w) a row. Plain: 16 or 12 numbers a row, or 4.
"""

import re
from pathlib import Path

import numpy as np

from scans.geometry.rigid import FloatArray, from_quaternion

Poses = list[FloatArray | str | None]

LISTS = ("*.log", "groundtruth*.txt", "*.freiburg", "traj*.txt", "poses.txt")
NUMBER = re.compile(r"\d+")
TIME = re.compile(r"\d+\.\d+")  # seconds, as recorders name pictures
MOST_APART_S = 0.02  # of two clocks: less than half a frame at 24 a second
TIMED = 8  # numbers a row of TUM's lists


def listed_poses(place: Path, names: list[str]) -> tuple[Poses, Path | None]:
    """Poses of frames by name, from the first list that holds some; None where it has none."""
    found = [path for form in LISTS for path in sorted(place.glob(form))]
    found += [path for form in LISTS for path in sorted(place.glob(f"*/{form}"))]
    for path in found:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        poses = _timed(text, names) or _by_frame(_in_order(text), names)
        if poses:
            return poses, path
    return [None] * len(names), None


def parse_trajectory(text: str) -> list[FloatArray]:
    """Parse Open3D's log; empty if the text is none."""
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


def parse_rows(text: str) -> FloatArray | None:
    """Rows of equally many numbers, remarks left out; None if the text holds others."""
    rows = [line.split() for line in text.replace(",", " ").splitlines()]
    rows = [row for row in rows if row and not row[0].startswith("#")]
    try:
        table = np.array([[float(word) for word in row] for row in rows])
    except ValueError:
        return None
    return table if table.ndim == 2 else None


def _in_order(text: str) -> list[FloatArray]:
    """Poses without times, in the order of the frames."""
    table = parse_rows(text)
    if table is not None and table.shape[1] == 4 and len(table) % 4 == 0:
        table = table.reshape(-1, 16)
    if table is None or table.shape[1] not in (12, 16):
        return parse_trajectory(text)
    poses = np.tile(np.eye(4), (len(table), 1, 1))
    poses[:, : table.shape[1] // 4] = table.reshape(len(table), -1, 4)
    return list(poses)


def _by_frame(poses: list[FloatArray], names: list[str]) -> Poses:
    """Give frames their poses by order; where numbers of frames have gaps, by number."""
    numbers = [NUMBER.findall(name) for name in names]
    counted = [int(found[-1]) if found else -1 for found in numbers]
    first, last = min(counted), max(counted)
    gaps = last - first + 1 != len(names) and len(poses) != len(names)
    if gaps and first >= 0 and last < len(poses) + 1:
        start = 1 if last == len(poses) else 0  # some count from one
        return [
            poses[number - start] if number >= start else None for number in counted
        ]
    padded: Poses = [*poses, *([None] * len(names))]
    return padded[: len(names)] if poses else []


def _timed(text: str, names: list[str]) -> Poses:
    """Poses of TUM's lists, for each frame the one nearest in time (or of its number)."""
    table = parse_rows(text)
    if table is None or table.shape[1] != TIMED:
        return []
    poses: Poses = []
    for name in names:
        named = TIME.search(name) or NUMBER.search(name)
        apart = np.abs(table[:, 0] - float(named[0])) if named else np.array([np.inf])
        nearest = int(apart.argmin())
        near = apart[nearest] <= MOST_APART_S
        row = table[nearest, 1:]
        turned = from_quaternion(row[[6, 3, 4, 5]], row[:3])
        poses.append(turned if near else None)
    return poses if any(pose is not None for pose in poses) else []
