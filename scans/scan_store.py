"""Scans and clouds between stages: plain arrays in .npz, the same bytes every time."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from scans.geometry.scan import Scan
from scans.painting_store import load_painting, save_painting
from scans.reconstruction.surface import Cloud

INDEX = "scans.json"


def save_scans(folder: Path, scans: list[Scan]) -> None:
    """Write scans (metres) and an index."""
    index = []
    for number, scan in enumerate(scans):
        file = f"{number:04d}.npz"
        held = {
            "points": scan.points,
            "normals": scan.normals,
            "colours": scan.colours,
            "intensities": scan.intensities,
            "triangles": scan.triangles,
            "viewpoint": scan.viewpoint,
            "pose": scan.pose,
        }
        _save(folder / file, held)
        if scan.painting is not None:
            save_painting(folder, scan.painting, stem=f"{number:04d}")
        index.append({"name": scan.name, "format": scan.format, "file": file})
    (folder / INDEX).write_text(json.dumps(index, ensure_ascii=False))


def load_scans(folder: Path) -> list[Scan]:
    """Read what `save_scans` wrote."""
    return list(each_scan(folder))


def each_scan(folder: Path) -> Iterator[Scan]:
    """Read what `save_scans` wrote, one scan at a time."""
    for entry in json.loads((folder / INDEX).read_text()):
        with np.load(folder / entry["file"]) as held:
            arrays = {name: held[name] for name in held.files}
        painting = load_painting(folder, stem=Path(entry["file"]).stem)
        scan = Scan(entry["name"], entry["format"], unit="m", **arrays)
        yield replace(scan, painting=painting)


def count_scans(folder: Path) -> int:
    """How many scans `save_scans` wrote."""
    return len(json.loads((folder / INDEX).read_text()))


def save_cloud(path: Path, cloud: Cloud) -> None:
    """Write a cloud."""
    held = {"points": cloud.points, "normals": cloud.normals, "colours": cloud.colours}
    _save(path, held)


def load_cloud(path: Path) -> Cloud:
    """Read what `save_cloud` wrote."""
    with np.load(path) as held:
        colours = held["colours"] if "colours" in held.files else None
        return Cloud(held["points"], held["normals"], colours)


def _save(path: Path, held: dict[str, np.ndarray | None]) -> None:
    there = {name: array for name, array in held.items() if array is not None}
    np.savez(path, allow_pickle=False, **there)
