"""A cloud's file: a binary PLY, the same bytes for the same points."""

from pathlib import Path

import numpy as np

RGB = ("red", "green", "blue")


def write_cloud(path: Path, points: np.ndarray, colours: np.ndarray | None) -> None:
    """Write a binary PLY cloud: float32 metres, optional uchar colours, unit stated."""
    head = cloud_header(len(points), coloured=colours is not None)
    path.write_bytes(head + cloud_rows(points, colours))


def cloud_header(count: int, *, coloured: bool) -> bytes:
    """The header of such a cloud."""
    lines = ["ply", "format binary_little_endian 1.0", "comment unit m"]
    lines.append(f"element vertex {count}")
    lines += [f"property float {axis}" for axis in "xyz"]
    if coloured:
        lines += [f"property uchar {name}" for name in RGB]
    return "\n".join([*lines, "end_header\n"]).encode()


def cloud_rows(points: np.ndarray, colours: np.ndarray | None) -> bytes:
    """Some of its points, as they stand in the file."""
    fields = [(axis, "<f4") for axis in "xyz"]
    if colours is not None:
        fields += [(name, "u1") for name in RGB]
    table = np.zeros(len(points), dtype=fields)
    for index, axis in enumerate("xyz"):
        table[axis] = points[:, index]
    if colours is not None:
        for index, name in enumerate(RGB):
            table[name] = colours[:, index]
    return table.tobytes()
